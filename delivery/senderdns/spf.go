package senderdns

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"github.com/relance/relance"
)

// maxSPFLookups is how many lookups a receiver makes for a record before it gives up (RFC 7208,
// section 4.6.4).
const maxSPFLookups = 10

// Qualifiers of a mechanism.
const (
	qualifierPass     = "+"
	qualifierFail     = "-"
	qualifierSoftFail = "~"
	qualifierNeutral  = "?"
)

// checkSPF sees whether the relay may send for the domain. Bounces go to the sender address, so
// its domain is the one that receivers ask for.
func checkSPF(ctx context.Context, dns *lookups, domain, wanted string) relance.SenderFinding {
	const about = relance.SubjectSPF
	found, err := spfAt(ctx, dns, domain)
	if err != nil {
		return unknown(about, domain)
	}
	wanted = mechanismOf(wanted)
	switch len(found) {
	case 0:
		f := fault(about, relance.Say("SPF_MISSING", "domain", domain))
		if wanted != "" {
			f.Record = &relance.DNSRecord{Name: domain, Type: "TXT", Value: "v=spf1 " + wanted + " ~all"}
		}
		return f
	case 1:
		w := &spfWalk{dns: dns, wanted: wanted}
		f := w.judge(ctx, domain, found[0])
		f.Found = shown(found[0])
		return f
	}
	f := fault(about, relance.Say("SPF_TWO_RECORDS", "domain", domain))
	f.Found = shownAll(found)
	f.Record = &relance.DNSRecord{Name: domain, Type: "TXT", Value: mergedSPF(found, wanted)}
	return f
}

// spfAt gives the SPF records of a domain; other texts there do not count.
func spfAt(ctx context.Context, dns *lookups, domain string) ([]string, error) {
	all, err := dns.texts(ctx, domain)
	var out []string
	for _, text := range all {
		if version, _, _ := strings.Cut(text, " "); strings.EqualFold(version, "v=spf1") {
			out = append(out, text)
		}
	}
	return out, err
}

// mechanismOf makes a mechanism of what the operator set: a bare address or name is understood too.
func mechanismOf(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || strings.ContainsAny(s, " \t\r\n") {
		return ""
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return ipMechanism(p.Addr()) + s
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return ipMechanism(a) + s
	}
	if !strings.Contains(s, ":") {
		return "include:" + s
	}
	return s
}

func ipMechanism(a netip.Addr) string {
	if a.Is4() {
		return "ip4:"
	}
	return "ip6:"
}

// term is a mechanism or a modifier of a record.
type term struct {
	qualifier string // of a mechanism
	name      string // all, include, a, mx, ptr, ip4, ip6, exists; redirect, exp
	value     string // what stands behind the colon, the slash or the equals sign
	raw       string // as it stands, without the qualifier
}

// parseSPF reads a record; the first term that is none is given back.
func parseSPF(record string) (terms []term, wrong string) {
	for _, word := range strings.Fields(record)[1:] {
		t := term{qualifier: qualifierPass, raw: word}
		if strings.ContainsAny(word[:1], "+-~?") {
			t.qualifier, t.raw = word[:1], word[1:]
		}
		end := strings.IndexAny(t.raw, ":/=")
		if end < 0 {
			end = len(t.raw)
		}
		t.name = strings.ToLower(t.raw[:end])
		t.value = strings.TrimPrefix(t.raw[end:], ":")
		if end < len(t.raw) && t.raw[end] == '=' {
			t.name, t.value = t.name+"=", t.raw[end+1:]
		}
		if !t.valid() {
			return terms, word
		}
		terms = append(terms, t)
	}
	return terms, ""
}

func (t term) valid() bool {
	switch t.name {
	case "all":
		return t.value == ""
	case "include", "exists", "redirect=", "exp=":
		return t.value != ""
	case "ip4", "ip6":
		p, ok := prefix(t.value)
		return ok && (t.name == "ip4") == p.Addr().Is4()
	case "a", "mx", "ptr":
		return true
	}
	return strings.HasSuffix(t.name, "=") // an unknown modifier is ignored, an unknown mechanism is an error
}

func prefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// spfWalk goes through a record and all that it includes, as a receiver would.
type spfWalk struct {
	dns     *lookups
	wanted  string // what the relay needs; empty: not known
	lookups int    // that a receiver would make
	allowed bool   // the relay's mail passes
	silent  string // a name that could not be looked up
	broken  string // a domain whose record is missing or malformed although it is included
}

// judge looks at the domain's own record.
func (w *spfWalk) judge(ctx context.Context, domain, record string) relance.SenderFinding {
	const about = relance.SubjectSPF
	terms, wrong := parseSPF(record)
	if wrong != "" {
		return fault(about, relance.Say("SPF_MALFORMED", "domain", domain, "term", shown(wrong)))
	}
	all := w.follow(ctx, domain, terms, 0)
	repaired := &relance.DNSRecord{Name: domain, Type: "TXT", Value: repairedSPF(terms, w.wanted)}
	mend := func(f relance.SenderFinding) relance.SenderFinding {
		f.Record = repaired
		return f
	}
	switch {
	case all == qualifierPass:
		return mend(fault(about, relance.Say("SPF_ALLOWS_ALL", "domain", domain)))
	case w.lookups > maxSPFLookups:
		return fault(about, relance.Say("SPF_TOO_MANY_LOOKUPS", "domain", domain, "most", strconv.Itoa(maxSPFLookups)))
	case w.broken != "":
		return fault(about, relance.Say("SPF_BROKEN_INCLUDE", "domain", domain, "included", w.broken))
	case w.silent != "":
		return unknown(about, w.silent)
	case w.wanted != "" && !w.allowed:
		return mend(fault(about, relance.Say("SPF_LACKS_RELAY", "domain", domain, "mechanism", w.wanted)))
	case all == "" || all == qualifierNeutral:
		return mend(advice(about, relance.Say("SPF_SAYS_NOTHING", "domain", domain)))
	case w.wanted == "":
		return relance.SenderFinding{About: about, Level: relance.FindingUnknown, Says: relance.Say("SPF_RELAY_UNKNOWN", "domain", domain)}
	case all == qualifierSoftFail:
		return good(about, relance.Say("SPF_GOOD_SOFT", "domain", domain))
	}
	return good(about, relance.Say("SPF_GOOD", "domain", domain))
}

