package e2e_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/delivery/dnstest"
	"github.com/relance/relance/delivery/senderdns"
	"github.com/relance/relance/public"
)

const changeSettings = `mutation($s: ID!, $c: ShopSettingsInput!) { shopSettingsUpdate(shopId: $s, settings: $c) { errors { code field cause { code } }
	shop { settings { country noticeSince dkimSelector senderEmail } } } }`

// What was entered can be taken back; what is left out stays.
func TestShopSettingsCanBeCleared(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	change := func(c map[string]any, want string) {
		t.Helper()
		r := a.as(a.token, changeSettings, map[string]any{"s": a.shops[0], "c": c})
		if got := string(r.Data); !strings.Contains(got, want) {
			t.Errorf("after %v: %s, want %s", c, r.Body, want)
		}
	}
	change(map[string]any{"country": "FR", "noticeSince": "2020-01-31", "dkimSelector": "s1.mail", "senderEmail": "shop@maison.example"},
		`{"country":"FR","noticeSince":"2020-01-31","dkimSelector":"s1.mail","senderEmail":"shop@maison.example"}`)
	change(map[string]any{"imprint": "x"}, `{"country":"FR","noticeSince":"2020-01-31","dkimSelector":"s1.mail","senderEmail":"shop@maison.example"}`)
	change(map[string]any{"noticeSince": nil}, `{"country":"FR","noticeSince":null,"dkimSelector":"s1.mail","senderEmail":"shop@maison.example"}`)
	change(map[string]any{"country": "", "dkimSelector": "", "senderEmail": ""}, `{"country":"","noticeSince":null,"dkimSelector":"","senderEmail":""}`)
	change(map[string]any{"dkimSelector": "a b"}, `"errors":[{"code":"BAD_INPUT","field":"dkimSelector","cause":{"code":"SELECTOR_FORM"}}]`)
}

func TestTheSendersDomainIsLookedUp(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	names := &dnstest.Server{Names: map[string]dnstest.Records{"maison.example": {TXT: []string{"v=spf1 include:spf.relay.example -all"}, MX: []string{"."}},
		"spf.relay.example": {TXT: []string{"v=spf1 -all"}}, "own._domainkey.maison.example": {TXT: []string{"v=DKIM1; p="}}}}
	resolver, stop, err := names.Listen(t.Context())
	must(t, err)
	defer stop()
	a.app.Senders = &senderdns.Checker{Resolver: resolver, Relay: senderdns.Relay{SPF: "spf.relay.example", Selector: "relay"}}
	const query = `query($s: ID!) { senderCheck(shopId: $s) { domain level findings { about level says { code } record { name type value } } } }`
	ask := func(shop uuid.UUID, want string) {
		t.Helper()
		if r := a.as(a.token, query, map[string]any{"s": shop}); string(r.Data) != want {
			t.Errorf("%s\nwant %s", r.Body, want)
		}
	}
	ask(a.shops[0], `{"senderCheck":null}`)
	a.as(a.token, changeSettings, map[string]any{"s": a.shops[0], "c": map[string]any{"senderEmail": "shop@maison.example", "dkimSelector": "own"}})
	ask(a.shops[0], `{"senderCheck":{"domain":"maison.example","level":"FAULT","findings":[{"about":"SPF","level":"GOOD","says":{"code":"SPF_GOOD"},"record":null},`+
		`{"about":"DKIM","level":"FAULT","says":{"code":"DKIM_REVOKED"},"record":{"name":"own._domainkey.maison.example","type":"TXT","value":"v=DKIM1; k=rsa; p=…"}},`+
		`{"about":"DMARC","level":"FAULT","says":{"code":"DMARC_MISSING"},"record":{"name":"_dmarc.maison.example","type":"TXT","value":"v=DMARC1; p=none; rua=mailto:postmaster@maison.example"}},`+
		`{"about":"BOUNCES","level":"FAULT","says":{"code":"MX_TAKES_NO_MAIL"},"record":null}]}}`)
	ask(a.shops[1], `{"senderCheck":null}`)
	for who, token := range map[string]string{"a marketer": a.tokenOf(relance.RoleMarketer), "another merchant": a.tenant().token} {
		if r := a.as(token, query, map[string]any{"s": a.shops[0]}); !strings.HasPrefix(string(r.Data), `{"senderCheck":null}`) || len(r.Errors) != 1 {
			t.Errorf("%s is told %s", who, r.Body)
		}
	}
}

