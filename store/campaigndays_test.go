package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// lookAtVerdicts reads what is decided of each event: its campaign, its key, and the verdict with
// its reason or that it entered.
func (j *judging) lookAtVerdicts() map[string]string {
	out := map[string]string{}
	for _, r := range j.rows(`SELECT campaign_id || '|' || instance_key || '|' || verdict || ' ' || reason FROM verdicts WHERE merchant_id = $1
		UNION ALL SELECT campaign_id || '|' || instance_key || '|in' || '|' || CASE WHEN holdout THEN 'HELD_OUT ' ELSE 'ENTERED ' END FROM enrolments WHERE merchant_id = $1
		UNION ALL SELECT campaign_id || '|' || id || '|made|' || CASE WHEN state = 'EXPIRED' THEN 'EXPIRE ' ELSE 'SEND ' END FROM follow_ups WHERE merchant_id = $1`, j.m) {
		r = strings.Trim(r, `()"`)
		at := strings.LastIndex(r, "|")
		out[r[:at]] = r[at+1:]
	}
	return out
}

// countRefused notes what the day should count by what taking messages to their end changed.
func (j *judging) countRefused(before, after map[string]string) {
	zone, err := time.LoadLocation("Europe/Paris") // of the first shop
	j.ok(err)
	for message, what := range after {
		if state := before[message]; state == what || !strings.HasPrefix(what, "REFUSED ") && !strings.HasPrefix(what, "EXPIRED ") {
			continue
		}
		campaign, _, _ := strings.Cut(message, "|")
		_, reason, _ := strings.Cut(what, " ")
		j.changes[fmt.Sprint(campaign, " ", j.now.In(zone).Format("2006-01-02"), " REFUSE ", reason)]++
		j.refused++
	}
}

// lookAtMessages reads how each message stands, with the reason.
func (j *judging) lookAtMessages() map[string]string {
	out := map[string]string{}
	for _, r := range j.rows(`SELECT campaign_id || '|' || id || '|' || state || ' ' || reason FROM follow_ups WHERE merchant_id = $1`, j.m) {
		r = strings.Trim(r, `()"`)
		at := strings.LastIndex(r, "|")
		out[r[:at]] = r[at+1:]
	}
	return out
}

// countChanges notes what the day should count by what a call of Evaluate changed.
func (j *judging) countChanges(before, after map[string]string) {
	zone, err := time.LoadLocation("Europe/Paris") // of the first shop
	j.ok(err)
	day := j.now.In(zone).Format("2006-01-02")
	judged := map[string]bool{}
	for event, what := range after {
		campaign, rest, _ := strings.Cut(event, "|")
		if before[event] != what {
			j.changes[fmt.Sprint(campaign, " ", day, " ", what)]++
		}
		key := strings.TrimSuffix(rest, "|in")
		_, noted := before[campaign+"|"+key]
		_, entered := before[campaign+"|"+key+"|in"]
		if !noted && !entered && !strings.HasSuffix(rest, "|made") {
			judged[campaign+"|"+key] = true
		}
	}
	for event := range judged {
		campaign, _, _ := strings.Cut(event, "|")
		j.changes[fmt.Sprint(campaign, " ", day, " JUDGED ")]++
	}
}

// daysEqualTheLedger compares what the days counted with what the ledger showed before and after
// each batch, and in sum with how it stands.
func (j *judging) daysEqualTheLedger() {
	got := map[string]int{}
	for _, id := range j.campaigns {
		days, err := j.s.CampaignDays(j.ctx, j.m, id, j.now.AddDate(0, 0, -60), j.now.AddDate(0, 0, 2))
		j.ok(err)
		for _, d := range days {
			add := func(what string, n int) {
				if n > 0 {
					got[fmt.Sprint(id, " ", d.Day.Format("2006-01-02"), " ", what)] = n
				}
			}
			add("JUDGED ", d.Judged)
			add("ENTERED ", d.Entered)
			add("HELD_OUT ", d.HeldOut)
			add("SEND ", d.Decided)
			add("EXPIRE ", d.Expired)
			for _, r := range d.Refusals {
				add(fmt.Sprint(r.Verdict, " ", r.Reason), r.Count)
			}
		}
	}
	if diff := cmp.Diff(j.changes, got); diff != "" {
		j.Fatalf("the days (-the ledger, before and after each batch; +counted):\n%s", diff)
	}
	for what, sql := range map[string]string{
		"JUDGED":   `SELECT count(*) FROM (SELECT campaign_id, instance_key FROM enrolments WHERE merchant_id = $1 UNION SELECT campaign_id, instance_key FROM verdicts WHERE merchant_id = $1) x`,
		"ENTERED":  `SELECT count(*) FROM enrolments WHERE merchant_id = $1 AND NOT holdout`,
		"HELD_OUT": `SELECT count(*) FROM enrolments WHERE merchant_id = $1 AND holdout`,
	} {
		if got, want := j.rows(`SELECT coalesce(sum(count), 0) FROM campaign_days WHERE merchant_id = $1 AND verdict = $2`, j.m, what), j.rows(sql, j.m); got[0] != want[0] {
			j.Fatalf("%s: counted %v, the ledger has %v", what, got, want)
		}
	}
	if got, want := j.rows(`SELECT coalesce(sum(count), 0) FROM campaign_days WHERE merchant_id = $1 AND verdict IN ('SEND', 'EXPIRE')`, j.m), j.rows(`SELECT count(*) FROM follow_ups WHERE merchant_id = $1`, j.m); got[0] != want[0] {
		j.Fatalf("messages: counted %v, the ledger has %v", got, want)
	}
}

// TestADayCountsLettersThatAreCalledBack: once, however often the printer says so; and not a letter that
// the printer gives up by itself, which failed.
func TestADayCountsLettersThatAreCalledBack(t *testing.T) {
	t.Parallel()
	f := follow(newLab(t), 0)
	f.give(0, customers(withEmail("c", "c@example.com"), withEmail("d", "d@example.com")))
	printer := f.printer()
	for _, who := range []string{"c", "d"} {
		f.enters(day(10), f.id(0, who), who, false)
		f.sends(day(11), f.id(0, who), who, "one", 0, who, "", nil)
		f.posted(printer, who, "one", "0.80", "EUR", "ACCEPTED")
	}
	message := func(who string) uuid.UUID {
		rows := f.rows(`SELECT f.id FROM follow_ups f JOIN enrolments e ON e.merchant_id = f.merchant_id AND e.id = f.enrolment_id WHERE f.merchant_id = $1 AND e.instance_key = $2`, f.m, who)
		return uuid.MustParse(strings.Trim(rows[0], "()"))
	}
	f.ok(f.as("", func(tx pgx.Tx) error {
		_, err := tx.Exec(f.ctx, `UPDATE letters SET cancel_at = $2 WHERE merchant_id = $1 AND follow_up_id = $3`, f.m, day(12), message("c"))
		return err
	}))
	for range 2 {
		for _, who := range []string{"c", "d"} {
			f.ok(f.s.HearOf(f.ctx, f.m, message(who), relance.PrintStatus{State: relance.PrintCancelled, At: day(12)}, day(12)))
		}
	}
	days, err := f.s.CampaignDays(f.ctx, f.m, f.campaign, day(12), day(12))
	f.ok(err)
	want := []relance.RefusalCount{{Verdict: relance.VerdictRefuse, Reason: relance.ReasonObjected, Count: 1}}
	if len(days) != 1 || !slices.Equal(days[0].Refusals, want) {
		t.Errorf("%+v, want %+v", days, want)
	}
}
