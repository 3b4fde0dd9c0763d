package senderdns

import (
	"context"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/relance/relance"
)

// checkDMARC sees what receivers are told to do with mail of which neither SPF nor DKIM speaks
// for the domain (RFC 7489, section 6.6.3).
func checkDMARC(ctx context.Context, dns *lookups, domain string) relance.SenderFinding {
	const about = relance.SubjectDMARC
	at, policy := domain, "p"
	found, err := dmarcAt(ctx, dns, at)
	if err != nil {
		return unknown(about, "_dmarc."+at)
	}
	if org, e := publicsuffix.EffectiveTLDPlusOne(domain); len(found) == 0 && e == nil && org != domain {
		at, policy = org, "sp"
		if found, err = dmarcAt(ctx, dns, at); err != nil {
			return unknown(about, "_dmarc."+at)
		}
	}
	name := "_dmarc." + at
	switch len(found) {
	case 0:
		f := fault(about, relance.Say("DMARC_MISSING", "domain", domain))
		f.Record = &relance.DNSRecord{Name: "_dmarc." + domain, Type: "TXT", Value: "v=DMARC1; p=none; rua=mailto:postmaster@" + domain}
		return f
	case 1:
		f := judgeDMARC(found[0], name, policy)
		f.Found = shown(found[0])
		return f
	}
	f := fault(about, relance.Say("DMARC_TWO_RECORDS", "name", name))
	f.Found = shownAll(found)
	return f
}

// dmarcAt gives the DMARC records of a domain; other texts at the name do not count.
func dmarcAt(ctx context.Context, dns *lookups, domain string) ([]string, error) {
	all, err := dns.texts(ctx, "_dmarc."+domain)
	var out []string
	for _, text := range all {
		version, _, _ := strings.Cut(text, ";")
		name, value, _ := strings.Cut(version, "=")
		if strings.TrimSpace(name) == "v" && strings.TrimSpace(value) == "DMARC1" {
			out = append(out, text)
		}
	}
	return out, err
}

// judgeDMARC judges a record; policy is the tag that holds for the domain: p, or sp where the
// record is the organisation's.
func judgeDMARC(record, name, policy string) relance.SenderFinding {
	const about = relance.SubjectDMARC
	_, tag, ok := tags(record)
	p := strings.ToLower(tag["p"])
	if sp := strings.ToLower(tag["sp"]); policy == "sp" && dmarcPolicy(sp) {
		p = sp
	}
	if !ok || !dmarcPolicy(p) {
		// A record without a policy counts as "none" where reports are asked for, else as no record.
		f := fault(about, relance.Say("DMARC_MALFORMED", "name", name))
		f.Record = &relance.DNSRecord{Name: name, Type: "TXT", Value: "v=DMARC1; p=none"}
		return f
	}
	if p == "none" {
		return advice(about, relance.Say("DMARC_NONE", "name", name))
	}
	return good(about, relance.Say("DMARC_GOOD", "name", name, "policy", p))
}

func dmarcPolicy(p string) bool { return p == "none" || p == "quarantine" || p == "reject" }
