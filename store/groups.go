package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Groups lists the merchant's customer groups, by name, with how many are in each of those whom the shops of
// scope know; nil: of all.
func (s *Store) Groups(ctx context.Context, m uuid.UUID, scope []uuid.UUID) (out []relance.CustomerGroup, err error) {
	a, seen := &sqlArgs{list: []any{m}}, ""
	if scope != nil {
		seen = " AND " + knownTo(a, scope)
	}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT g.id, g.name, g.discount, g.benefits, g.created_at, coalesce(n.members, 0) AS members FROM groups g
			LEFT JOIN (SELECT group_id, count(*) AS members FROM profiles p WHERE p.merchant_id = $1 AND p.group_id IS NOT NULL AND p.merged_into IS NULL`+seen+` GROUP BY 1) n ON n.group_id = g.id
			WHERE g.merchant_id = $1 ORDER BY lower(g.name)`, a.list...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.CustomerGroup])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	return out, nil
}

// SaveGroup adds a group, or changes the one with its id.
func (s *Store) SaveGroup(ctx context.Context, m uuid.UUID, g relance.CustomerGroup, now time.Time) (id uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if id = g.ID; id == uuid.Nil {
			id = newID()
			_, err := tx.Exec(ctx, `INSERT INTO groups (merchant_id, id, name, discount, benefits, created_at) VALUES ($1, $2, $3, $4, $5, $6)`, m, id, g.Name, g.Discount, g.Benefits, now)
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE groups SET name = $3, discount = $4, benefits = $5 WHERE merchant_id = $1 AND id = $2`, m, id, g.Name, g.Discount, g.Benefits)
		return oneRow(tag, err, "group")
	})
	if isUnique(err, "groups_name") {
		return id, relance.TellField("name", "GROUP_TAKEN")
	}
	return id, err
}

// RemoveGroup removes a group that nobody is in.
func (s *Store) RemoveGroup(ctx context.Context, m, id uuid.UUID) error {
	err := s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM groups WHERE merchant_id = $1 AND id = $2`, m, id)
		return oneRow(tag, err, "group")
	})
	if isReferred(err) {
		return relance.Tell(relance.CodeConflict, nil, "GROUP_IN_USE")
	}
	return err
}

// SetGroup puts a profile into a group and out of the one it was in; nil: into none.
func (s *Store) SetGroup(ctx context.Context, m, profile uuid.UUID, group *uuid.UUID, actor string, now time.Time) (change uuid.UUID, err error) {
	err = s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		e := &editor{deriver: &deriver{tx: tx, merchant: m, now: now}, actor: actor}
		change, err = e.group(ctx, current, group)
		return err
	})
	return change, err
}

// group puts a profile into a group and notes it; Nil where it is there already.
func (e *editor) group(ctx context.Context, profile uuid.UUID, group *uuid.UUID) (change uuid.UUID, err error) {
	before, err := e.groupOf(ctx, profile)
	if err != nil || same(before, group) {
		return change, err
	}
	names, err := e.groupNames(ctx, before, group)
	if err != nil {
		return change, err
	}
	if err := e.putInGroup(ctx, profile, group); err != nil {
		return change, err
	}
	return e.note(ctx, profile, relance.ChangeGroup, []relance.ChangedValue{{Name: "group", Before: names[0], After: names[1]}}, nil, before, group)
}

func same(a, b *uuid.UUID) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func (e *editor) groupOf(ctx context.Context, profile uuid.UUID) (group *uuid.UUID, err error) {
	err = e.tx.QueryRow(ctx, `SELECT group_id FROM profiles WHERE merchant_id = $1 AND id = $2`, e.merchant, profile).Scan(&group)
	return group, notFound(err, "profile")
}

func (e *editor) groupNames(ctx context.Context, ids ...*uuid.UUID) ([]string, error) {
	out := make([]string, len(ids))
	for i, id := range ids {
		if id == nil {
			continue
		}
		if err := e.tx.QueryRow(ctx, `SELECT name FROM groups WHERE merchant_id = $1 AND id = $2`, e.merchant, *id).Scan(&out[i]); err != nil {
			return nil, notFound(err, "group")
		}
	}
	return out, nil
}

func (e *editor) putInGroup(ctx context.Context, profile uuid.UUID, group *uuid.UUID) error {
	if _, err := e.tx.Exec(ctx, `DELETE FROM profile_groups WHERE merchant_id = $1 AND profile_id = $2`, e.merchant, profile); err != nil {
		return fmt.Errorf("leave group: %w", err)
	}
	if group != nil {
		if _, err := e.tx.Exec(ctx, `INSERT INTO profile_groups (merchant_id, origin_profile_id, profile_id, group_id, since) VALUES ($1, $2, $2, $3, $4)
			ON CONFLICT (merchant_id, origin_profile_id) DO UPDATE SET profile_id = excluded.profile_id, group_id = excluded.group_id, since = excluded.since`, e.merchant, profile, *group, e.now); err != nil {
			if isReferred(err) {
				return relance.Errorf(relance.CodeNotFound, "there is no such group")
			}
			return fmt.Errorf("join group: %w", err)
		}
	}
	return e.chooseGroups(ctx, []uuid.UUID{profile})
}

// chooseGroups sets the group that each of the profiles is in: of those that people chose, the last.
func (d *deriver) chooseGroups(ctx context.Context, profiles []uuid.UUID) error {
	_, err := d.tx.Exec(ctx, `UPDATE profiles p SET group_id = x.group_id, group_since = x.since FROM (
			SELECT u.id, g.group_id, g.since FROM (SELECT DISTINCT id FROM unnest($2::uuid[]) t(id)) u LEFT JOIN LATERAL (
				SELECT g.group_id, g.since FROM profile_groups g WHERE g.merchant_id = $1 AND g.profile_id = u.id ORDER BY g.since DESC, g.origin_profile_id DESC LIMIT 1) g ON true) x
		WHERE p.merchant_id = $1 AND p.id = x.id AND (p.group_id, p.group_since) IS DISTINCT FROM (x.group_id, x.since)`, d.merchant, profiles)
	if err != nil {
		return fmt.Errorf("choose groups: %w", err)
	}
	return nil
}

// GroupSales sums what the people who are in a group now ordered in [from, to), by currency; shops narrows
// it where not nil.
func (s *Store) GroupSales(ctx context.Context, m, group uuid.UUID, from, to time.Time, shops []uuid.UUID) (out []relance.GroupSales, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT o.currency, count(*) FILTER (WHERE o.counted)::int AS orders, count(DISTINCT o.profile_id)::int AS buyers, coalesce(sum(o.net) FILTER (WHERE o.paid), 0) AS spent
			FROM profiles p JOIN orders o ON o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL AND NOT o.test AND o.state <> 'CANCELLED'
			WHERE p.merchant_id = $1 AND p.group_id = $2 AND p.merged_into IS NULL AND o.placed_at >= $3 AND o.placed_at < $4 AND ($5::uuid[] IS NULL OR o.source_id = ANY($5))
			GROUP BY 1 ORDER BY 1`, m, group, from, to, shops)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[relance.GroupSales])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sum sales of a group: %w", err)
	}
	return out, nil
}