// upload sends a file as the GraphQL multipart request specification has it.
func (a *api) upload(token string, shop uuid.UUID, file []byte) reply {
	a.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	operations, err := json.Marshal(map[string]any{"query": `mutation($s: ID!, $f: Upload!) { shopLogoSet(shopId: $s, file: $f) { errors { field cause { code } } shop { logo { url width height mediaType } } } }`,
		"variables": map[string]any{"s": shop, "f": nil}})
	must(a.t, err)
	must(a.t, form.WriteField("operations", string(operations)))
	must(a.t, form.WriteField("map", `{"0": ["variables.f"]}`))
	part, err := form.CreateFormFile("0", "logo.png")
	must(a.t, err)
	_, err = part.Write(file)
	must(a.t, err)
	must(a.t, form.Close())
	return a.post(token, &body, "Content-Type", form.FormDataContentType())
}

func logoFile(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, w, h))))
	return b.Bytes()
}

func TestLogos(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.app.PublicURL = "https://relance.example.com/"
	pages := httptest.NewServer(public.LogoHandler(a.app, quiet()))
	defer pages.Close()
	see := func(address string) (*http.Response, []byte) {
		t.Helper()
		u, err := url.Parse(address)
		must(t, err)
		res, err := http.Get(pages.URL + u.Path)
		must(t, err)
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		must(t, err)
		return res, b
	}
	address := func(r reply) string {
		t.Helper()
		var out struct {
			ShopLogoSet struct {
				Shop struct{ Logo struct{ URL string } }
			}
		}
		must(t, json.Unmarshal(r.Data, &out))
		return out.ShopLogoSet.Shop.Logo.URL
	}

	first := a.upload(a.token, a.shops[0], logoFile(t, 300, 100))
	where := address(first)
	if !strings.HasPrefix(where, "https://relance.example.com/l/") || len(where) < 90 {
		t.Fatalf("%s", first.Body)
	}
	res, content := see(where)
	if m, err := png.Decode(bytes.NewReader(content)); err != nil || m.Bounds().Dx() != 300 || res.Header.Get("Content-Type") != "image/png" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the picture is %v, %v", res.Header, err)
	}
	tag := res.Header.Get("ETag")
	if again := address(a.upload(a.token, a.shops[0], logoFile(t, 64, 64))); again != where {
		t.Errorf("the address became %s", again)
	}
	if res, _ := see(where); res.Header.Get("ETag") == tag {
		t.Error("another picture has the same digest")
	}
	for _, wrong := range []string{where[:len(where)-2] + "AA", pages.URL + "/l/x", strings.Replace(where, "/l/", "/u/", 1)} {
		if res, _ := see(wrong); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", wrong, res.StatusCode)
		}
	}

	for what, c := range map[string]struct {
		file []byte
		code string
	}{
		"an SVG":      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "LOGO_VECTOR"},
		"a text":      {[]byte("hello"), "LOGO_FORMAT"},
		"cut off":     {logoFile(t, 300, 100)[:60], "LOGO_UNREADABLE"},
		"too wide":    {logoFile(t, 3000, 1), "LOGO_TOO_WIDE"},
		"many bytes":  {append(logoFile(t, 3, 3), make([]byte, 600<<10)...), "LOGO_TOO_LARGE"},
		"no contents": {nil, "LOGO_FORMAT"},
	} {
		if r := a.upload(a.token, a.shops[0], c.file); !strings.Contains(string(r.Data), `"errors":[{"field":"file","cause":{"code":"`+c.code+`"}}]`) {
			t.Errorf("%s: %s", what, r.Body)
		}
	}
	if r := a.upload(a.token, a.shops[0], make([]byte, 2<<20)); r.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MiB: %d", r.Status)
	}
	for who, token := range map[string]string{"a marketer": a.tokenOf(relance.RoleMarketer), "another merchant": a.tenant().token} {
		if r := a.upload(token, a.shops[0], logoFile(t, 9, 9)); strings.Contains(string(r.Data), `"url"`) {
			t.Errorf("%s: %s", who, r.Body)
		}
	}
	a.as(a.token, `mutation($s: ID!) { shopLogoRemove(shopId: $s) { errors { message } } }`, map[string]any{"s": a.shops[0]})
	if res, _ := see(where); res.StatusCode != http.StatusNotFound {
		t.Errorf("a logo that was removed answers %d", res.StatusCode)
	}
}