// maxSPFDepth bounds how records include each other.
const maxSPFDepth = maxSPFLookups

// follow goes through the terms in order, and gives the qualifier of "all", "" where there is
// none. What stands behind "all" does not count (RFC 7208, section 5.1).
func (w *spfWalk) follow(ctx context.Context, domain string, terms []term, depth int) (all string) {
	redirect := ""
	for _, t := range terms {
		if w.lookups > maxSPFLookups {
			return all
		}
		switch t.name {
		case "all":
			return t.qualifier
		case "redirect=":
			redirect = t.value
			continue
		case "include", "a", "mx", "ptr", "exists":
			w.lookups++
		}
		if t.qualifier == qualifierPass {
			w.allowed = w.allowed || w.matches(ctx, domain, t)
		}
		if t.name == "include" {
			w.include(ctx, t.value, t.qualifier == qualifierPass, depth)
		}
	}
	if redirect == "" {
		return ""
	}
	w.lookups++
	return w.include(ctx, redirect, true, depth)
}

// include follows the record of another domain; passing says whether what it allows is allowed here.
func (w *spfWalk) include(ctx context.Context, domain string, passing bool, depth int) (all string) {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if strings.Contains(domain, "%") || depth >= maxSPFDepth || w.lookups > maxSPFLookups { // macros depend on the message
		return ""
	}
	found, err := spfAt(ctx, w.dns, domain)
	if err != nil {
		w.silent = domain
		return ""
	}
	var terms []term
	wrong := "none"
	if len(found) == 1 {
		terms, wrong = parseSPF(found[0])
	}
	if wrong != "" {
		w.broken = domain
		return ""
	}
	before := w.allowed
	all = w.follow(ctx, domain, terms, depth+1)
	w.allowed = before || w.allowed && passing
	return all
}

// matches reports whether the term allows what the relay needs.
func (w *spfWalk) matches(ctx context.Context, domain string, t term) bool {
	if w.wanted == "" {
		return false
	}
	if strings.EqualFold(strings.TrimSuffix(t.raw, "."), w.wanted) {
		return true
	}
	kind, value, _ := strings.Cut(w.wanted, ":")
	if kind != "ip4" && kind != "ip6" {
		return false
	}
	relay, ok := prefix(value)
	if !ok {
		return false
	}
	for _, allowed := range w.networks(ctx, domain, t) {
		if allowed.Bits() <= relay.Bits() && allowed.Contains(relay.Addr()) {
			return true
		}
	}
	return false
}

// networks gives the addresses that a term stands for.
func (w *spfWalk) networks(ctx context.Context, domain string, t term) []netip.Prefix {
	var out []netip.Prefix
	if t.name == "ip4" || t.name == "ip6" {
		if p, ok := prefix(t.value); ok {
			out = append(out, p)
		}
		return out
	}
	if t.name != "a" && t.name != "mx" || strings.ContainsAny(t.value, "%/") { // with a length of their own they are rare
		return nil
	}
	hosts := []string{t.value}
	if t.value == "" {
		hosts[0] = domain
	}
	if t.name == "mx" {
		servers, err := w.dns.mx(ctx, hosts[0])
		if err != nil {
			w.silent = hosts[0]
		}
		hosts = nil
		for _, s := range servers[:min(len(servers), maxHosts)] {
			hosts = append(hosts, s.Host)
		}
	}
	for _, host := range hosts {
		found, err := w.dns.addresses(ctx, host)
		if err != nil {
			w.silent = host
		}
		for _, ip := range found {
			if a, ok := netip.AddrFromSlice(ip.IP); ok {
				out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			}
		}
	}
	return out
}

// repairedSPF is the record with what the relay needs, and with an end that says no to others.
func repairedSPF(terms []term, wanted string) string {
	words, end, modifiers := []string{"v=spf1"}, qualifierSoftFail+"all", []string(nil)
	for _, t := range terms {
		mark := t.qualifier
		if mark == qualifierPass {
			mark = ""
		}
		switch {
		case t.name == "all":
			if t.qualifier == qualifierFail {
				end = "-all"
			}
		case t.name == "redirect=":
			end = t.raw
		case strings.HasSuffix(t.name, "="):
			modifiers = append(modifiers, t.raw)
		case !strings.EqualFold(t.raw, wanted):
			words = append(words, mark+t.raw)
		}
	}
	if wanted != "" {
		words = append(words, wanted)
	}
	return strings.Join(append(append(words, end), modifiers...), " ")
}

// mergedSPF is one record in place of several.
func mergedSPF(records []string, wanted string) string {
	var terms []term
	seen := map[string]bool{}
	for _, record := range records {
		found, _ := parseSPF(record)
		for _, t := range found {
			if !seen[t.qualifier+t.raw] {
				seen[t.qualifier+t.raw] = true
				terms = append(terms, t)
			}
		}
	}
	return repairedSPF(terms, wanted)
}
