// Package senderdns looks at what the DNS says of the domain that a shop sends from: who may
// send for it (SPF), by which key messages are signed (DKIM), what becomes of messages without
// either (DMARC), and whether bounces can come back. Each finding says what to do about it.
package senderdns

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"github.com/relance/relance"
)

// Limits of one check. A lookup that takes longer, or gives more, is none.
const (
	maxTime   = 12 * time.Second
	maxLookup = 4 * time.Second
	maxText   = 4 << 10 // bytes of one TXT record; the longest keys need about 800
	maxTexts  = 100     // TXT records at one name
	maxHosts  = 5       // mail servers that are looked up
)

// Resolver asks the DNS; *net.Resolver is one. Errors are *net.DNSError.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
}

// Relay is what the operator says of the mail relay.
type Relay struct {
	// SPF is what a sender's SPF record has to have for mail of the relay, such as
	// include:spf.relay.example.net, a:mail.example.net or ip4:203.0.113.7; empty: not known.
	SPF string
	// Selector is the name of the relay's DKIM key; a shop may have its own. Empty: not known.
	Selector string
}

// Checker checks senders. It is safe for concurrent use.
type Checker struct {
	Resolver Resolver
	Relay    Relay
}

// Check looks at the domain of the sender address. The selector is the shop's own, empty for
// the relay's. It never fails: what cannot be looked up is a finding.
func (c *Checker) Check(ctx context.Context, address, selector string, now time.Time) relance.SenderCheck {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	if selector == "" {
		selector = c.Relay.Selector
	}
	domain, err := domainOf(address)
	out := relance.SenderCheck{Domain: domain, CheckedAt: now}
	if err != nil {
		out.Findings = []relance.SenderFinding{fault(relance.SubjectDomain, relance.Say("SENDER_DOMAIN_INVALID"))}
		return out
	}
	if relance.MailboxProvider(domain) {
		out.Findings = []relance.SenderFinding{fault(relance.SubjectDomain, relance.Say("SENDER_MAILBOX_PROVIDER", "domain", domain))}
		return out
	}
	dns := &lookups{resolver: c.Resolver}
	parts := []func() relance.SenderFinding{
		func() relance.SenderFinding { return checkSPF(ctx, dns, domain, c.Relay.SPF) },
		func() relance.SenderFinding { return checkDKIM(ctx, dns, domain, selector) },
		func() relance.SenderFinding { return checkDMARC(ctx, dns, domain) },
		func() relance.SenderFinding { return checkBounces(ctx, dns, domain) },
	}
	out.Findings = make([]relance.SenderFinding, len(parts))
	var all sync.WaitGroup
	for i, part := range parts {
		all.Go(func() { out.Findings[i] = part() })
	}
	all.Wait()
	return out
}

// domainOf is the domain of an address as the DNS knows it.
func domainOf(address string) (string, error) {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.ToLower(domain), "."))
	if err != nil || !strings.Contains(ascii, ".") || len(ascii) > 253 {
		return domain, errors.New("not a domain")
	}
	return ascii, nil
}

// lookups asks the resolver within the limits.
type lookups struct{ resolver Resolver }

// texts gives the TXT records of a name; none where there is no such name. A record that is
// longer than maxText is left out.
func (l *lookups) texts(ctx context.Context, name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, maxLookup)
	defer cancel()
	found, err := l.resolver.LookupTXT(ctx, name+".")
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, text := range found[:min(len(found), maxTexts)] {
		if len(text) <= maxText {
			out = append(out, text)
		}
	}
	return out, nil
}

// mx gives the mail servers of a name; none where it names none.
func (l *lookups) mx(ctx context.Context, name string) ([]*net.MX, error) {
	ctx, cancel := context.WithTimeout(ctx, maxLookup)
	defer cancel()
	found, err := l.resolver.LookupMX(ctx, name+".")
	if len(found) > 0 || absent(err) { // with both, some of the names are malformed
		return found, nil
	}
	return nil, err
}

// addresses gives the addresses of a name; none where it has none.
func (l *lookups) addresses(ctx context.Context, name string) ([]net.IPAddr, error) {
	ctx, cancel := context.WithTimeout(ctx, maxLookup)
	defer cancel()
	found, err := l.resolver.LookupIPAddr(ctx, strings.TrimSuffix(name, ".")+".")
	if absent(err) {
		return nil, nil
	}
	return found, err
}

// absent reports that the DNS said that there is nothing: no such name, or no such record.
func absent(err error) bool {
	var e *net.DNSError
	return errors.As(err, &e) && e.IsNotFound
}

// unknown is the finding where the DNS does not answer, or not in a way that can be read.
func unknown(about relance.SenderSubject, name string) relance.SenderFinding {
	return relance.SenderFinding{About: about, Level: relance.FindingUnknown, Says: relance.Say("DNS_NO_ANSWER", "name", name)}
}

func fault(about relance.SenderSubject, says relance.Sentence) relance.SenderFinding {
	return relance.SenderFinding{About: about, Level: relance.FindingFault, Says: says}
}

func advice(about relance.SenderSubject, says relance.Sentence) relance.SenderFinding {
	return relance.SenderFinding{About: about, Level: relance.FindingAdvice, Says: says}
}

func good(about relance.SenderSubject, says relance.Sentence) relance.SenderFinding {
	return relance.SenderFinding{About: about, Level: relance.FindingGood, Says: says}
}

// maxShown bounds what is shown of a record.
const maxShown = 500

// shown is a record as people may see it: printable, and not without end.
func shown(record string) string {
	record = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(record, "?"))
	if runes := []rune(record); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return record
}

// shownAll is some of several records, a line each.
func shownAll(records []string) string {
	var lines []string
	for _, record := range records[:min(len(records), 5)] {
		lines = append(lines, shown(record))
	}
	return strings.Join(lines, "\n")
}

// tags reads "a=b; c=d" as DKIM (RFC 6376, section 3.2) and DMARC write it. False where it is
// no such list, or a tag stands in it twice.
func tags(record string) (first string, byName map[string]string, ok bool) {
	byName = map[string]string{}
	for part := range strings.SplitSeq(record, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, value, is := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if _, twice := byName[name]; !is || twice || name == "" {
			return first, byName, false
		}
		if first == "" {
			first = name
		}
		byName[name] = strings.TrimSpace(value)
	}
	return first, byName, first != ""
}
