package e2e_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/smtptest"
	"github.com/relance/relance/store"
)

// staff adds somebody who has joined.
func (p *post) staff(email string, role relance.Role, language string) relance.Bearer {
	p.t.Helper()
	id, err := p.store.AddUser(p.t.Context(), p.merchant, relance.User{Email: email, Role: role}, p.now())
	must(p.t, err)
	hash := "x"
	must(p.t, p.store.ChangeUser(p.t.Context(), p.merchant, id, store.UserChange{PasswordHash: &hash, Language: &language}, p.now()))
	return relance.Bearer{MerchantID: p.merchant, UserID: id, Role: role}
}

// wantReport switches the monthly report of somebody on or off.
func (p *post) wantReport(b relance.Bearer, language string, want bool) {
	p.t.Helper()
	must(p.t, p.app.ChangeOwnProfile(p.t.Context(), b, "", language, &want))
}

// toMonthTurn puts the clock to a time of the first day of the next month, where the first shop is.
func (p *post) toMonthTurn(hour, minute int) {
	p.t.Helper()
	shops, err := p.store.Shops(p.t.Context(), p.merchant, nil)
	must(p.t, err)
	first := shops[0]
	for _, s := range shops {
		if s.ID == p.shopify {
			first = s
		}
	}
	zone, err := time.LoadLocation(first.TimeZone)
	must(p.t, err)
	t := p.clock.now().In(zone)
	p.clock.ahead.Store(int64(time.Until(time.Date(t.Year(), t.Month()+1, 1, hour, minute, 0, 0, zone))))
}

// dueReports are the reports that would be mailed after a while.
func (p *post) dueReports(after time.Duration) []relance.ReportTask {
	p.t.Helper()
	list, err := p.store.DueReports(p.t.Context(), p.clock.now().Add(after))
	must(p.t, err)
	return list
}

// reports are the mails that the relay took for somebody of the staff.
func (p *post) reports(to string) (out []smtptest.Letter) {
	for _, m := range p.sink.Mails() {
		if m.To == to {
			out = append(out, smtptest.Read(m))
		}
	}
	return out
}

// Whoever wants the report gets it once on the first of the month, through a relay that is down at
// first and with two workers; nobody else gets one.
func TestTheMonthlyReportIsMailedOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, 40, worldOptions{})
	p.pull()
	id := p.campaign(cartCampaign())
	p.start(id)
	sent := p.settled(id).Numbers.Sent
	month := p.clock.now()
	ann, maxim := p.staff("ann@example.com", relance.RoleOwner, "fr"), p.staff("max@example.com", relance.RoleMarketer, "de")
	was, off := p.staff("was@example.com", relance.RoleMarketer, "en"), p.staff("off@example.com", relance.RoleOwner, "en")
	p.staff("never@example.com", relance.RoleOwner, "en")
	p.wantReport(ann, "fr", true)
	p.wantReport(maxim, "de", true)
	p.wantReport(was, "en", true)
	p.wantReport(off, "en", true)
	p.wantReport(off, "en", false)
	must(t, p.app.ChangeRole(t.Context(), p.merchant, was.UserID, relance.RoleClerk, nil, "test"))

	p.sink.Down(true)
	p.app.Mail.(*delivery.SMTP).Close() // the connections that it keeps would still be served
	p.toMonthTurn(7, 30)
	if list := p.dueReports(0); len(list) > 0 {
		t.Fatalf("before eight: %+v", list)
	}
	p.work() // a second set of workers
	p.clock.ahead.Add(int64(31 * time.Minute))
	p.until("the relay was tried for both", func() bool {
		list := p.dueReports(2 * time.Hour)
		return len(list) == 2 && list[0].Attempt > 0 && list[1].Attempt > 0
	})
	late := p.staff("late@example.com", relance.RoleOwner, "en")
	p.wantReport(late, "en", true) // after the month's report was due: not this one
	p.sink.Down(false)
	p.clock.ahead.Add(int64(2 * time.Hour))
	p.until("nothing is due any more", func() bool { return len(p.dueReports(3*24*time.Hour)) == 0 && len(p.reports("max@example.com")) > 0 })
	for _, to := range []string{"was@example.com", "off@example.com", "never@example.com", "late@example.com"} {
		if n := len(p.reports(to)); n > 0 {
			t.Errorf("%s got %d reports", to, n)
		}
	}
	p.readsReport("ann@example.com", "Relance : rapport de ", "Messages envoyés : ", month, sent)
	p.readsReport("max@example.com", "Relance: Bericht für ", "Gesendete Nachrichten: ", month, sent)
}

