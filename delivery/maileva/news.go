package maileva

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/rest"
)

const maxNews = 1 << 20

// ReadNews implements [delivery.PrinterHook]: the notification centre authenticates by user and
// password. It tells the state of a sending; what the post says of it has to be asked for. News of
// something else than a sending gives nothing.
func (p *Printer) ReadNews(header http.Header, body []byte) ([]relance.PrintStatus, error) {
	user, password, _ := (&http.Request{Header: header}).BasicAuth()
	if p.newsUser == "" || len(body) > maxNews || !same(user, p.newsUser) || !same(password, p.newsPassword) {
		return nil, relance.Tell(relance.CodeUnauthorized, nil, "PRINTER_FORGED", "provider", provider)
	}
	var n struct {
		EventType    string `json:"event_type"` // ON_STATUS_ACCEPTED …
		EventDate    string `json:"event_date"`
		ResourceType string `json:"resource_type"` // mail/v2/sendings
		ResourceID   string `json:"resource_id"`
	}
	if json.Unmarshal(body, &n) != nil {
		return nil, relance.Tell(relance.CodeBadInput, nil, "PRINTER_NEWS", "provider", provider)
	}
	status, is := strings.CutPrefix(n.EventType, "ON_STATUS_")
	if !is || !strings.HasSuffix(n.ResourceType, "sendings") {
		return nil, nil
	}
	if !rest.IsID(n.ResourceID) {
		return nil, relance.Tell(relance.CodeBadInput, nil, "PRINTER_NEWS", "provider", provider)
	}
	s := relance.PrintStatus{ExternalID: n.ResourceID, State: word(sendings, status), Raw: status, At: rest.Time(n.EventDate)}
	if s.At.IsZero() {
		s.At = p.now().UTC()
	}
	return []relance.PrintStatus{s}, nil
}

// same compares in a time that does not depend on what is equal, nor on lengths.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
