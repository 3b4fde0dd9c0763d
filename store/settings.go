package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// ChangeMerchant changes the tenant. Audiences may go by its currency and its waiting time.
func (s *Store) ChangeMerchant(ctx context.Context, m uuid.UUID, c relance.MerchantChange, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE merchants SET name = coalesce($2, name), main_currency = coalesce($3, main_currency), abandon_after = coalesce(make_interval(mins => $4), abandon_after),
				relay_contract_on = coalesce($5, relay_contract_on) WHERE id = $1`, m, c.Name, c.MainCurrency, c.AbandonAfterMinutes, c.RelayContractOn)
		if err != nil {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

// ShopSettings reads how a shop speaks to its customers; all empty where nobody said.
func (s *Store) ShopSettings(ctx context.Context, m, shop uuid.UUID) (out relance.ShopSettings, err error) {
	err = s.readRow(ctx, m, []any{&out.LegalEntity, &out.Imprint, &out.SenderName, &out.SenderEmail, &out.ReplyTo, &out.Language, &out.Country, &out.NoticeSince, &out.DKIMSelector, &out.FreeShippingFrom, &out.DiscreetCategories,
		&out.Letters.Layout, &out.Letters.Address, &out.Letters.Details, &out.Letters.Place, &out.Letters.Signature, &out.Letters.PrivacyURL, &out.Letters.PrinterID},
		`SELECT legal_entity, imprint, sender_name, sender_email, reply_to, language, country, notice_since, dkim_selector, free_shipping_from, discreet_categories,
			letter_layout, letter_address, letter_details, letter_place, signature, privacy_url, printer_id FROM shop_settings WHERE merchant_id = $1 AND shop_id = $2`, m, shop)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return out, err
}

// ChangeShopSettings changes how a shop speaks to its customers, and so whom it may write to.
func (s *Store) ChangeShopSettings(ctx context.Context, m, shop uuid.UUID, c relance.ShopSettingsChange, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO shop_settings (merchant_id, shop_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, m, shop); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE shop_settings SET legal_entity = coalesce($3, legal_entity), imprint = coalesce($4, imprint), sender_name = coalesce($5, sender_name),
				sender_email = coalesce($6, sender_email), reply_to = coalesce($7, reply_to), language = coalesce($8, language),
				country = coalesce($9, country), notice_since = CASE WHEN $11 THEN NULL ELSE coalesce($10, notice_since) END, dkim_selector = coalesce($12, dkim_selector),
				free_shipping_from = CASE WHEN $13::numeric IS NULL THEN free_shipping_from ELSE nullif($13::numeric, 0) END, discreet_categories = coalesce($14, discreet_categories)
			WHERE merchant_id = $1 AND shop_id = $2`, m, shop, c.LegalEntity, c.Imprint, c.SenderName, c.SenderEmail, c.ReplyTo, c.Language, c.Country, c.NoticeSince, c.NoNotice, c.DKIMSelector,
			c.FreeShippingFrom, c.DiscreetCategories)
		if err != nil {
			return err
		}
		if err := changeLetterSettings(ctx, tx, m, shop, c.Letters); err != nil {
			return err
		}
		return judgeEverybody(ctx, tx, m, now)
	})
}

func changeLetterSettings(ctx context.Context, tx pgx.Tx, m, shop uuid.UUID, l *relance.LetterSettings) error {
	if l == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE shop_settings SET letter_layout = $3, letter_address = $4, letter_details = $5, letter_place = $6, signature = $7, privacy_url = $8, printer_id = $9 WHERE merchant_id = $1 AND shop_id = $2`,
		m, shop, l.Layout, notNil(l.Address), notNil(l.Details), l.Place, notNil(l.Signature), l.PrivacyURL, l.PrinterID)
	return err
}

// AuditEvents reads a page of the audit trail, newest first, actors by name.
func (s *Store) AuditEvents(ctx context.Context, m uuid.UUID, p relance.Paging, looks bool) (*relance.AuditPage, error) {
	at, id, err := place(p.After, "audit")
	if err != nil {
		return nil, err
	}
	page := &relance.AuditPage{}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT a.id, a.at, coalesce(nullif(u.name, ''), u.email, nullif(t.name, ''), a.actor) AS actor, a.action, a.subject_kind, a.subject_id, a.detail::text AS detail
			FROM audit a LEFT JOIN users u ON u.merchant_id = $1 AND a.actor = 'user ' || u.id LEFT JOIN api_tokens t ON t.merchant_id = $1 AND a.actor = 'token ' || t.id
			WHERE a.merchant_id = $1 AND ($2::timestamptz IS NULL OR (a.at, a.id) < ($2, $3::uuid)) AND ($5 OR a.action <> 'look_at_person') ORDER BY a.at DESC, a.id DESC LIMIT $4`, m, at, id, p.First+1, looks)
		if err != nil {
			return err
		}
		page.Events, err = pgx.CollectRows(rows, pgx.RowToAddrOfStructByName[relance.AuditEvent])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list audit events: %w", err)
	}
	if page.Info.HasNextPage = len(page.Events) > p.First; page.Info.HasNextPage {
		page.Events = page.Events[:p.First]
	}
	if n := len(page.Events); n > 0 {
		page.Info.End = encodeCursor("audit", page.Events[n-1].At, page.Events[n-1].ID)
	}
	return page, nil
}

