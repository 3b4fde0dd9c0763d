package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// SetLogo stores a shop's logo in place of the one it had.
func (s *Store) SetLogo(ctx context.Context, m, shop uuid.UUID, l relance.Logo, content []byte, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO shop_logos (merchant_id, shop_id, media_type, width, height, content, digest, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (merchant_id, shop_id) DO UPDATE SET media_type = EXCLUDED.media_type, width = EXCLUDED.width, height = EXCLUDED.height,
				content = EXCLUDED.content, digest = EXCLUDED.digest, at = EXCLUDED.at`, m, shop, l.MediaType, l.Width, l.Height, content, l.Digest, now)
		return err
	})
}

// RemoveLogo takes a shop's logo away, if it has one.
func (s *Store) RemoveLogo(ctx context.Context, m, shop uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM shop_logos WHERE merchant_id = $1 AND shop_id = $2`, m, shop)
		return err
	})
}

// Logo reads what is known of a shop's logo, without the picture and its address; NOT_FOUND
// where it has none.
func (s *Store) Logo(ctx context.Context, m, shop uuid.UUID) (l relance.Logo, err error) {
	err = s.readRow(ctx, m, []any{&l.MediaType, &l.Width, &l.Height, &l.Bytes, &l.Digest, &l.At},
		`SELECT media_type, width, height, length(content), digest, at FROM shop_logos WHERE merchant_id = $1 AND shop_id = $2`, m, shop)
	return l, notFound(err, "logo")
}

// LogoContent reads the picture; NOT_FOUND where the shop has none.
func (s *Store) LogoContent(ctx context.Context, m, shop uuid.UUID) (content []byte, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT content FROM shop_logos WHERE merchant_id = $1 AND shop_id = $2`, m, shop).Scan(&content)
	})
	return content, notFound(err, "logo")
}
