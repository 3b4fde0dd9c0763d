package senderdns

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/relance/relance"
)

// Sizes of RSA keys (RFC 8301): below the least signatures count as none.
const (
	leastKeyBits  = 1024
	usualKeyBits  = 2048
	keyFromRelay  = "v=DKIM1; k=rsa; p=…"
	maxSelectors  = 63 // characters of one
	dkimSubdomain = "._domainkey."
)

// ValidSelector reports whether s can be the name of a DKIM key: labels of letters, digits and
// hyphens with dots between them (RFC 6376, section 3.1).
func ValidSelector(s string) bool {
	if len(s) > maxSelectors {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

// checkDKIM sees whether the key is published by which the relay signs.
func checkDKIM(ctx context.Context, dns *lookups, domain, selector string) relance.SenderFinding {
	const about = relance.SubjectDKIM
	if selector == "" {
		return relance.SenderFinding{About: about, Level: relance.FindingUnknown, Says: relance.Say("DKIM_NO_SELECTOR")}
	}
	name := selector + dkimSubdomain + domain
	found, err := dns.texts(ctx, name)
	if err != nil {
		return unknown(about, name)
	}
	var f relance.SenderFinding
	switch len(found) {
	case 0:
		f = fault(about, relance.Say("DKIM_MISSING", "name", name))
	case 1:
		f = judgeKey(found[0], name)
		f.Found = shown(found[0])
	default: // RFC 6376, section 3.6.2.2: what a verifier does then is not defined
		f = fault(about, relance.Say("DKIM_TWO_RECORDS", "name", name))
		f.Found = shownAll(found)
		return f
	}
	if f.Level == relance.FindingFault {
		f.Record = &relance.DNSRecord{Name: name, Type: "TXT", Value: keyFromRelay}
	}
	return f
}

// judgeKey judges a key record (RFC 6376, section 3.6.1).
func judgeKey(record, name string) relance.SenderFinding {
	const about = relance.SubjectDKIM
	first, tag, ok := tags(record)
	version, hasVersion := tag["v"]
	p, hasKey := tag["p"]
	p = strings.Join(strings.Fields(p), "")
	switch {
	case !ok, hasVersion && (first != "v" || version != "DKIM1"), !hasKey:
		return fault(about, relance.Say("DKIM_MALFORMED", "name", name))
	case p == "":
		return fault(about, relance.Say("DKIM_REVOKED", "name", name))
	case !forEmail(tag["s"]):
		return fault(about, relance.Say("DKIM_NOT_FOR_EMAIL", "name", name))
	}
	bits, usable := keyBits(tag["k"], p)
	switch {
	case !usable:
		return fault(about, relance.Say("DKIM_KEY_UNREADABLE", "name", name))
	case bits < leastKeyBits:
		return fault(about, relance.Say("DKIM_KEY_TOO_SHORT", "name", name, "bits", strconv.Itoa(bits)))
	case testing(tag["t"]):
		return advice(about, relance.Say("DKIM_TESTING", "name", name))
	case bits < usualKeyBits:
		return advice(about, relance.Say("DKIM_KEY_SHORT", "name", name, "bits", strconv.Itoa(bits)))
	}
	return good(about, relance.Say("DKIM_GOOD", "name", name))
}

// keyBits gives the strength of a public key in bits of RSA. Ed25519 (RFC 8463) counts as the usual.
func keyBits(kind, p string) (bits int, usable bool) {
	raw, err := base64.StdEncoding.DecodeString(p)
	if err != nil {
		return 0, false
	}
	switch kind {
	case "ed25519":
		return usualKeyBits, len(raw) == ed25519.PublicKeySize
	case "", "rsa":
		if key, err := x509.ParsePKIXPublicKey(raw); err == nil {
			k, is := key.(*rsa.PublicKey)
			if !is {
				return 0, false
			}
			return k.N.BitLen(), true
		}
		if key, err := x509.ParsePKCS1PublicKey(raw); err == nil { // as the RFC's text has it, and its examples do not
			return key.N.BitLen(), true
		}
	}
	return 0, false
}

// forEmail reports whether the list of services lets the key sign e-mail; without a list it does.
func forEmail(services string) bool {
	return services == "" || listed(services, "*") || listed(services, "email")
}

// testing reports whether the domain says that it only tries DKIM out: verifiers then treat
// signed messages like unsigned ones.
func testing(flags string) bool { return listed(flags, "y") }

func listed(list, word string) bool {
	for part := range strings.SplitSeq(list, ":") {
		if strings.TrimSpace(part) == word {
			return true
		}
	}
	return false
}
