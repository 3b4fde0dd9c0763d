package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// erasingStep is a statement of an erasure, and the table whose rows it counts.
type erasingStep struct {
	table string
	kept  bool // the rows stay, without the person
	sql   string
}

func (e *eraser) do(ctx context.Context, x erasingStep) error { return e.doWith(ctx, x, e.args()) }

func (e *eraser) doWith(ctx context.Context, x erasingStep, args pgx.NamedArgs) error {
	tag, err := e.tx.Exec(ctx, x.sql, args)
	if err != nil {
		return fmt.Errorf("erase %s: %w", x.table, err)
	}
	if n := tag.RowsAffected(); n > 0 && x.kept {
		e.kept[x.table] += n
	} else if n > 0 {
		e.erased[x.table] += n
	}
	return nil
}

const (
	theirsByProfile = ` WHERE merchant_id = @m AND (profile_id = ANY(@profiles) OR origin_profile_id = ANY(@profiles))`
	theirMessage    = ` WHERE merchant_id = @m AND follow_up_id = ANY(@messages)`
	theirRecord     = ` WHERE merchant_id = @m AND customer_id = ANY(@customers)`
)

// erasing lists what is done to each table, those that point at others first. What stays are figures: an
// order's amounts, a campaign's counts, the cost of a letter.
var erasing = []erasingStep{ //nolint:gochecknoglobals // a table
	{table: "letter_files", sql: `DELETE FROM letter_files f WHERE f.merchant_id = @m AND f.sum IN (SELECT file FROM letters` + theirMessage + `)
		AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.merchant_id = @m AND l.file = f.sum AND NOT l.follow_up_id = ANY(@messages))`},
	{table: "letter_scans", sql: `DELETE FROM letter_scans` + theirMessage},
	{table: "letter_events", sql: `DELETE FROM letter_events` + theirMessage},
	{table: "address_proposals", sql: `DELETE FROM address_proposals WHERE merchant_id = @m AND (follow_up_id = ANY(@messages) OR customer_id = ANY(@customers))`},
	{table: "letters", kept: true, sql: `UPDATE letters SET code = 'erased:' || follow_up_id, recipient = '{}', city = '', address_key = '', reason = '', external_id = '', file = '', look_at = NULL,
		ended_at = coalesce(ended_at, @now)` + theirMessage},
	{table: "letter_stops", sql: `DELETE FROM letter_stops` + theirRecord},
	{table: "emails", sql: `DELETE FROM emails` + theirMessage},
	{table: "vouchers", kept: true, sql: `UPDATE vouchers SET code = 'erased:' || follow_up_id, external_id = ''` + theirMessage},
	{table: "stopped_addresses", sql: `DELETE FROM stopped_addresses WHERE merchant_id = @m AND (address = ANY(@emails) OR follow_up_id = ANY(@messages))`},
	{table: "follow_ups", kept: true, sql: `UPDATE follow_ups SET detail = '', cause = NULL WHERE merchant_id = @m AND id = ANY(@messages)`},
	{table: "enrolment_members", sql: `DELETE FROM enrolment_members` + theirRecord},
	{table: "tasks", sql: `DELETE FROM tasks` + theirsByProfile},
	{table: "profile_photos", sql: `DELETE FROM profile_photos` + theirsByProfile},
	{table: "bulk_runs", kept: true, sql: `UPDATE bulk_runs SET people = '{}' WHERE merchant_id = @m AND people <> '{}' AND state IN ('DONE', 'FAILED', 'CANCELLED', 'UNDONE')`},
	{table: "notes", sql: `DELETE FROM notes` + theirsByProfile},
	{table: "memberships", sql: `DELETE FROM memberships` + theirsByProfile},
	{table: "profile_groups", sql: `DELETE FROM profile_groups` + theirsByProfile},
	{table: "labels", sql: `DELETE FROM labels l WHERE l.merchant_id = @m AND EXISTS (SELECT 1 FROM profile_labels x WHERE x.merchant_id = @m AND x.label_id = l.id)
		AND NOT EXISTS (SELECT 1 FROM profile_labels x WHERE x.merchant_id = @m AND x.label_id = l.id AND NOT (x.profile_id = ANY(@profiles) OR x.origin_profile_id = ANY(@profiles)))`},
	{table: "profile_labels", sql: `DELETE FROM profile_labels` + theirsByProfile},
	{table: "import_records", sql: `DELETE FROM import_records r USING customers c, imports i WHERE r.merchant_id = @m AND c.merchant_id = @m AND c.id = ANY(@customers) AND i.merchant_id = @m AND i.source_id = c.source_id
		AND r.import_id = i.id AND r.kind = 'customers' AND r.external_id = c.external_id`},
	{table: "import_records", sql: `DELETE FROM import_records r USING orders o, imports i WHERE r.merchant_id = @m AND o.merchant_id = @m AND o.id = ANY(@orders) AND i.merchant_id = @m AND i.source_id = o.source_id
		AND r.import_id = i.id AND r.kind = 'orders' AND r.external_id = o.external_id`},
	{table: "quarantine", sql: `DELETE FROM quarantine q USING customers c WHERE q.merchant_id = @m AND c.merchant_id = @m AND c.id = ANY(@customers) AND q.shop_id = c.source_id
		AND q.kind = 'CUSTOMERS' AND q.external_id = c.external_id`},
	{table: "orders", kept: true, sql: `UPDATE orders SET email = '', checkout_token = ` + blankTokenSQL + `, customer_external_id = '', assigned_profile_id = coalesce(@owner::uuid, assigned_profile_id), profile_id = coalesce(@owner::uuid, profile_id), note = '', tags = '{}',
			billing = NULL, delivery = NULL, discount_codes = '{}', used_vouchers = '[]', digest = '', erased = true,
			returns = coalesce((SELECT jsonb_agg(r || jsonb_build_object('lines', coalesce((SELECT jsonb_agg(l || '{"reason": ""}') FROM jsonb_array_elements(CASE jsonb_typeof(r->'lines') WHEN 'array' THEN r->'lines' ELSE '[]' END) l), '[]')))
				FROM jsonb_array_elements(returns) r), '[]')
		WHERE merchant_id = @m AND id = ANY(@orders)`},
	{table: "refunds", kept: true, sql: `UPDATE refunds SET note = '' WHERE merchant_id = @m AND order_id = ANY(@orders)`},
	{table: "carts", kept: true, sql: `UPDATE carts SET customer_external_id = '', profile_id = NULL, restore_url = '', checkout_token = ` + blankTokenSQL + `, digest = '', erased = true WHERE merchant_id = @m AND id = ANY(@carts)`},
	{table: "opt_ins", sql: `DELETE FROM opt_ins` + theirRecord},
	{table: "retention_warnings", sql: `DELETE FROM retention_warnings WHERE merchant_id = @m AND profile_id = ANY(@profiles)`},
	{table: "due", sql: `DELETE FROM due WHERE merchant_id = @m AND ref_id = ANY(@profiles)`},
	{table: "profile_changes", sql: `DELETE FROM profile_changes` + theirsByProfile},
	{table: "merges", sql: `DELETE FROM merges WHERE merchant_id = @m AND (into_profile_id = ANY(@profiles) OR from_profile_ids && @profiles)`},
	{table: "addresses", sql: `DELETE FROM addresses` + theirRecord},
	{table: "messages", sql: `DELETE FROM messages` + theirRecord},
	{table: "contacts", sql: `DELETE FROM contacts` + theirRecord},
	{table: "identity_keys", sql: `DELETE FROM identity_keys` + theirRecord},
	{table: "customers", sql: `DELETE FROM customers WHERE merchant_id = @m AND id = ANY(@customers)`},
	{table: "profiles", kept: true, sql: `UPDATE profiles SET merged_into = @profile, first_name = '', last_name = '', company = '', title = '', language = '', birthday = NULL, sort_name = '', search_text = '',
		group_id = NULL, group_since = NULL, needs_review = false, oldest_cart_at = NULL, erased_at = @now WHERE merchant_id = @m AND id = ANY(@profiles)`},
	{table: "privacy_requests", kept: true, sql: `UPDATE privacy_requests SET requester = '', note = '', identified_how = '', refusal = '', restricted = false WHERE merchant_id = @m AND profile_id = ANY(@profiles)`},
}

