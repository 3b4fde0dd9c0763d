package shopify

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// FuzzEnvelope feeds answers of any form to the decoder of answers.
func FuzzEnvelope(f *testing.F) {
	f.Add(`{"data":{"page":{"nodes":[]}},"extensions":{"cost":{"requestedQueryCost":3,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":1,"restoreRate":100}}}}`)
	f.Add(`{"errors":[{"message":"x","path":["page","nodes",3,"a"],"extensions":{"code":"ACCESS_DENIED"}}],"data":null}`)
	f.Add(`{"errors":"text"}`)
	f.Add(`{"errors":{"a":["b"]}}`)
	f.Add(`{"errors":[{"path":[1.5,null,{}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var e envelope
		if json.Unmarshal([]byte(text), &e) != nil {
			return
		}
		e.Errors.missing("scope")
		e.Errors.passing()
		for _, q := range e.Errors {
			q.row()
		}
		if e.Errors.asError(1) == nil {
			t.Error("errors without data must be an error")
		}
	})
}

// FuzzNodes feeds records of any form to the decoders; what comes out is clean.
func FuzzNodes(f *testing.F) {
	f.Add(0, `{"id":"gid://shopify/Product/1","title":"x","priceRangeV2":{"minVariantPrice":{"amount":1e400,"currencyCode":null}},"variants":{"nodes":[{"id":null,"price":"NaN"}]}}`)
	f.Add(1, `{"id":"gid://shopify/Customer/1","firstName":"\u0000\u202e","updatedAt":"0000-00-00T00:00:00Z","tags":null,"defaultEmailAddress":{"emailAddress":"A@b"}}`)
	f.Add(2, `{"id":"gid://shopify/Order/1","processedAt":"2026-01-01T00:00:00Z","currencyCode":"EUR","totalPriceSet":{"shopMoney":{"amount":"1"}},"refunds":[null,{"id":"x"}],"lineItems":{"nodes":[{"quantity":-1}]}}`)
	f.Add(3, `{"id":"gid://shopify/AbandonedCheckout/1?x=1","customer":null,"lineItems":{"nodes":[{"quantity":0}]}}`)
	f.Fuzz(func(t *testing.T, which int, text string) {
		list := resources()
		r := list[uint(which)%uint(len(list))]
		n := r.newNode()
		if json.Unmarshal([]byte(text), n) != nil {
			return
		}
		switch x := n.(type) { // what would ask the shop
		case *orderNode:
			x.Refunds, x.ReturnStatus, x.Codes, x.Discounts = nil, "", nil, nil
		case *productNode:
			for i := range x.Variants.Nodes {
				x.Variants.Nodes[i].Item = &itemNode{UnitCost: &money{Amount: x.Variants.Nodes[i].Price, Currency: x.Prices.Least.Currency}}
			}
		}
		var page connectors.Page
		if err := r.finish(t.Context(), &Connector{}, []node{n}, time.Now(), &page); err != nil {
			t.Fatal(err)
		}
		if page.Len() != 1 {
			t.Fatalf("one node made %d records", page.Len())
		}
		for _, c := range page.Customers {
			for _, s := range []string{c.FirstName, c.LastName, c.Email, c.Note} {
				if strings.ContainsRune(s, 0) || !utf8.ValidString(s) || len(s) > maxText {
					t.Errorf("not clean: %q", s)
				}
			}
		}
	})
}

// FuzzLines feeds files of any form to the line reader: lines come out whole, the
// offsets add up, and staged bodies are JSON without escaped NULs.
func FuzzLines(f *testing.F) {
	f.Add([]byte("{\"id\":\"gid://shopify/Customer/1\"}\n{\"id\":\"a\",\"__parentId\":\"b\",\"x\":\"\\u0000\\\\u0000\"}\n"), true)
	f.Add([]byte("{}\r\n\n  \n{\"id\":1}"), false)
	f.Add([]byte("<html>\n"), true)
	f.Fuzz(func(t *testing.T, file []byte, last bool) {
		in := bufio.NewReaderSize(bytes.NewReader(file), 16)
		var read int64
		for seq := int64(1); ; seq++ {
			line, size, err := readLine(in, last)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			read += size
			row, err := stagedRow(seq, line)
			if err != nil {
				continue
			}
			var head struct {
				ID     string `json:"id"`
				Parent string `json:"__parentId"`
			}
			if json.Unmarshal(row.Body, &head) == nil && (head.ID != row.ID || head.Parent != row.Parent) {
				t.Errorf("read %q and %q of %q", row.ID, row.Parent, line)
			}
			if !json.Valid(row.Body) {
				t.Errorf("staged what is not JSON: %q from %q", row.Body, line)
			}
		}
		if whole := int64(len(file)); read > whole || last && read != whole {
			t.Errorf("read %d of %d bytes", read, whole)
		}
	})
}

// FuzzTexts feeds any text to the small decoders.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"", "gid://shopify/Order/12?x", "NaN", "1e400", "fr-FR", "0000-00-00", "2026-07-01T00:00:00Z", "é\x00\u202e", `{"p":"page"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id := plainID(s); id != "" && !isNumber(id) {
			t.Errorf("id %q", id)
		}
		if n := name(s); strings.ContainsRune(n, 0) || len(n) > maxName || !utf8.ValidString(n) {
			t.Errorf("name %q", n)
		}
		var r reader
		if d := r.amount("x", loose(s)); d.Abs().GreaterThan(dec("100000000000000")) {
			t.Errorf("amount %s", d)
		}
		language(s)
		_ = moment(s)
		_, _ = parseAddress(s)
		if p, err := parsePlace(relance.Cursor(s)); err == nil {
			if again, err := parsePlace(p.cursor()); err != nil || again.cursor() != p.cursor() {
				t.Errorf("cursor %q does not come back", s)
			}
		}
	})
}

// FuzzVoucher feeds vouchers of any form to their decoder: what passes for an order's voucher
// has that order's bounds.
func FuzzVoucher(f *testing.F) {
	f.Add(`{"id":"gid://shopify/DiscountCodeNode/1","codeDiscount":{"__typename":"DiscountCodeBasic","usageLimit":1,"asyncUsageCount":-9,"customerGets":{"items":{"allItems":true},"value":{"__typename":"DiscountPercentage","percentage":1e400}}}}`)
	f.Add(`{"id":"x","codeDiscount":{"__typename":"DiscountCodeFreeShipping","minimumRequirement":{"__typename":"DiscountMinimumSubtotal","greaterThanOrEqualToSubtotal":{"amount":"NaN"}},"context":{"customers":[{"id":null}]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var n voucherNode
		if json.Unmarshal([]byte(text), &n) != nil {
			return
		}
		v, err := n.voucher("CODE")
		if err == nil && (v.ExternalID == "" || v.Value.IsNegative() && v.Kind == relance.VoucherPercent) {
			t.Errorf("%+v", v)
		}
	})
}
