package main

import (
	"context"
	"net"
	"strings"

	"github.com/relance/relance/delivery/dnstest"
	"github.com/relance/relance/delivery/senderdns"
)

// inventDomains lets the checker find domains that the shops of `relance dev` may send from,
// until stop is called.
func inventDomains(ctx context.Context, c *senderdns.Checker) (stop func(), err error) {
	names := &dnstest.Server{Names: devNames()}
	invented, stop, err := names.Listen(ctx)
	if err != nil {
		return nil, err
	}
	c.Resolver = devResolver{invented: invented, real: c.Resolver}
	c.Relay = senderdns.Relay{SPF: "include:spf.relay.example.net", Selector: "relance"}
	return stop, nil
}

// devNames are these domains: example.com does all
// well, example.org could do better, and example.net does all wrong.
func devNames() map[string]dnstest.Records {
	key := "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" // the example of RFC 8463
	return map[string]dnstest.Records{
		"spf.relay.example.net": {TXT: []string{"v=spf1 ip4:192.0.2.25 -all"}},
		"mx.example.com":        {Addresses: []string{"192.0.2.10"}},

		"example.com":                    {TXT: []string{"v=spf1 mx include:spf.relay.example.net -all"}, MX: []string{"mx.example.com"}},
		"relance._domainkey.example.com": {TXT: []string{key}},
		"_dmarc.example.com":             {TXT: []string{"v=DMARC1; p=quarantine; rua=mailto:postmaster@example.com"}},

		"example.org":                    {TXT: []string{"v=spf1 mx ~all"}, MX: []string{"mx.example.com"}},
		"relance._domainkey.example.org": {TXT: []string{key}},
		"_dmarc.example.org":             {TXT: []string{"v=DMARC1; p=none"}},

		"example.net": {TXT: []string{"v=spf1 ip4:192.0.2.1 ~all", "v=spf1 +all"}, MX: []string{"."}},
	}
}

// devResolver asks the server of the invented domains for these, and the real DNS for the rest.
type devResolver struct {
	invented, real senderdns.Resolver
}

func (d devResolver) of(name string) senderdns.Resolver {
	name = "." + strings.TrimSuffix(strings.ToLower(name), ".")
	for _, top := range []string{".example.com", ".example.net", ".example.org", ".example", ".test", ".invalid"} {
		if strings.HasSuffix(name, top) {
			return d.invented
		}
	}
	return d.real
}

// LookupTXT implements senderdns.Resolver.
func (d devResolver) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return d.of(name).LookupTXT(ctx, name)
}

// LookupMX implements senderdns.Resolver.
func (d devResolver) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return d.of(name).LookupMX(ctx, name)
}

// LookupIPAddr implements senderdns.Resolver.
func (d devResolver) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	return d.of(host).LookupIPAddr(ctx, host)
}
