package senderdns

import (
	"context"

	"github.com/relance/relance"
)

// checkBounces sees whether what comes back can arrive: the address that a message is sent from
// is also the one that bounces go to.
func checkBounces(ctx context.Context, dns *lookups, domain string) relance.SenderFinding {
	const about = relance.SubjectBounces
	servers, err := dns.mx(ctx, domain)
	if err != nil {
		return unknown(about, domain)
	}
	if len(servers) == 0 {
		return withoutMX(ctx, dns, domain)
	}
	if len(servers) == 1 && servers[0].Host == "." { // RFC 7505
		return fault(about, relance.Say("MX_TAKES_NO_MAIL", "domain", domain))
	}
	answered := true
	for _, server := range servers[:min(len(servers), maxHosts)] {
		found, err := dns.addresses(ctx, server.Host)
		if len(found) > 0 {
			f := good(about, relance.Say("MX_GOOD", "domain", domain))
			f.Found = shown(server.Host)
			return f
		}
		answered = answered && err == nil
	}
	if !answered {
		return unknown(about, domain)
	}
	f := fault(about, relance.Say("MX_WITHOUT_ADDRESS", "domain", domain))
	f.Found = shown(servers[0].Host)
	return f
}

// withoutMX judges a domain without an MX record: mail then goes to its own address, if it has
// one (RFC 5321, section 5.1), which is seldom where the mailboxes are.
func withoutMX(ctx context.Context, dns *lookups, domain string) relance.SenderFinding {
	found, err := dns.addresses(ctx, domain)
	switch {
	case err != nil:
		return unknown(relance.SubjectBounces, domain)
	case len(found) > 0:
		return advice(relance.SubjectBounces, relance.Say("MX_ADDRESS_ONLY", "domain", domain))
	}
	return fault(relance.SubjectBounces, relance.Say("MX_MISSING", "domain", domain))
}
