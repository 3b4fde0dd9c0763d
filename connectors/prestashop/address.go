package prestashop

import (
	"net/url"
	"strings"

	"github.com/relance/relance"
)

// normaliseAddress turns what a person typed into the base address of a shop: https
// unless http was typed, no trailing slash, no /api, no query, no user.
func normaliseAddress(typed string) (*url.URL, error) {
	s := strings.TrimSpace(typed)
	if s == "" {
		return nil, relance.TellField("url", "ADDRESS_MISSING")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" || strings.ContainsAny(u.Host, " <>\"") {
		return nil, relance.TellField("url", "ADDRESS_FORM")
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "https" && scheme != "http" {
		return nil, relance.TellField("url", "ADDRESS_SCHEME")
	}
	if u.User != nil {
		return nil, relance.TellField("url", "ADDRESS_WITH_KEY")
	}
	path := strings.TrimRight(u.Path, "/")
	path = strings.TrimSuffix(path, "/index.php")
	path = strings.TrimSuffix(path, "/api")
	return &url.URL{Scheme: scheme, Host: strings.ToLower(u.Host), Path: strings.TrimRight(path, "/")}, nil
}
