package identity

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Fold makes texts comparable: lower case, without accents, ß as ss, punctuation as
// single spaces. "  Müller-Lüdenscheidt " becomes "muller ludenscheidt".
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) { // norm skips what follows a broken byte
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			writeFolded(&b, unicode.ToLower(r))
		default:
			space = true
		}
	}
	return b.String()
}

// writeFolded spells the letters that have no decomposition.
func writeFolded(b *strings.Builder, r rune) {
	switch r {
	case 'ß':
		b.WriteString("ss")
	case 'æ':
		b.WriteString("ae")
	case 'œ':
		b.WriteString("oe")
	case 'ø':
		b.WriteByte('o')
	case 'ł':
		b.WriteByte('l')
	case 'đ':
		b.WriteByte('d')
	case 'ı':
		b.WriteByte('i')
	default:
		b.WriteRune(r)
	}
}

// Email normalises an e-mail address for matching: trimmed, lower case, the domain in
// its ASCII form. It gives "" for what is no address and for addresses that do not
// stand for one person: placeholders and the masks of marketplaces.
func Email(s string) string {
	s = strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > 254 || strings.ContainsFunc(s, unicode.IsSpace) {
		return ""
	}
	local, domain := s[:at], strings.TrimSuffix(s[at+1:], ".")
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.Contains("."+ascii+".", "..") { // one label, or an empty one
		return ""
	}
	if placeholder(local, ascii) || masked(ascii) {
		return ""
	}
	return local + "@" + ascii
}

// placeholder knows the addresses that staff type when there is none.
func placeholder(local, domain string) bool {
	switch strings.SplitN(local, "+", 2)[0] {
	case "noreply", "no-reply", "no_reply", "donotreply", "nomail", "no-mail", "noemail", "no-email", "none", "keine", "keinemail",
		"aucun", "pasdemail", "sansmail", "anonymous", "anonyme", "anonym", "unknown", "inconnu", "unbekannt", "guest", "gast", "invite":
		return true
	}
	return domain == "psgdpr.com" || strings.HasSuffix(domain, ".invalid") || strings.HasSuffix(domain, ".localhost")
}

// masked knows the domains of marketplaces, which give a new address for each order or
// one for many people.
func masked(domain string) bool {
	for _, d := range []string{"members.ebay.com", "members.ebay.de", "members.ebay.fr", "privaterelay.appleid.com", "cdiscount.com",
		"notification.mirakl.net", "mail.kaufland.de", "otto.market", "check24.de", "fnac-marketplace.com", "shop.tiktok.com"} {
		if domain == d || strings.HasSuffix(domain, "."+d) {
			return true
		}
	}
	return strings.HasPrefix(domain, "marketplace.amazon.") || strings.Contains(domain, ".marketplace.")
}

// Name gives the folded full name, its words sorted ("Müller, Anna" and "Anna Müller"
// are equal), or "" where either part is missing.
func Name(first, last string) string {
	f, l := Fold(first), Fold(last)
	if f == "" || l == "" {
		return ""
	}
	return sortedWords(f + " " + l)
}
