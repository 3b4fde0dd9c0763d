package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// shownPhoto finds the photo of the profile $2: of several people who became one, the latest.
const shownPhoto = ` FROM profile_photos x WHERE x.merchant_id = $1 AND x.profile_id = $2 AND x.hidden_at IS NULL ORDER BY x.at DESC, x.id DESC LIMIT 1`

// SetPhoto stores a person's photo in place of the one that was shown, which stays for an undo. Nil where it
// is the same.
func (s *Store) SetPhoto(ctx context.Context, m, profile uuid.UUID, content []byte, digest, actor string, now time.Time) (change uuid.UUID, err error) {
	err = s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		e := &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}
		before, is, err := e.photo(ctx, current)
		if err != nil || is == digest {
			return err
		}
		id := newID()
		if _, err := tx.Exec(ctx, `INSERT INTO profile_photos (merchant_id, id, origin_profile_id, profile_id, content, digest, at) VALUES ($1, $2, $3, $3, $4, $5, $6)`, m, id, current, content, digest, now); err != nil {
			return fmt.Errorf("store photo: %w", err)
		}
		change, err = e.changePhoto(ctx, current, before, &id)
		return err
	})
	return change, err
}

// RemovePhoto shows a person's photo no more; Nil where there is none.
func (s *Store) RemovePhoto(ctx context.Context, m, profile uuid.UUID, actor string, now time.Time) (change uuid.UUID, err error) {
	err = s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		e := &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}
		before, _, err := e.photo(ctx, current)
		if err != nil || before == nil {
			return err
		}
		change, err = e.changePhoto(ctx, current, before, nil)
		return err
	})
	return change, err
}

// photo is the photo that is shown; nil: none.
func (e *editor) photo(ctx context.Context, profile uuid.UUID) (id *uuid.UUID, digest string, err error) {
	var found uuid.UUID
	err = e.tx.QueryRow(ctx, `SELECT x.id, x.digest`+shownPhoto, e.merchant, profile).Scan(&found, &digest)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", nil
	}
	return &found, digest, err
}

// changePhoto hides the photo before, and notes the change.
func (e *editor) changePhoto(ctx context.Context, profile uuid.UUID, before, after *uuid.UUID) (uuid.UUID, error) {
	if before != nil {
		if err := e.hidePhoto(ctx, *before, true); err != nil {
			return uuid.Nil, err
		}
	}
	said := func(id *uuid.UUID) string {
		if id == nil {
			return ""
		}
		return "photo"
	}
	return e.note(ctx, profile, relance.ChangePhoto, []relance.ChangedValue{{Name: "photo", Before: said(before), After: said(after)}}, nil, before, after)
}

func (e *editor) hidePhoto(ctx context.Context, id uuid.UUID, hide bool) error {
	tag, err := e.tx.Exec(ctx, `UPDATE profile_photos SET hidden_at = CASE WHEN $3 THEN $4::timestamptz END WHERE merchant_id = $1 AND id = $2`, e.merchant, id, hide, e.now)
	if err == nil && tag.RowsAffected() == 0 {
		return relance.Tell(relance.CodeConflict, nil, "CHANGED_SINCE") // it is deleted by now
	}
	return err
}

func (e *editor) undoPhoto(ctx context.Context, c *changeRow) error {
	var before, after *uuid.UUID
	if err := errors.Join(json.Unmarshal(c.Before, &before), json.Unmarshal(c.After, &after)); err != nil {
		return err
	}
	is, _, err := e.photo(ctx, c.ProfileID)
	if err != nil {
		return err
	}
	if !same(is, after) {
		return relance.Tell(relance.CodeConflict, nil, "CHANGED_SINCE")
	}
	if before != nil {
		if err := e.hidePhoto(ctx, *before, false); err != nil {
			return err
		}
	}
	if after != nil {
		return e.hidePhoto(ctx, *after, true)
	}
	return nil
}

// Photo reads the photo that a profile shows; NOT_FOUND where it has none.
func (s *Store) Photo(ctx context.Context, m, profile uuid.UUID) (p relance.ProfilePhoto, content []byte, err error) {
	err = s.readRow(ctx, m, []any{&p.ProfileID, &p.Digest, &p.At, &content}, `SELECT x.profile_id, x.digest, x.at, x.content`+shownPhoto, m, profile)
	return p, content, notFound(err, "photo")
}

// DropOldPhotos deletes photos that have not been shown since before the time.
func (s *Store) DropOldPhotos(ctx context.Context, m uuid.UUID, before time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM profile_photos WHERE merchant_id = $1 AND hidden_at < $2`, m, before)
		return err
	})
}

func (f *filler) queuePhotos(b *pgx.Batch) {
	b.Queue(`SELECT DISTINCT ON (profile_id) profile_id, digest, at FROM profile_photos WHERE merchant_id = $1 AND profile_id = ANY($2) AND hidden_at IS NULL
		ORDER BY profile_id, at DESC, id DESC`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var x relance.ProfilePhoto
		_, err := pgx.ForEachRow(rows, []any{&x.ProfileID, &x.Digest, &x.At}, func() error {
			copied := x
			f.at[x.ProfileID].Photo = &copied
			return nil
		})
		return err
	})
}
