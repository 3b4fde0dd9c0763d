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
		return nil, relance.FieldErrorf("url", "The address of the shop is missing, such as https://shop.example.com.")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" || strings.ContainsAny(u.Host, " <>\"") {
		return nil, relance.FieldErrorf("url", "This is not the address of a shop; it looks like https://shop.example.com.")
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "https" && scheme != "http" {
		return nil, relance.FieldErrorf("url", "The address of the shop must begin with https:// or http://.")
	}
	if u.User != nil {
		return nil, relance.FieldErrorf("url", "Leave the key out of the address and give it as the key.")
	}
	path := strings.TrimRight(u.Path, "/")
	path = strings.TrimSuffix(path, "/index.php")
	path = strings.TrimSuffix(path, "/api")
	return &url.URL{Scheme: scheme, Host: strings.ToLower(u.Host), Path: strings.TrimRight(path, "/")}, nil
}
