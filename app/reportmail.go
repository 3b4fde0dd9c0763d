package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/report"
	"github.com/relance/relance/template"
)

const (
	reportPause     = time.Minute // after the first failed attempt; it doubles
	mostReportPause = time.Hour
)

// canGetReports refuses what would never arrive, or tell somebody what is not theirs to see.
func (a *App) canGetReports(ctx context.Context, b relance.Bearer) error {
	if !b.Role.Includes(relance.RoleMarketer) {
		return relance.TellField("monthlyReport", "REPORT_FOR_MARKETERS")
	}
	if a.Mail == nil {
		return relance.Tell(relance.CodeConflict, nil, "NO_RELAY").At("monthlyReport")
	}
	_, err := a.Store.ReportSender(ctx, b.MerchantID)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return relance.TellField("monthlyReport", "REPORT_NEEDS_SENDER")
	}
	return err
}

// MailReport mails a month's report to one of the staff, unless somebody else does or did. What
// became of it is a row: after an attempt of which nobody knows how it ended there is no other.
func (a *App) MailReport(ctx context.Context, t relance.ReportTask) error {
	if a.Mail == nil {
		return nil
	}
	mail, err := a.reportMail(ctx, t)
	if err != nil {
		return err
	}
	mine, err := a.Store.ClaimReport(ctx, t, a.sendLease(), a.Now())
	if err != nil || !mine {
		return err
	}
	err = a.Mail.Send(ctx, mail)
	ctx = context.WithoutCancel(ctx) // what became of it is noted even while stopping
	if err == nil {
		return a.Store.SettleReport(ctx, t, "SENT", nil, a.Now(), a.Now())
	}
	said := detailOf(err).Cause
	var f *delivery.Failure
	if errors.As(err, &f) && f.Outcome != delivery.Later {
		state := "FAILED"
		if f.Outcome == delivery.Uncertain {
			state = "UNCERTAIN"
		}
		a.Log.Warn("report not mailed", "merchant", t.MerchantID, "user", t.UserID, "state", state, "err", err)
		return a.Store.SettleReport(ctx, t, state, said, a.Now(), a.Now())
	}
	next := a.Now().Add(min(reportPause<<min(t.Attempt, 10), mostReportPause))
	return a.Store.SettleReport(ctx, t, "DUE", said, next, a.Now())
}

// reportMail writes the e-mail with the report as a file. Its Message-ID is the same for every
// attempt.
func (a *App) reportMail(ctx context.Context, t relance.ReportTask) (relance.Email, error) {
	user, err := a.Store.User(ctx, t.MerchantID, t.UserID)
	if err != nil {
		return relance.Email{}, err
	}
	shopID, err := a.Store.ReportSender(ctx, t.MerchantID)
	if err != nil {
		return relance.Email{}, err
	}
	shop, err := a.Store.Shop(ctx, t.MerchantID, shopID)
	if err != nil {
		return relance.Email{}, err
	}
	set, err := a.Store.ShopSettings(ctx, t.MerchantID, shopID)
	if err != nil {
		return relance.Email{}, err
	}
	rows, err := a.Store.Report(ctx, t.MerchantID, t.Month, nil)
	if err != nil {
		return relance.Email{}, err
	}
	month, language := t.Month.Format("2006-01"), cmp.Or(user.Language, set.Language)
	if !slices.Contains([]string{"fr", "de"}, language) {
		language = "en"
	}
	var file bytes.Buffer
	if err := report.WriteXLSX(&file, month, language, rows); err != nil {
		return relance.Email{}, err
	}
	base := strings.TrimRight(a.PublicURL, "/")
	msg := report.WriteMail(t.Month, language, rows, base+"/campaigns/report?month="+month, base+"/settings/profile", func(m relance.Money) string { return template.Money(m, language) })
	id := uuid.NewSHA1(t.UserID, []byte("report "+month))
	e := a.mail(&shop, set, id, user.Email, template.Message{Subject: msg.Subject, Text: msg.Text, HTML: msg.HTML}, "")
	e.FromName = "Relance"
	e.Attachments = []relance.Attachment{{Name: "relance-" + month + ".xlsx", ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: file.Bytes()}}
	return e, nil
}
