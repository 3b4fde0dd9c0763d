package store

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// queueContacted reads when messages last went out to the people, and when a letter of theirs was last scanned.
func (f *filler) queueContacted(b *pgx.Batch) {
	a := f.args()
	b.Queue(`SELECT i.profile_id, max(f.sent_at), max(l.scanned_at) FROM identities i`+theirMessages+`
		LEFT JOIN LATERAL (SELECT l.scanned_at FROM letters l WHERE l.merchant_id = $1 AND l.follow_up_id = f.id OFFSET 0) l ON f.channel = 'LETTER'
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) AND f.customer_id = i.customer_id AND f.state = 'SENT'`+f.inScope(a, "f.shop_id")+` GROUP BY 1`, a.list...).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var sent, scanned *time.Time
		_, err := pgx.ForEachRow(rows, []any{&profile, &sent, &scanned}, func() error {
			f.at[profile].LastContactedAt, f.at[profile].LetterScannedAt = sent, scanned
			return nil
		})
		return err
	})
}
