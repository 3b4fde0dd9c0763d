package pingen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/rest"
)

// Limits of a notification.
const (
	maxNews   = 1 << 20
	maxKey    = 32 // characters of a signing key
	maxReason = 500
)

// notification is what Pingen posts: JSON:API, with the event in detail beside it.
type notification struct {
	Data struct {
		Type          string `json:"type"` // webhook_sent, webhook_issues …
		Attributes    event  `json:"attributes"`
		Relationships struct {
			Letter struct {
				Data struct {
					ID string `json:"id"`
				} `json:"data"`
			} `json:"letter"`
		} `json:"relationships"`
	} `json:"data"`
	Included []struct {
		Type       string `json:"type"`
		ID         string `json:"id"`
		Attributes event  `json:"attributes"`
	} `json:"included"`
}

type event struct {
	Reason    string          `json:"reason"`
	Name      string          `json:"name"`
	Status    string          `json:"status"`
	CreatedAt string          `json:"created_at"`
	EmittedAt string          `json:"emitted_at"`
	Corrected json.RawMessage `json:"corrected_address"`
}

// ReadNews implements [delivery.PrinterHook]: the header Signature is the HMAC-SHA256 of the body,
// in hexadecimal. What is no news of a letter gives nothing. An issue does not say how the letter
// stands unless the letter is with it: then its state is UNKNOWN, and Status knows.
func (p *Printer) ReadNews(header http.Header, body []byte) ([]relance.PrintStatus, error) {
	forged := relance.Tell(relance.CodeUnauthorized, nil, "PRINTER_FORGED", "provider", provider)
	if len(p.key) == 0 || len(body) > maxNews {
		return nil, forged
	}
	signature, err := hex.DecodeString(strings.TrimSpace(header.Get("Signature")))
	mac := hmac.New(sha256.New, p.key)
	mac.Write(body)
	if err != nil || !hmac.Equal(signature, mac.Sum(nil)) {
		return nil, forged
	}
	var n notification
	if json.Unmarshal(body, &n) != nil {
		return nil, relance.Tell(relance.CodeBadInput, nil, "PRINTER_NEWS", "provider", provider)
	}
	id := n.Data.Relationships.Letter.Data.ID
	category := strings.TrimPrefix(n.Data.Type, "webhook_")
	if category == "channel_subscriptions" {
		return nil, nil
	}
	if !rest.IsID(id) {
		return nil, relance.Tell(relance.CodeBadInput, nil, "PRINTER_NEWS", "provider", provider)
	}
	return []relance.PrintStatus{p.told(id, category, n)}, nil
}

// told puts together what stands at several places of a notification.
func (p *Printer) told(id, category string, n notification) relance.PrintStatus {
	s := relance.PrintStatus{ExternalID: id, Raw: category, State: relance.PrintUnknown, Reason: n.Data.Attributes.Reason, At: rest.Time(n.Data.Attributes.CreatedAt)}
	switch category {
	case "sent", "delivered", "undeliverable":
		s.State = stateOf(category)
	}
	s.Corrected = corrected(n.Data.Attributes.Corrected)
	for _, with := range n.Included {
		if with.ID == id && with.Attributes.Status != "" && s.State == relance.PrintUnknown {
			s.State, s.Raw = stateOf(with.Attributes.Status), with.Attributes.Status
		}
		if at := rest.Time(with.Attributes.EmittedAt); !at.IsZero() {
			s.At = at
		}
		if s.Reason == "" {
			s.Reason = with.Attributes.Name
		}
		if s.Corrected == nil {
			s.Corrected = corrected(with.Attributes.Corrected)
		}
	}
	if s.State != relance.PrintUndeliverable {
		s.Corrected = nil
	}
	if r := []rune(s.Reason); len(r) > maxReason {
		s.Reason = string(r[:maxReason])
	}
	if s.At.IsZero() {
		s.At = p.now().UTC()
	}
	return s
}

// corrected reads where the person lives by now: apart, as in a letter's meta data, or the lines of
// an address. Without street and city it is no address.
func corrected(raw json.RawMessage) *relance.Address {
	var a struct{ Name, Street, Number, Zip, City, Country string }
	var lines string
	switch {
	case len(raw) == 0:
		return nil
	case json.Unmarshal(raw, &lines) == nil:
		a.Name, a.Street, a.Zip, a.City = inLines(lines)
	case json.Unmarshal(raw, &a) != nil:
		return nil
	}
	for _, s := range []string{a.Name, a.Street, a.Number, a.Zip, a.City} {
		if len(s) > 200 || strings.ContainsAny(s, "\r\n") {
			return nil
		}
	}
	if a.Street == "" || a.City == "" {
		return nil
	}
	country := strings.ToUpper(a.Country)
	if len(country) != 2 {
		country = ""
	}
	return &relance.Address{LastName: a.Name, Line1: strings.TrimSpace(a.Street + " " + a.Number), PostalCode: a.Zip, City: a.City, CountryCode: country}
}

// inLines reads an address by its town's line, as it is written where Pingen posts: a postal code of
// four or five digits before the town, the street above it, the name at the top.
func inLines(s string) (name, street, zip, city string) {
	town := regexp.MustCompile(`^(?:[A-Z]{1,2}-)?(\d{4,5})\s+(\S.*)$`)
	lines := slices.DeleteFunc(strings.Split(strings.ReplaceAll(s, "\r", ""), "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	for i, l := range lines {
		if m := town.FindStringSubmatch(strings.TrimSpace(l)); m != nil && i >= 2 {
			return strings.TrimSpace(lines[0]), strings.TrimSpace(lines[i-1]), m[1], m[2]
		}
	}
	return "", "", "", ""
}
