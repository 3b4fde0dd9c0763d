package senderdns_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/dnstest"
	"github.com/relance/relance/delivery/senderdns"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// key is a public key as a DKIM record holds it.
func key(t *testing.T, bits int) string {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0") // receivers meet such keys
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

const domain = "maison.example"

// look checks shop@maison.example against names and gives the findings by subject.
func look(t *testing.T, names map[string]dnstest.Records, relay senderdns.Relay) map[relance.SenderSubject]relance.SenderFinding {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	return lookWithin(ctx, t, names, relay)
}

func lookWithin(ctx context.Context, t *testing.T, names map[string]dnstest.Records, relay senderdns.Relay) map[relance.SenderSubject]relance.SenderFinding {
	t.Helper()
	server := &dnstest.Server{Names: names}
	resolver, stop, err := server.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	c := &senderdns.Checker{Resolver: resolver, Relay: relay}
	out := map[relance.SenderSubject]relance.SenderFinding{}
	check := c.Check(ctx, "shop@"+domain, "", now)
	for _, f := range check.Findings {
		if f.Message() == "" || strings.ContainsAny(f.Message(), "{}") {
			t.Errorf("%s says %q", f.Says.Code, f.Message())
		}
		out[f.About] = f
	}
	return out
}

func text(records ...string) map[string]dnstest.Records {
	return map[string]dnstest.Records{domain: {TXT: records}}
}

func TestSPF(t *testing.T) {
	t.Parallel()
	const relay = "include:spf.relay.example"
	with := func(record string, more map[string]dnstest.Records) map[string]dnstest.Records {
		names := map[string]dnstest.Records{domain: {TXT: []string{"site-verification=1", record}, Addresses: []string{"198.51.100.4"}, MX: []string{"mx." + domain}},
			"mx." + domain: {Addresses: []string{"203.0.113.9"}}, "spf.relay.example": {TXT: []string{"v=spf1 ip4:203.0.113.0/25 -all"}}}
		for k, v := range more {
			names[k] = v
		}
		return names
	}
	chain := map[string]dnstest.Records{}
	for i := range 14 {
		chain[fmt.Sprintf("c%d.example", i)] = dnstest.Records{TXT: []string{fmt.Sprintf("v=spf1 include:c%d.example -all", i+1)}}
	}
	long := strings.Repeat("a:host.example ", 250) // no record that anybody means
	for name, c := range map[string]struct {
		names         map[string]dnstest.Records
		relay, expect string
	}{
		"none":                       {text("something else"), relay, "FAULT SPF_MISSING v=spf1 include:spf.relay.example ~all"},
		"none, relay not known":      {text(), "", "FAULT SPF_MISSING"},
		"two":                        {text("v=spf1 ip4:192.0.2.1 ~all", "v=spf1 include:a.example -all"), relay, "FAULT SPF_TWO_RECORDS v=spf1 ip4:192.0.2.1 include:a.example include:spf.relay.example -all"},
		"version only alike":         {text("v=spf10 include:spf.relay.example -all"), relay, "FAULT SPF_MISSING v=spf1 include:spf.relay.example ~all"},
		"good":                       {with("v=spf1 mx include:spf.relay.example -all", nil), relay, "GOOD SPF_GOOD"},
		"good, in capitals":          {with("V=SPF1 MX INCLUDE:SPF.relay.example -ALL", nil), relay, "GOOD SPF_GOOD"},
		"soft":                       {with("v=spf1 include:spf.relay.example ~all", nil), relay, "GOOD SPF_GOOD_SOFT"},
		"lacks the relay":            {with("v=spf1 mx -all", nil), relay, "FAULT SPF_LACKS_RELAY v=spf1 mx include:spf.relay.example -all"},
		"behind all":                 {with("v=spf1 mx -all include:spf.relay.example", nil), relay, "FAULT SPF_LACKS_RELAY v=spf1 mx include:spf.relay.example -all"},
		"refused by name":            {with("v=spf1 -include:spf.relay.example ~all", nil), relay, "FAULT SPF_LACKS_RELAY v=spf1 include:spf.relay.example ~all"},
		"by another's record":        {with("v=spf1 include:group.example -all", map[string]dnstest.Records{"group.example": {TXT: []string{"v=spf1 include:spf.relay.example -all"}}}), relay, "GOOD SPF_GOOD"},
		"refused by another":         {with("v=spf1 -include:group.example -all", map[string]dnstest.Records{"group.example": {TXT: []string{"v=spf1 include:spf.relay.example -all"}}}), relay, "FAULT SPF_LACKS_RELAY v=spf1 -include:group.example include:spf.relay.example -all"},
		"by redirect":                {with("v=spf1 redirect=group.example", map[string]dnstest.Records{"group.example": {TXT: []string{"v=spf1 include:spf.relay.example -all"}}}), relay, "GOOD SPF_GOOD"},
		"everybody":                  {with("v=spf1 include:spf.relay.example +all", nil), relay, "FAULT SPF_ALLOWS_ALL v=spf1 include:spf.relay.example ~all"},
		"everybody, unmarked":        {with("v=spf1 all", nil), relay, "FAULT SPF_ALLOWS_ALL v=spf1 include:spf.relay.example ~all"},
		"neutral":                    {with("v=spf1 include:spf.relay.example ?all", nil), relay, "ADVICE SPF_SAYS_NOTHING v=spf1 include:spf.relay.example ~all"},
		"no end":                     {with("v=spf1 include:spf.relay.example", nil), relay, "ADVICE SPF_SAYS_NOTHING v=spf1 include:spf.relay.example ~all"},
		"relay not known":            {with("v=spf1 mx -all", nil), "", "UNKNOWN SPF_RELAY_UNKNOWN"},
		"address":                    {with("v=spf1 ip4:203.0.113.7 -all", nil), "203.0.113.7", "GOOD SPF_GOOD"},
		"address in a network":       {with("v=spf1 ip4:203.0.113.0/24 -all", nil), "ip4:203.0.113.7", "GOOD SPF_GOOD"},
		"address in another's":       {with("v=spf1 include:spf.relay.example -all", nil), "ip4:203.0.113.7", "GOOD SPF_GOOD"},
		"address outside":            {with("v=spf1 ip4:203.0.113.0/29 -all", nil), "ip4:203.0.113.77", "FAULT SPF_LACKS_RELAY v=spf1 ip4:203.0.113.0/29 ip4:203.0.113.77 -all"},
		"address of the mail server": {with("v=spf1 mx -all", nil), "ip4:203.0.113.9", "GOOD SPF_GOOD"},
		"address of the site":        {with("v=spf1 a -all", nil), "ip4:198.51.100.4", "GOOD SPF_GOOD"},
		"malformed":                  {with("v=spf1 inclde:spf.relay.example -all", nil), relay, "FAULT SPF_MALFORMED"},
		"malformed address":          {with("v=spf1 ip4:203.0.113.300 -all", nil), relay, "FAULT SPF_MALFORMED"},
		"an include without record":  {with("v=spf1 include:gone.example include:spf.relay.example -all", nil), relay, "FAULT SPF_BROKEN_INCLUDE"},
		"an include that is silent":  {with("v=spf1 include:mute.example -all", map[string]dnstest.Records{"mute.example": {Fault: dnstest.Failing}}), relay, "UNKNOWN DNS_NO_ANSWER"},
		"too many lookups":           {with("v=spf1 include:c0.example -all", chain), relay, "FAULT SPF_TOO_MANY_LOOKUPS"},
		"a circle":                   {with("v=spf1 include:maison.example -all", nil), relay, "FAULT SPF_TOO_MANY_LOOKUPS"},
		"server fails":               {map[string]dnstest.Records{domain: {Fault: dnstest.Failing}}, relay, "UNKNOWN DNS_NO_ANSWER"},
		"server refuses":             {map[string]dnstest.Records{domain: {Fault: dnstest.Refused}}, relay, "UNKNOWN DNS_NO_ANSWER"},
		"far too long":               {text("v=spf1 " + strings.Repeat(long, 2) + "-all"), "", "FAULT SPF_MISSING"},
		"64 kB":                      {text("v=spf1 "+strings.Repeat("a", 60_000), "v=spf1 include:spf.relay.example -all"), "", "FAULT SPF_BROKEN_INCLUDE"},
		"many texts":                 {text(append(many(300), "v=spf1 -all")...), "", "FAULT SPF_MISSING"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := look(t, c.names, senderdns.Relay{SPF: c.relay})[relance.SubjectSPF]
			got := string(f.Level) + " " + f.Says.Code
			if f.Record != nil {
				if f.Record.Name != domain || f.Record.Type != "TXT" {
					t.Errorf("the record is %+v", f.Record)
				}
				got += " " + f.Record.Value
			}
			if got != c.expect {
				t.Errorf("found %q\n want %q", got, c.expect)
			}
		})
	}
}