// files sees to files that hold many people. One that waits to be imported and one that was exported may
// hold the person, packed where nobody can look, so all of them go: they can be made again. An export that
// is being written begins anew.
func (e *eraser) files(ctx context.Context) error {
	var busy bool
	if err := e.tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM imports i JOIN erasures x ON x.merchant_id = $1 AND x.id = $2 WHERE i.merchant_id = $1 AND i.created_at <= x.begun_at
		AND (i.state IN ('CHECKING', 'RUNNING', 'UNDOING') OR i.state = 'UPLOADING' AND i.created_at > $3::timestamptz - interval '1 hour'))`, e.merchant, e.erasure, e.now).Scan(&busy); err != nil {
		return err
	}
	if busy {
		return errFilesInUse
	}
	gone := relance.Say("EXPORT_ERASED")
	for _, x := range []erasingStep{
		{table: "imports", sql: `DELETE FROM imports WHERE merchant_id = @m AND state IN ('UPLOADING', 'UPLOADED', 'CHECKED')`},
		{table: "import_parts", sql: `DELETE FROM import_parts p USING imports i WHERE p.merchant_id = @m AND i.merchant_id = @m AND i.id = p.import_id AND i.state NOT IN ('CHECKING', 'RUNNING')`},
		{table: "imports", kept: true, sql: `UPDATE imports SET sample = '[]' WHERE merchant_id = @m AND sample <> '[]' AND state NOT IN ('CHECKING', 'RUNNING')`},
		{table: "export_parts", sql: `DELETE FROM export_parts WHERE merchant_id = @m`},
		{table: "exports", kept: true, sql: `UPDATE exports SET state = 'QUEUED', claims = claims + 1, heartbeat_at = NULL WHERE merchant_id = @m AND state = 'RUNNING'`},
	} {
		if err := e.do(ctx, x); err != nil {
			return err
		}
	}
	_, err := e.tx.Exec(ctx, `UPDATE exports SET state = 'FAILED', cause = $2, bytes = 0 WHERE merchant_id = $1 AND state = 'DONE'`, e.merchant, gone)
	return err
}

// words sees to what nobody tied to the person, and that names them: rows of spreadsheets that could not be
// taken, test letters, files and exports that were named after them, rows that a pull has not stored yet.
func (e *eraser) words(ctx context.Context) error {
	var rows, needles, files []string
	for _, at := range e.emails {
		needles = append(needles, like(at))
	}
	for i := range e.people {
		p := &e.people[i]
		if last := strings.ToLower(strings.TrimSpace(p.LastName)); utf8.RuneCountInString(last) > 2 {
			files = append(files, like(last))
		}
		if first, last := identity.Fold(p.FirstName), identity.Fold(p.LastName); first != "" && last != "" {
			rows = append(rows, first+"\n"+last)
		}
	}
	args := e.args()
	args["needles"], args["names"], args["files"] = notNil(needles), notNil(rows), append(notNil(files), needles...)
	named := func(text string) string {
		return `(lower(` + text + `) LIKE ANY(@needles) OR EXISTS (SELECT 1 FROM unnest(@names::text[]) n(v)
			WHERE position(household_words(split_part(n.v, E'\n', 1)) IN household_words(` + text + `)) > 0 AND position(household_words(split_part(n.v, E'\n', 2)) IN household_words(` + text + `)) > 0))`
	}
	for _, x := range []erasingStep{
		{table: "import_errors", sql: `DELETE FROM import_errors WHERE merchant_id = @m AND ` + named("array_to_string(cells, ' ')")},
		{table: "import_records", sql: `DELETE FROM import_records WHERE merchant_id = @m AND lower(record->>'Email') = ANY(@emails)`},
		{table: "imports", kept: true, sql: `UPDATE imports SET file_name = '…' WHERE merchant_id = @m AND lower(file_name) LIKE ANY(@files)`},
		{table: "exports", sql: `DELETE FROM exports WHERE merchant_id = @m AND lower(choice::text) LIKE ANY(@files)`},
		{table: "staged_rows", sql: `DELETE FROM staged_rows WHERE merchant_id = @m AND lower(body) LIKE ANY(@needles)`},
		{table: "letter_files", sql: `DELETE FROM letter_files f USING test_letters l WHERE f.merchant_id = @m AND l.merchant_id = @m AND l.file = f.sum AND ` + named("array_to_string(l.recipient, ' ')")},
		{table: "test_letters", kept: true, sql: `UPDATE test_letters SET recipient = '{}', city = '', file = '', external_id = '', look_at = NULL WHERE merchant_id = @m AND ` + named("array_to_string(recipient, ' ')")},
	} {
		if err := e.doWith(ctx, x, args); err != nil {
			return err
		}
	}
	return nil
}

// like finds a text anywhere.
func like(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}