// readsReport reads the one report that somebody got.
func (p *post) readsReport(to, subject, line string, month time.Time, sent int) {
	p.t.Helper()
	list := p.reports(to)
	if len(list) != 1 {
		p.t.Fatalf("%s got %d reports", to, len(list))
	}
	l := list[0]
	name := month.Format("2006-01")
	if !strings.HasPrefix(l.Subject, subject) || !strings.Contains(l.Text, line) || !strings.Contains(l.Text, p.public+"/campaigns/report?month="+name) || !strings.Contains(l.HTML, "<li>") {
		p.t.Errorf("%s: %s\n%s", to, l.Subject, l.Text)
	}
	f, err := excelize.OpenReader(bytes.NewReader(l.Files["relance-"+name+".xlsx"]))
	must(p.t, err)
	rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
	must(p.t, err)
	must(p.t, f.Close())
	if sent == 0 || len(rows) < 2 {
		p.t.Errorf("%d sent, %d rows", sent, len(rows))
	}
}

// Who may not see the report cannot order it, and without a sender it would never come.
func TestWhoMayHaveTheReportByMail(t *testing.T) {
	t.Parallel()
	p := newPost(t, 5, worldOptions{noWork: true})
	yes := true
	for role, want := range map[relance.Role]string{relance.RoleClerk: "REPORT_FOR_MARKETERS", relance.RoleOwner: "REPORT_NEEDS_SENDER"} {
		var told *relance.Error
		err := p.app.ChangeOwnProfile(t.Context(), p.staff(string(role)+"@example.com", role, "en"), "", "en", &yes)
		if !errors.As(err, &told) || told.Says == nil || told.Says.Code != want {
			t.Errorf("%s: %v, want %s", role, err, want)
		}
	}
}

// Of an attempt that nobody knows the end of there is no second one, and two who send at once send
// one.
func TestAReportWhoseFateIsUnknownIsLeft(t *testing.T) {
	t.Parallel()
	p := newPost(t, 5, worldOptions{noWork: true})
	p.shopify, p.presta = p.connect()
	p.do(`mutation($s: ID!) { r: shopSettingsUpdate(shopId: $s, settings: {senderEmail: "shop@maison.example"}) { errors { message } } }`, map[string]any{"s": p.presta})
	crashed, broke, raced := p.staff("crashed@example.com", relance.RoleOwner, "en"), p.staff("broke@example.com", relance.RoleOwner, "en"), p.staff("raced@example.com", relance.RoleOwner, "en")
	for _, b := range []relance.Bearer{crashed, broke, raced} {
		p.wantReport(b, "en", true)
	}
	p.toMonthTurn(8, 30)
	tasks := map[uuid.UUID]relance.ReportTask{}
	for _, task := range p.dueReports(0) {
		tasks[task.UserID] = task
	}
	mine, err := p.store.ClaimReport(t.Context(), tasks[crashed.UserID], time.Minute, p.clock.now())
	if must(t, err); !mine {
		t.Fatal("not claimed")
	}
	p.sink.Misbehave(smtptest.Faults{DropAfter: 1}, 1)
	must(t, p.app.MailReport(t.Context(), tasks[broke.UserID]))
	p.sink.Misbehave(smtptest.Faults{}, 1)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := p.app.MailReport(t.Context(), tasks[raced.UserID]); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	p.clock.ahead.Add(int64(time.Hour)) // the lease of the one that crashed is over
	for range 2 {
		for _, task := range p.dueReports(0) {
			must(t, p.app.MailReport(t.Context(), task))
		}
	}
	if list := p.dueReports(5 * time.Hour); len(list) > 0 || len(p.reports("crashed@example.com")) != 0 || len(p.reports("broke@example.com")) != 1 || len(p.reports("raced@example.com")) != 1 {
		t.Errorf("due: %+v; the relay took %d", list, p.sink.Taken())
	}
}
