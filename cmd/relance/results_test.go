package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// pastCampaign puts into the ledger of a dev database what a campaign would have left there in a year:
// everybody entered in the middle of the month of 200 days ago. Those who ordered within 90 days were mostly not held out, and
// every other one of them used a voucher.
func pastCampaign(t *testing.T, state, address, token string) {
	t.Helper()
	_, body := get(t, http.MethodPost, address+"graphql", token, `{"query":"mutation { campaignCreate(input: {name: \"Of last year\", holdoutPercent: 40, trigger: {kind: ONE_TIME}, steps: [{key: \"one\", `+
		`voucher: {kind: PERCENT, value: \"10\"}, email: [{language: \"en\", subject: \"Hello {{ voucher.code }}\", body: \"{{ voucher.code }}\"}]}]}) { campaign { id } errors { message } } }"}`)
	var made struct {
		Data struct {
			CampaignCreate struct{ Campaign struct{ ID uuid.UUID } }
		}
	}
	if err := json.Unmarshal([]byte(body), &made); err != nil || made.Data.CampaignCreate.Campaign.ID == uuid.Nil {
		t.Fatalf("%v: %s", err, body)
	}
	conn, err := pgx.Connect(t.Context(), devDatabase(t, state))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), strings.ReplaceAll(pastSQL, "$campaign", "'"+made.Data.CampaignCreate.Campaign.ID.String()+"'")); err != nil {
		t.Fatal(err)
	}
}

const pastSQL = `CREATE TEMP TABLE way AS SELECT p.merchant_id AS m, p.id AS person, c.id AS record, c.source_id AS shop, gen_random_uuid() AS id, gen_random_uuid() AS message, o.id AS bought,
		begun.at, row_number() OVER (PARTITION BY o.id IS NULL ORDER BY p.id) % 10 < CASE WHEN o.id IS NULL THEN 6 ELSE 1 END AS holdout
	FROM (SELECT date_trunc('month', now() - interval '200 days') + interval '14 days' AS at) begun, profiles p JOIN LATERAL (SELECT c.* FROM identities i JOIN customers c ON c.merchant_id = i.merchant_id AND c.id = i.customer_id WHERE i.merchant_id = p.merchant_id AND i.profile_id = p.id ORDER BY c.id LIMIT 1) c ON true
	LEFT JOIN LATERAL (SELECT o.id FROM orders o WHERE o.merchant_id = p.merchant_id AND o.profile_id = p.id AND o.counted AND o.paid AND o.placed_at BETWEEN begun.at + interval '1 day' AND begun.at + interval '89 days' LIMIT 1) o ON true
	WHERE p.merged_into IS NULL;
	INSERT INTO enrolments (merchant_id, id, campaign_id, instance_key, profile_id, version, event_at, entered_at, holdout, ended_at) SELECT m, id, $campaign, 'profile:' || person || ':once', person, 1, at, at, holdout, at FROM way;
	INSERT INTO enrolment_members SELECT m, record, id FROM way;
	INSERT INTO follow_ups (merchant_id, id, enrolment_id, campaign_id, step_key, profile_id, customer_id, shop_id, channel, state, due_at, expires_at, next_at, created_at, sent_at)
		SELECT m, message, id, $campaign, 'one', person, record, shop, 'EMAIL', 'SENT', at, at, at, at, at FROM way WHERE NOT holdout;
	INSERT INTO vouchers (merchant_id, follow_up_id, shop_id, code, kind, value, minimum, currency, valid_from, valid_until, state, issued_at, redeemed_at, order_id)
		SELECT m, message, shop, upper(message::text), 'PERCENT', 10, 0, '', at, at + interval '30 days', CASE WHEN used THEN 'REDEEMED' ELSE 'ISSUED' END, at, CASE WHEN used THEN at END, CASE WHEN used THEN bought END
		FROM (SELECT *, bought IS NOT NULL AND row_number() OVER (ORDER BY bought) % 2 = 0 AS used FROM way WHERE NOT holdout) x`

// devDatabase is where the private Postgres of relance dev answers.
func devDatabase(t *testing.T, state string) string {
	t.Helper()
	read := func(name string) []string {
		b, err := os.ReadFile(filepath.Join(state, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(b), "\n")
	}
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%s/postgres", read("postgres.password")[0], read(filepath.Join("postgres", "postmaster.pid"))[3])
}
