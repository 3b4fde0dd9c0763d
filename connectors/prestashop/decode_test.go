package prestashop

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/relance/relance"
)

func FuzzDecodeRows(f *testing.F) {
	for _, s := range []string{"[]", `{"customers":[]}`, `{"customers":[{"id":1}]}`, `{"customers":[{"id":"1","associations":[]},7]}`,
		`{"errors":[{"code":1,"message":"x"}]}`, `{"customers":[{"id":1}`, "<html>", "\xef\xbb\xbf[]", `{"a":1,"customers":[null]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, bad, err := decodeRows[customerRow](b, "customers")
		if err != nil {
			if len(rows)+len(bad) > 0 || !relance.Temporary(err) {
				t.Errorf("%d rows with %v", len(rows), err)
			}
			return
		}
		if !json.Valid([]byte(strings.TrimPrefix(strings.TrimSpace(string(b)), "\xef\xbb\xbf"))) {
			t.Errorf("%q was taken for a list", b)
		}
		run := &run{refs: &references{clock: &clock{time.UTC}}}
		for _, row := range rows {
			v := &reader{clock: run.refs.clock}
			c := run.customer(v, row, time.Time{})
			for _, s := range []string{c.Email, c.FirstName, c.Note} {
				if !v.failed() && (!utf8.ValidString(s) || strings.ContainsRune(s, 0)) {
					t.Errorf("%q came through", s)
				}
			}
		}
	})
}

func FuzzOrderRows(f *testing.F) {
	f.Add([]byte(`{"orders":[{"id":1,"total_paid_tax_incl":"12.5","associations":{"order_rows":[{"id":2,"unit_price_tax_incl":"1e400"}]}}]}`))
	f.Add([]byte(`{"orders":[{"id":1,"associations":{"order_rows":{}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, _, err := decodeRows[orderRow](b, "orders")
		if err != nil {
			return
		}
		c := &Connector{client: &client{base: mustURL(t)}}
		run := &run{c: c, refs: &references{clock: &clock{time.UTC}, currencies: map[int64]string{1: "EUR"}}}
		for _, row := range rows {
			v := &reader{clock: run.refs.clock}
			o := run.order(v, row, time.Time{}, &orderExtras{catalog: &catalog{}})
			if !v.failed() && o.ExternalID == "" {
				t.Error("an order without an id came through")
			}
		}
	})
}

func FuzzVoucherRows(f *testing.F) {
	f.Add([]byte(`{"cart_rules":[{"id":1,"code":"A\u0000","quantity":"","date_from":"0000-00-00 00:00:00","reduction_percent":"1e9","reduction_product":-2}]}`))
	f.Add([]byte(`{"cart_rules":[{"id":"2","quantity":-7,"gift_product":null,"active":{},"minimum_amount":"30.000000"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, _, err := decodeRows[ruleRow](b, "cart_rules")
		if err != nil {
			return
		}
		for _, row := range rows {
			v := &reader{clock: &clock{time.UTC}}
			x := row.voucher(v, map[int64]string{1: "EUR"})
			if !v.failed() && (!utf8.ValidString(x.Code) || strings.ContainsRune(x.Code, 0)) {
				t.Errorf("%q came through", x.Code)
			}
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{`"a"`, `1`, `null`, `false`, `true`, `[{"id":1,"value":"x"}]`, `{}`, `"\u0000"`, `[[]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v struct {
			X text `json:"x"`
		}
		err := json.Unmarshal([]byte(`{"x":`+s+`}`), &v)
		if err != nil && json.Valid([]byte(`{"x":`+s+`}`)) {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func FuzzParseWall(f *testing.F) {
	for _, s := range []string{"2026-10-25 02:30:00", "0000-00-00 00:00:00", "", "2026-02-30", "9999-12-31 23:59:59", "0001-01-01"} {
		f.Add(s)
	}
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		f.Fatal(err)
	}
	c := &clock{zone}
	f.Fuzz(func(t *testing.T, s string) {
		w, ok, err := parseWall(s)
		if !ok || err != nil {
			return
		}
		for _, at := range c.instants(w) {
			if c.wall(at) != w {
				t.Errorf("%s is not %s", at, w)
			}
		}
		c.version(w)
		c.instant(w)
	})
}

func FuzzNormaliseAddress(f *testing.F) {
	for _, s := range []string{"shop.example.com", "http://x/api/", "https://a:b@c", "//", "http://[::1]:80/s/index.php", "%%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := normaliseAddress(s)
		if err != nil {
			if relance.CodeOf(err) != relance.CodeBadInput {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if u.Host == "" || u.User != nil || u.RawQuery != "" || strings.HasSuffix(u.Path, "/") {
			t.Errorf("%q became %q", s, u)
		}
	})
}

func FuzzParseCursor(f *testing.F) {
	f.Add(`{"v":1,"p":"all"}`)
	f.Add(`{"v":1,"w":5}`)
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCursor(relance.Cursor(s))
		if err != nil {
			if relance.CodeOf(err) != relance.CodeCursorRefused {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if again, err := parseCursor(c.String()); err != nil && s != "" || err == nil && again != c {
			t.Errorf("%q: %+v %+v %v", s, c, again, err)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("a\x00b\u202Ec\r\n", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = limit%1000 + 1000
		got := cleanLine(s, limit)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\n\r\t") || utf8.RuneCountInString(got) > limit {
			t.Errorf("%q became %q", s, got)
		}
		if again := cleanLine(got, limit); again != got {
			t.Errorf("%q became %q the second time", got, again)
		}
	})
}