// LookedAt notes that somebody looked at a person's card, once for an hour.
func (s *Store) LookedAt(ctx context.Context, m, profile uuid.UUID, actor string, now time.Time) error {
	return s.inOneTrip(ctx, m, "BEGIN", func(b *pgx.Batch) {
		b.Queue(`INSERT INTO audit (merchant_id, id, at, actor, action, subject_kind, subject_id) SELECT $1, $2, $3, $4, 'look_at_person', 'profile', $5
			WHERE NOT EXISTS (SELECT 1 FROM audit WHERE merchant_id = $1 AND subject_id = $5 AND actor = $4 AND action = 'look_at_person' AND at > $3::timestamptz - interval '1 hour')`, m, newID(), now, actor, profile.String())
	})
}

// Overview counts profiles, orders and carts as of now; shops narrows it where not nil.
func (s *Store) Overview(ctx context.Context, m uuid.UUID, shops []uuid.UUID, now time.Time) (*relance.Overview, error) {
	out := &relance.Overview{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT count(*) FROM profiles p WHERE merchant_id = $1 AND merged_into IS NULL AND ($2::uuid[] IS NULL OR EXISTS (SELECT 1 FROM identities i
			JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = p.id AND c.source_id = ANY($2)))`, m, shops).
			QueryRow(func(r pgx.Row) error { return r.Scan(&out.Profiles) })
		b.Queue(`SELECT count(*) FROM orders WHERE merchant_id = $1 AND ($2::uuid[] IS NULL OR source_id = ANY($2)) AND deleted_at IS NULL AND counted`, m, shops).
			QueryRow(func(r pgx.Row) error { return r.Scan(&out.Orders) })
		b.Queue(`SELECT state, currency, count(*), coalesce(sum(value) FILTER (WHERE value_known), 0) FROM (SELECT `+cartState("$3")+` AS state, c.currency, c.value, c.value_known
				FROM carts c JOIN merchants m ON m.id = $1 WHERE c.merchant_id = $1 AND ($2::uuid[] IS NULL OR c.source_id = ANY($2)) AND c.deleted_at IS NULL) c
			GROUP BY 1, 2 ORDER BY 1, 2`, m, shops, now).Query(func(rows pgx.Rows) error {
			var state relance.CartState
			var n int64
			var v relance.Money
			_, err := pgx.ForEachRow(rows, []any{&state, &v.Currency, &n, &v.Amount}, func() error {
				if k := len(out.Carts); k == 0 || out.Carts[k-1].State != state {
					out.Carts = append(out.Carts, &relance.CartFigure{State: state, Value: []relance.Money{}})
				}
				last := out.Carts[len(out.Carts)-1]
				last.Count += n
				if v.Currency != "" {
					last.Value = append(last.Value, v)
				}
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("count overview: %w", err)
	}
	return out, nil
}

// SalesByMonth sums like [Store.Sales], by the calendar month of each shop's own zone.
func (s *Store) SalesByMonth(ctx context.Context, m uuid.UUID, shops []uuid.UUID, months int, now time.Time) ([]*relance.MonthSales, error) {
	out := []*relance.MonthSales{}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT date_trunc('month', o.placed_at AT TIME ZONE h.time_zone)::date AS month, o.currency, count(*) FILTER (WHERE counted),
				coalesce(sum(exact_total) FILTER (WHERE paid), 0), coalesce(sum(returned) FILTER (WHERE paid), 0)
			FROM orders o JOIN shops h ON h.merchant_id = $1 AND h.id = o.source_id
			WHERE o.merchant_id = $1 AND ($2::uuid[] IS NULL OR o.source_id = ANY($2)) AND o.deleted_at IS NULL AND NOT o.test AND o.state <> 'CANCELLED'
				AND o.placed_at AT TIME ZONE h.time_zone >= date_trunc('month', $3::timestamptz AT TIME ZONE h.time_zone) - make_interval(months => $4 - 1)
			GROUP BY 1, 2 ORDER BY 1, 2`, m, shops, now, months).Query(func(rows pgx.Rows) error {
			var x relance.MonthSales
			_, err := pgx.ForEachRow(rows, []any{&x.Month, &x.Currency, &x.Orders, &x.Gross.Amount, &x.Returned.Amount}, func() error {
				row := x
				row.Net.Amount = x.Gross.Amount.Sub(x.Returned.Amount)
				row.Gross.Currency, row.Returned.Currency, row.Net.Currency = x.Currency, x.Currency, x.Currency
				out = append(out, &row)
				return nil
			})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("sum sales by month: %w", err)
	}
	return out, nil
}
