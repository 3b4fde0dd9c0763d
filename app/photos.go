package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/picture"
)

// SetPhoto takes a picture as a person's photo. It is made small and written anew, so that nothing but the
// picture is kept.
func (a *App) SetPhoto(ctx context.Context, m, profile uuid.UUID, file io.Reader, actor string) error {
	raw, err := io.ReadAll(io.LimitReader(file, picture.MaxBytes+1))
	if err != nil {
		return relance.TellField("file", "PHOTO_UNREADABLE")
	}
	p, err := picture.Portrait(raw)
	if err != nil {
		return refusedPhoto(err)
	}
	sum := sha256.Sum256(p.Content)
	change, err := a.Store.SetPhoto(ctx, m, profile, p.Content, hex.EncodeToString(sum[:]), actor, a.Now())
	if err != nil || change == uuid.Nil {
		return err
	}
	return a.audit(ctx, m, actor, "set_photo", "profile", profile, map[string]any{"change": change})
}

// refusedPhoto says why a file is not taken.
func refusedPhoto(err error) error {
	switch {
	case errors.Is(err, picture.ErrTooLarge):
		return relance.TellField("file", "PHOTO_TOO_LARGE", "most", strconv.Itoa(picture.MaxBytes>>10))
	case errors.Is(err, picture.ErrTooWide):
		return relance.TellField("file", "PHOTO_TOO_WIDE", "most", strconv.Itoa(picture.MaxSide))
	case errors.Is(err, picture.ErrUnreadable):
		return relance.TellField("file", "PHOTO_UNREADABLE")
	}
	return relance.TellField("file", "PHOTO_FORMAT")
}

// RemovePhoto shows a person's photo no more.
func (a *App) RemovePhoto(ctx context.Context, m, profile uuid.UUID, actor string) error {
	change, err := a.Store.RemovePhoto(ctx, m, profile, actor, a.Now())
	if err != nil || change == uuid.Nil {
		return err
	}
	return a.audit(ctx, m, actor, "remove_photo", "profile", profile, map[string]any{"change": change})
}

// PhotoOf gives a person's photo to whoever may see the shops of scope; NOT_FOUND where there is none, or
// the person is not theirs to see.
func (a *App) PhotoOf(ctx context.Context, m, profile uuid.UUID, scope []uuid.UUID) (relance.ProfilePhoto, []byte, error) {
	p, err := a.Store.Profile(ctx, m, profile, relance.ProfileWant{}, scope, a.Now())
	if err != nil {
		return relance.ProfilePhoto{}, nil, err
	}
	return a.Store.Photo(ctx, m, p.ID)
}

// TidyPhotos deletes photos that have not been shown for long.
func (a *App) TidyPhotos(ctx context.Context, m uuid.UUID) error {
	return a.Store.DropOldPhotos(ctx, m, a.Now().Add(-relance.PhotoKept))
}
