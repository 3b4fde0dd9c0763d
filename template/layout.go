package template

import (
	"time"

	"github.com/shopspring/decimal"
)

// layout is the frame of every e-mail: one column, its own colours in both schemes, no picture
// but the shop's logo, which is the same for everybody, and nothing loaded to see whether it is
// read. The logo keeps a white ground: most were drawn for one.
const layout = `<!doctype html>
<html lang="{{.Language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Subject}}</title>
<style>
a { color: #0b5cad; }
img { max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { body, .page { background: #16181c !important; color: #e8e8e8 !important; } a { color: #7cb7ff; } .code { background: #24272d !important; } .foot { color: #a5a5a5 !important; } }
</style>
</head>
<body style="margin:0;padding:0;background:#f4f4f2;color:#222;">
{{if .Preheader}}<div style="display:none;max-height:0;overflow:hidden;">{{.Preheader}}</div>
{{end}}<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px;">
<tr><td style="padding:28px 32px 8px;font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;overflow-wrap:anywhere;">
<p style="margin:0 0 16px;font-weight:600;">{{if .Logo}}<img src="{{.Logo.URL}}" alt="{{.Shop}}" width="{{.Logo.Width}}" height="{{.Logo.Height}}" style="display:block;border:0;background:#ffffff;">{{else}}{{.Shop}}{{end}}</p>
{{.Body}}{{if .Voucher}}<p class="code" style="margin:16px 0;padding:14px;background:#f1f3f5;border-radius:6px;text-align:center;font:600 22px/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.06em;">{{.Voucher.Code}}</p>
{{end}}</td></tr>
<tr><td class="foot" style="padding:8px 32px 28px;font:13px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#666;white-space:pre-line;overflow-wrap:anywhere;">{{.Imprint}}{{if .UnsubscribeURL}}
<a href="{{.UnsubscribeURL}}">{{.Unsubscribe}}</a>{{end}}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`

// Sample is an invented recipient, to check and to show texts with.
func Sample(language string, voucher, cart bool) Data {
	d := Data{Language: language, Title: "MRS", FirstName: "Camille", LastName: "Exemple", ShopName: "Example Shop", ShopURL: "https://shop.example.com/",
		Imprint: "Example Ltd, 1 Example Street, 12345 Example", UnsubscribeURL: "https://relance.example.com/u/example"}
	if voucher {
		d.Voucher = &Voucher{Code: "MERCI-7KQ4-XN2P", Value: Percent(decimal.NewFromInt(10), language), Until: time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)}
	}
	if cart {
		d.Cart = &Cart{URL: "https://shop.example.com/cart", Lines: []CartLine{{Title: "Linen shirt, blue", Quantity: 2, Price: "79,80 €"}, {Title: "Wool socks", Quantity: 1, Price: "12,50 €"}}}
	}
	return d
}
