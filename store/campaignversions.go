package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// CampaignVersions lists the versions of a campaign, newest first: those before one, or with nil all.
func (s *Store) CampaignVersions(ctx context.Context, m, campaign uuid.UUID, before *int, limit int) (out []relance.CampaignVersion, err error) {
	type row struct {
		Version int
		Plan    json.RawMessage
		Author  string
		At      time.Time
	}
	var list []row
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT v.version, v.plan, coalesce(nullif(u.name, ''), u.email, nullif(t.name, ''), v.author) AS author, v.at FROM campaign_versions v
			LEFT JOIN users u ON u.merchant_id = $1 AND v.author = 'user ' || u.id LEFT JOIN api_tokens t ON t.merchant_id = $1 AND v.author = 'token ' || t.id
			WHERE v.merchant_id = $1 AND v.campaign_id = $2 AND ($3::int IS NULL OR v.version < $3) ORDER BY v.version DESC LIMIT $4`, m, campaign, before, limit).Query(rowsInto(&list))
	})
	for _, r := range list {
		v := relance.CampaignVersion{Version: r.Version, Author: r.Author, At: r.At}
		if err := json.Unmarshal(r.Plan, &v.Plan); err != nil {
			return nil, fmt.Errorf("read version %d of campaign %s: %w", r.Version, campaign, err)
		}
		out = append(out, v)
	}
	return out, err
}