func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("note %d", i)
	}
	return out
}

func TestDKIM(t *testing.T) {
	strong, short, tiny := key(t, 2048), key(t, 1024), key(t, 768)
	const name = "relay._domainkey." + domain
	for what, c := range map[string]struct {
		records dnstest.Records
		expect  string
	}{
		"none":              {dnstest.Records{}, "FAULT DKIM_MISSING"},
		"good":              {dnstest.Records{TXT: []string{"v=DKIM1; k=rsa; p=" + strong}}, "GOOD DKIM_GOOD"},
		"good, bare":        {dnstest.Records{TXT: []string{"p=" + strong}}, "GOOD DKIM_GOOD"},
		"good, broken up":   {dnstest.Records{TXT: []string{"v=DKIM1; p=" + strong[:80] + " " + strong[80:] + ";"}}, "GOOD DKIM_GOOD"},
		"good, by alias":    {dnstest.Records{Alias: "keys.relay.example"}, "GOOD DKIM_GOOD"},
		"good, Ed25519":     {dnstest.Records{TXT: []string{"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}}, "GOOD DKIM_GOOD"},
		"1024 bits":         {dnstest.Records{TXT: []string{"v=DKIM1; p=" + short}}, "ADVICE DKIM_KEY_SHORT"},
		"768 bits":          {dnstest.Records{TXT: []string{"v=DKIM1; p=" + tiny}}, "FAULT DKIM_KEY_TOO_SHORT"},
		"revoked":           {dnstest.Records{TXT: []string{"v=DKIM1; p="}}, "FAULT DKIM_REVOKED"},
		"no key":            {dnstest.Records{TXT: []string{"v=DKIM1; k=rsa"}}, "FAULT DKIM_MALFORMED"},
		"no list":           {dnstest.Records{TXT: []string{"hello"}}, "FAULT DKIM_MALFORMED"},
		"another version":   {dnstest.Records{TXT: []string{"v=DKIM2; p=" + strong}}, "FAULT DKIM_MALFORMED"},
		"version not first": {dnstest.Records{TXT: []string{"k=rsa; v=DKIM1; p=" + strong}}, "FAULT DKIM_MALFORMED"},
		"a tag twice":       {dnstest.Records{TXT: []string{"v=DKIM1; p=" + strong + "; p=" + short}}, "FAULT DKIM_MALFORMED"},
		"cut off":           {dnstest.Records{TXT: []string{"v=DKIM1; p=" + strong[:200]}}, "FAULT DKIM_KEY_UNREADABLE"},
		"no base64":         {dnstest.Records{TXT: []string{"v=DKIM1; p=<your key>"}}, "FAULT DKIM_KEY_UNREADABLE"},
		"of another kind":   {dnstest.Records{TXT: []string{"v=DKIM1; k=dsa; p=" + strong}}, "FAULT DKIM_KEY_UNREADABLE"},
		"not for e-mail":    {dnstest.Records{TXT: []string{"v=DKIM1; s=other; p=" + strong}}, "FAULT DKIM_NOT_FOR_EMAIL"},
		"for e-mail":        {dnstest.Records{TXT: []string{"v=DKIM1; s=other : email; p=" + strong}}, "GOOD DKIM_GOOD"},
		"being tried out":   {dnstest.Records{TXT: []string{"v=DKIM1; t=s:y; p=" + strong}}, "ADVICE DKIM_TESTING"},
		"two":               {dnstest.Records{TXT: []string{"v=DKIM1; p=" + strong, "v=DKIM1; p=" + short}}, "FAULT DKIM_TWO_RECORDS"},
		"garbled":           {dnstest.Records{Fault: dnstest.CutShort, TXT: []string{"v=DKIM1; p=" + strong}}, "UNKNOWN DNS_NO_ANSWER"},
	} {
		t.Run(what, func(t *testing.T) {
			names := map[string]dnstest.Records{name: c.records, "keys.relay.example": {TXT: []string{"v=DKIM1; p=" + strong}}}
			f := look(t, names, senderdns.Relay{Selector: "relay"})[relance.SubjectDKIM]
			if got := string(f.Level) + " " + f.Says.Code; got != c.expect {
				t.Errorf("found %q, want %q", got, c.expect)
			}
			if f.Level == relance.FindingFault && c.expect != "FAULT DKIM_TWO_RECORDS" && (f.Record == nil || f.Record.Name != name) {
				t.Errorf("the record is %+v", f.Record)
			}
		})
	}
	if f := look(t, nil, senderdns.Relay{})[relance.SubjectDKIM]; f.Says.Code != "DKIM_NO_SELECTOR" {
		t.Errorf("without a selector: %+v", f)
	}
}

func TestTheShopsOwnSelectorCounts(t *testing.T) {
	t.Parallel()
	server := &dnstest.Server{Names: map[string]dnstest.Records{"own._domainkey." + domain: {TXT: []string{"p="}}}}
	resolver, stop, err := server.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	c := &senderdns.Checker{Resolver: resolver, Relay: senderdns.Relay{Selector: "relay"}}
	c.Check(t.Context(), "shop@"+domain, "own", now)
	if own, relays := server.Asked("own._domainkey."+domain), server.Asked("relay._domainkey."+domain); own == 0 || relays != 0 {
		t.Errorf("asked %d times for the shop's key and %d times for the relay's", own, relays)
	}
}

func TestDMARC(t *testing.T) {
	t.Parallel()
	const below, above = "_dmarc.news.maison.co.uk", "_dmarc.maison.co.uk"
	for what, c := range map[string]struct {
		names  map[string]dnstest.Records
		expect string
	}{
		"none":                              {nil, "FAULT DMARC_MISSING _dmarc.news.maison.co.uk v=DMARC1; p=none; rua=mailto:postmaster@news.maison.co.uk"},
		"other texts":                       {map[string]dnstest.Records{below: {TXT: []string{"v=DMARC2; p=reject", "hello"}}}, "FAULT DMARC_MISSING _dmarc.news.maison.co.uk v=DMARC1; p=none; rua=mailto:postmaster@news.maison.co.uk"},
		"reject":                            {map[string]dnstest.Records{below: {TXT: []string{"v=DMARC1; p=reject; rua=mailto:x@example.com"}}}, "GOOD DMARC_GOOD"},
		"quarantine, with spaces":           {map[string]dnstest.Records{below: {TXT: []string{"v = DMARC1 ; p = Quarantine"}}}, "GOOD DMARC_GOOD"},
		"watches only":                      {map[string]dnstest.Records{below: {TXT: []string{"v=DMARC1; p=none"}}}, "ADVICE DMARC_NONE"},
		"the organisation's":                {map[string]dnstest.Records{above: {TXT: []string{"v=DMARC1; p=reject"}}}, "GOOD DMARC_GOOD"},
		"the organisation's for it":         {map[string]dnstest.Records{above: {TXT: []string{"v=DMARC1; p=reject; sp=none"}}}, "ADVICE DMARC_NONE"},
		"its own before the organisation's": {map[string]dnstest.Records{below: {TXT: []string{"v=DMARC1; p=none"}}, above: {TXT: []string{"v=DMARC1; p=reject"}}}, "ADVICE DMARC_NONE"},
		"what it says of those below":       {map[string]dnstest.Records{below: {TXT: []string{"v=DMARC1; p=reject; sp=none"}}}, "GOOD DMARC_GOOD"},
		"no policy":                         {map[string]dnstest.Records{below: {TXT: []string{"v=DMARC1; rua=mailto:x@example.com"}}}, "FAULT DMARC_MALFORMED _dmarc.news.maison.co.uk v=DMARC1; p=none"},
		"a policy that is none":             {map[string]dnstest.Records{above: {TXT: []string{"v=DMARC1; p=rejct"}}}, "FAULT DMARC_MALFORMED _dmarc.maison.co.uk v=DMARC1; p=none"},
		"two":                               {map[string]dnstest.Records{below: {TXT: []string{"v=DMARC1; p=none", "v=DMARC1; p=reject"}}}, "FAULT DMARC_TWO_RECORDS"},
		"fails":                             {map[string]dnstest.Records{below: {Fault: dnstest.Failing}}, "UNKNOWN DNS_NO_ANSWER"},
		"the organisation's fails":          {map[string]dnstest.Records{above: {Fault: dnstest.Garbled}}, "UNKNOWN DNS_NO_ANSWER"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			server := &dnstest.Server{Names: c.names}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			resolver, stop, err := server.Listen(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			check := (&senderdns.Checker{Resolver: resolver}).Check(ctx, "shop@news.maison.co.uk", "", now)
			f := check.Findings[2]
			got := string(f.Level) + " " + f.Says.Code
			if f.Record != nil {
				got += " " + f.Record.Name + " " + f.Record.Value
			}
			if got != c.expect {
				t.Errorf("found %q\n want %q", got, c.expect)
			}
		})
	}
}

func TestBounces(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		names  map[string]dnstest.Records
		expect string
	}{
		"a mail server":             {map[string]dnstest.Records{domain: {MX: []string{"mx1.example", "mx2.example"}}, "mx2.example": {Addresses: []string{"2001:db8::1"}}}, "GOOD MX_GOOD"},
		"servers without addresses": {map[string]dnstest.Records{domain: {MX: []string{"mx1.example", "mx2.example"}}}, "FAULT MX_WITHOUT_ADDRESS"},
		"a server not to be asked":  {map[string]dnstest.Records{domain: {MX: []string{"mx1.example"}}, "mx1.example": {Fault: dnstest.Failing}}, "UNKNOWN DNS_NO_ANSWER"},
		"takes no mail":             {map[string]dnstest.Records{domain: {MX: []string{"."}}}, "FAULT MX_TAKES_NO_MAIL"},
		"an address only":           {map[string]dnstest.Records{domain: {Addresses: []string{"203.0.113.9"}}}, "ADVICE MX_ADDRESS_ONLY"},
		"nothing":                   {nil, "FAULT MX_MISSING"},
		"fails":                     {map[string]dnstest.Records{domain: {Fault: dnstest.Failing}}, "UNKNOWN DNS_NO_ANSWER"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := look(t, c.names, senderdns.Relay{})[relance.SubjectBounces]
			if got := string(f.Level) + " " + f.Says.Code; got != c.expect {
				t.Errorf("found %q, want %q", got, c.expect)
			}
		})
	}
}

// A server that says nothing costs no more than the time that is given.
func TestSilenceIsAnAnswerInTime(t *testing.T) {
	t.Parallel()
	mute := dnstest.Records{Fault: dnstest.Silent}
	names := map[string]dnstest.Records{domain: mute, "relay._domainkey." + domain: mute, "_dmarc." + domain: mute}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	found := lookWithin(ctx, t, names, senderdns.Relay{SPF: "192.0.2.1", Selector: "relay"})
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	if len(found) != 4 {
		t.Errorf("%d findings", len(found))
	}
	for about, f := range found {
		if f.Level != relance.FindingUnknown {
			t.Errorf("%s: %+v", about, f)
		}
	}
}

// The longest text that DNS can carry comes by TCP, and is no harm.
func TestALongTextIsLeftOut(t *testing.T) {
	t.Parallel()
	names := map[string]dnstest.Records{domain: {TXT: []string{strings.Repeat("x", 64_000), "v=spf1 include:spf.relay.example -all"}},
		"spf.relay.example": {TXT: []string{"v=spf1 -all"}}}
	f := look(t, names, senderdns.Relay{SPF: "spf.relay.example"})[relance.SubjectSPF]
	if f.Says.Code != "SPF_GOOD" {
		t.Errorf("found %+v", f)
	}
}

func TestSendersWithoutADomainOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := &senderdns.Checker{} // nothing is asked for
	for address, code := range map[string]string{"shop@gmail.com": "SENDER_MAILBOX_PROVIDER", "shop@GMX.de": "SENDER_MAILBOX_PROVIDER", "shop@localhost": "SENDER_DOMAIN_INVALID",
		"shop@-.example": "SENDER_DOMAIN_INVALID", "shop": "SENDER_DOMAIN_INVALID"} {
		check := c.Check(t.Context(), address, "", now)
		if len(check.Findings) != 1 || check.Findings[0].Says.Code != code || check.Level() != relance.FindingFault {
			t.Errorf("%s: %+v", address, check)
		}
	}
}

func TestNamesOfOtherScripts(t *testing.T) {
	t.Parallel()
	server := &dnstest.Server{}
	resolver, stop, err := server.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	check := (&senderdns.Checker{Resolver: resolver}).Check(t.Context(), "laden@Bücher.example", "", now)
	if check.Domain != "xn--bcher-kva.example" || server.Asked("_dmarc.xn--bcher-kva.example") == 0 {
		t.Errorf("asked for %s", check.Domain)
	}
}

func TestSelectors(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"relay": true, "2026-a.mail": true, "s1_x": true, "": false, "a..b": false, "-a": false, "a b": false, "a;b": false, "é": false, strings.Repeat("a", 64): false} {
		if senderdns.ValidSelector(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
