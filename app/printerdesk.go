package app

import (
	"net/netip"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery"
	"github.com/relance/relance/delivery/maileva"
	"github.com/relance/relance/delivery/pingen"
)

// newsUser is by what name Maileva comes with its news; the password is the merchant's.
const newsUser = "relance"

// PrinterOptions says how providers are reached.
type PrinterOptions struct {
	AllowNetworks []netip.Prefix // of private networks, for simulators
	Now           func() time.Time
	// PingenURL and MailevaURL are simulators'; empty: the providers themselves.
	PingenURL, MailevaURL string
	Timeout               time.Duration // of one request; 0: the providers' default
}

// Printers opens accounts at the providers that there are.
func Printers(o PrinterOptions) func(relance.PrinterKind, relance.PrinterAccount) (delivery.Printer, error) {
	return func(kind relance.PrinterKind, a relance.PrinterAccount) (delivery.Printer, error) {
		switch kind {
		case relance.PrinterPingen:
			c := pingen.Config{ClientID: a.ClientID, ClientSecret: a.ClientSecret, Organisation: a.Organisation, SigningKey: a.HookSecret, Live: a.Live, AllowNetworks: o.AllowNetworks, Now: o.Now, Timeout: o.Timeout,
				IdentityURL: o.PingenURL, APIURL: o.PingenURL}
			return pingen.New(c)
		case relance.PrinterMaileva:
			c := maileva.Config{ClientID: a.ClientID, ClientSecret: a.ClientSecret, Username: a.Username, Password: a.Password, Live: a.Live, AllowNetworks: o.AllowNetworks, Now: o.Now, Timeout: o.Timeout}
			if a.HookSecret != "" {
				c.NewsUser, c.NewsPassword = newsUser, a.HookSecret
			}
			if o.MailevaURL != "" {
				c.TokenURL, c.APIURL = o.MailevaURL+"/auth/realms/services/protocol/openid-connect/token", o.MailevaURL+"/mail/v2"
			}
			return maileva.New(c)
		}
		return nil, relance.TellField("kind", "PRINTER_KIND")
	}
}
