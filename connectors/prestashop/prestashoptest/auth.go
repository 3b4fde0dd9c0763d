package prestashoptest

import (
	"net/http"
	"slices"
	"strconv"
)

// keyLength is the length of every webservice key.
const keyLength = 32

const realm = `Basic realm="Welcome to PrestaShop Webservice, please enter the authentication key as the login. No password required."`

// authenticate finds the key and the shop of a request, or the answer that refuses
// it. A key in the Authorization header beats one in the URL.
func (s *Server) authenticate(r *request) *answer {
	if a := s.chooseShop(r); a != nil {
		return a
	}
	value, _, given := r.BasicAuth()
	if s.is(NoAuthHeader) {
		given = false
	}
	if !given {
		value = r.raw.last("ws_key")
	}
	if value == "" {
		return &answer{status: 401, body: []byte("401 Unauthorized"), ctype: "text/html; charset=utf-8",
			header: http.Header{"Www-Authenticate": {realm}}}
	}
	if s.is(Disabled) {
		a := r.fail(apiError{503, 22, "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office"})
		return &a
	}
	i := slices.IndexFunc(s.opts.Keys, func(k Key) bool { return k.Value == value && !k.Inactive })
	switch {
	case len(value) != keyLength:
		return refuse(r, apiError{401, 18, "Invalid authentication key format"})
	case i < 0:
		return refuse(r, apiError{401, 20, "Authentification key is not active"},
			apiError{401, 21, "No permission for this authentication key"})
	}
	k := s.opts.Keys[i]
	if k.Shops != nil && r.raw.has("id_shop") && r.raw.last("id_shop") != "all" && !slices.Contains(k.Shops, r.shop) {
		a := r.fail(apiError{403, 132, "No permission for this key on this shop"})
		return &a
	}
	r.key = k
	return nil
}

func refuse(r *request, errs ...apiError) *answer {
	a := r.fail(errs...)
	a.header = http.Header{"Www-Authenticate": {realm}}
	return &a
}

// chooseShop reads id_shop and id_group_shop. An unknown shop sends visitors and
// clients alike to the front page.
func (s *Server) chooseShop(r *request) *answer {
	r.shop = s.opts.Shops[0].ID
	if r.raw.has("id_group_shop") {
		if r.raw.last("id_group_shop") != "1" {
			a := r.fail(apiError{500, 999, "This shop group doesn't have shops"})
			return &a
		}
		r.shop = 0
	}
	if !r.raw.has("id_shop") {
		return nil
	}
	v := r.raw.last("id_shop")
	if v == "all" {
		r.shop = 0
		return nil
	}
	id, _ := strconv.ParseInt(v, 10, 64)
	if !slices.ContainsFunc(s.opts.Shops, func(x ShopRow) bool { return x.ID == id }) {
		return &answer{status: 302, ctype: "text/html; charset=utf-8",
			header: http.Header{"Location": {r.host + "/?url=" + "customers"}}}
	}
	r.shop = id
	return nil
}
