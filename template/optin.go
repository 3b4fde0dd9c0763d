package template

import (
	"html"
	"html/template"
	"strings"
)

// OptIn is what a request to confirm a consent says.
type OptIn struct {
	Language, ShopName, Controller, Imprint string
	Name                                    string // of the preference; empty: the channel as a whole
	Wording                                 string
	Link                                    string
	Until                                   string // the last day of the link
}

// RenderOptIn makes the e-mail that asks to confirm a consent: the wording, who asks, and one link. It
// holds no advertising, no logo and no other link.
func (r *Renderer) RenderOptIn(o OptIn) (Message, error) {
	w := optInWordsIn(o.Language)
	fill := strings.NewReplacer("{shop}", oneLine(o.ShopName), "{controller}", oneLine(o.Controller), "{until}", o.Until)
	m := Message{Subject: oneLine(fill.Replace(w.subject))}
	quoted := "“" + oneLine(o.Wording) + "”"
	if o.Language == "fr" {
		quoted = "« " + oneLine(o.Wording) + " »"
	} else if o.Language == "de" {
		quoted = "„" + oneLine(o.Wording) + "“"
	}
	if o.Name != "" {
		quoted = oneLine(o.Name) + ": " + quoted
	}
	m.Text = strings.Join([]string{fill.Replace(w.asked), quoted, fill.Replace(w.confirm), o.Link, fill.Replace(w.ignore), "-- \n" + o.Imprint}, "\n\n") + "\n"
	p := func(s string) string {
		return `<p style="margin:0 0 16px;">` + strings.ReplaceAll(html.EscapeString(s), "\n\n", `</p><p style="margin:0 0 16px;">`) + "</p>"
	}
	link := html.EscapeString(o.Link)
	body := p(fill.Replace(w.asked)) + `<blockquote style="margin:0 0 16px;padding:2px 14px;border-left:3px solid #9aa4ad;">` + html.EscapeString(quoted) + `</blockquote>` + p(fill.Replace(w.confirm)) +
		`<p style="margin:0 0 16px;"><a href="` + link + `">` + link + `</a></p>` + p(fill.Replace(w.ignore))
	var page strings.Builder
	err := r.layout.Execute(&page, map[string]any{"Language": o.Language, "Subject": m.Subject, "Preheader": "", "Body": template.HTML(body), "Shop": o.ShopName, "Logo": (*Logo)(nil), //nolint:gosec // escaped above
		"Imprint": o.Imprint, "Unsubscribe": "", "UnsubscribeURL": "", "Voucher": (*Voucher)(nil), "Cart": (*Cart)(nil)})
	m.HTML = page.String()
	return m, err
}

type optInWords struct{ subject, asked, confirm, ignore string }

func optInWordsIn(language string) optInWords {
	switch language {
	case "fr":
		return optInWords{"Merci de confirmer votre consentement : {shop}", "Bonjour,\n\nvous avez donné à {controller} le consentement suivant :", "Pour le confirmer, ouvrez cette page et cliquez sur le bouton. Le lien est valable jusqu’au {until}.",
			"Si vous n’avez rien demandé, ne faites rien : sans confirmation, vous ne recevrez rien et votre demande sera effacée."}
	case "de":
		return optInWords{"Bitte bestätigen Sie Ihre Einwilligung: {shop}", "Guten Tag,\n\nSie haben {controller} diese Einwilligung gegeben:", "Um sie zu bestätigen, öffnen Sie diese Seite und klicken Sie auf die Schaltfläche. Der Link gilt bis zum {until}.",
			"Wenn Sie nichts angefordert haben, brauchen Sie nichts zu tun: Ohne Bestätigung erhalten Sie nichts, und die Anfrage wird gelöscht."}
	}
	return optInWords{"Please confirm your consent: {shop}", "Hello,\n\nyou gave {controller} this consent:", "To confirm it, open this page and press the button. The link is good until {until}.",
		"If you did not ask for anything, do nothing: without your confirmation you will get nothing, and the request is erased."}
}
