package prestashop

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
)

// Every recorded list that the connector reads is understood, and no real row of it
// is rejected.
func TestRecordedListsAreUnderstood(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../shared/reference/prestashop/captures/*.txt")
	if len(files) == 0 {
		t.Skip("SKIPPED: the recorded PrestaShop exchanges are not here; nothing was decoded")
	}
	refs := &references{clock: paris(t), currencies: map[int64]string{1: "EUR"}, languages: map[int64]string{1: "en"}}
	r := &run{c: &Connector{client: &client{base: mustURL(t)}}, refs: refs}
	counts := map[string]int{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		_, answer, ok := strings.Cut(text, "\nHTTP/1.1 200")
		if !ok || !strings.Contains(text, "display") || strings.Contains(text, "[cut by the capture tool") {
			continue
		}
		_, body, _ := strings.Cut(answer, "\n\n")
		body, _, _ = strings.Cut(body, "\n\n# client")
		key, n, err := readRecorded(r, strings.TrimSpace(body))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
		}
		counts[key] += n
	}
	for _, key := range []string{"customers", "orders", "carts", "addresses", "order_slips", "cart_rules", "order_cart_rules"} {
		if counts[key] == 0 {
			t.Errorf("no recorded %s were read", key)
		}
	}
	fmt.Println("prestashop: recorded rows read:", counts)
}

// readRecorded reads one body with the row type of its list.
func readRecorded(r *run, body string) (key string, rows int, err error) {
	now := time.Date(2026, 11, 21, 21, 0, 0, 0, time.UTC)
	for _, key := range []string{"customers", "orders", "carts", "addresses", "order_slips", "products", "cart_rules", "order_cart_rules"} {
		if !strings.HasPrefix(body, `{"`+key+`":`) {
			continue
		}
		v := &reader{clock: r.refs.clock}
		switch key {
		case "customers":
			rows, err = each(body, key, func(x customerRow) { r.customer(v, x, now) })
		case "orders":
			rows, err = each(body, key, func(x orderRow) {
				if x.Currency != "" { // of the recordings with few fields nothing can be made
					r.order(v, x, now, &orderExtras{catalog: &catalog{}})
				}
			})
		case "carts":
			rows, err = each(body, key, func(x cartRow) {
				if x.Currency != "" {
					r.cart(v, x, now, &cartExtras{catalog: &catalog{}})
				}
			})
		case "addresses":
			rows, err = each(body, key, func(x addressRow) { r.address(v, x) })
		case "order_slips":
			rows, err = each(body, key, func(x slipRow) { v.amount("amount", x.Amount); v.time("date_add", x.Added) })
		case "products":
			rows, err = each(body, key, func(x productRow) { r.product(v, x, now) })
		case "cart_rules":
			rows, err = each(body, key, func(x ruleRow) { x.voucher(v, r.refs.currencies) })
		case "order_cart_rules":
			rows, err = each(body, key, func(x usedRule) {
				if used, order := x.voucher(nil, r.refs.clock); order == 0 || used.ExternalID == "" || !used.Amount.IsPositive() {
					v.fail("value", "a redemption was not understood")
				}
			})
		}
		if v.failed() {
			err = fmt.Errorf("a real row was rejected: %s: %s", v.field, v.reason)
		}
		return key, rows, err
	}
	return "", 0, nil
}

func each[T any](body, key string, use func(T)) (int, error) {
	rows, bad, err := decodeRows[T]([]byte(body), key)
	for _, x := range rows {
		use(x)
	}
	if len(bad) > 0 {
		err = relance.Errorf(relance.CodeBadValue, "%d rows have an impossible shape", len(bad))
	}
	return len(rows), err
}
