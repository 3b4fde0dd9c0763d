package prestashop

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relance/relance"
)

func mustURL(t testing.TB) *url.URL {
	t.Helper()
	u, err := normaliseAddress("https://shop.example.com")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func paris(t testing.TB) *clock {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return &clock{zone}
}

// ⚠ DST hours are ambiguous: dates are shop-local without offset.
func TestInstantsOfLocalDates(t *testing.T) {
	t.Parallel()
	c := paris(t)
	for local, want := range map[string][]string{
		"2026-01-15 13:00:00": {"2026-01-15T12:00:00Z"},
		"2026-07-15 13:00:00": {"2026-07-15T11:00:00Z"},
		"2026-10-25 02:30:00": {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		"2026-10-25 01:59:59": {"2026-10-24T23:59:59Z"},
		"2026-10-25 03:00:00": {"2026-10-25T02:00:00Z"},
		"2026-03-29 02:30:00": nil,
		"2026-03-29 03:00:00": {"2026-03-29T01:00:00Z"},
	} {
		w, ok, err := parseWall(local)
		if !ok || err != nil {
			t.Fatal(local, err)
		}
		var got []string
		for _, at := range c.instants(w) {
			got = append(got, at.Format(time.RFC3339))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", local, d)
		}
	}
	if at := c.instant(mustWall(t, "2026-03-29 02:30:00")); at.Format(time.RFC3339) != "2026-03-29T01:30:00Z" {
		t.Errorf("the hour that spring leaves out became %s", at)
	}
	if c.version(mustWall(t, "2026-10-25 02:50:00")) != c.version(mustWall(t, "2026-10-25 02:10:00")) {
		t.Error("within the hour that comes twice one change looks older than another")
	}
}

func mustWall(t testing.TB, s string) wall {
	t.Helper()
	w, ok, err := parseWall(s)
	if !ok || err != nil {
		t.Fatal(s, err)
	}
	return w
}

// Whatever is written between two instants lies within their span.
func TestSpanHoldsEverythingWritten(t *testing.T) {
	t.Parallel()
	var clocks []*clock
	for _, name := range []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		clocks = append(clocks, &clock{zone})
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom(clocks).Draw(rt, "zone")
		from := time.Unix(rapid.Int64Range(1_300_000_000, 1_900_000_000).Draw(rt, "from"), 0)
		to := from.Add(time.Duration(rapid.Int64Range(0, 90*24*3600).Draw(rt, "length")) * time.Second)
		at := from.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(from)/time.Second)).Draw(rt, "at")) * time.Second)
		low, high := c.span(from, to)
		if w := c.wall(at); w < low || w > high {
			rt.Errorf("%s is outside of %s – %s", w, low, high)
		}
		if !containsTime(c.instants(c.wall(at)), at) {
			rt.Errorf("%s is not among the instants of its own wall", at)
		}
	})
}

func containsTime(list []time.Time, at time.Time) bool {
	for _, x := range list {
		if x.Equal(at) {
			return true
		}
	}
	return false
}

func TestOptionsInTheNameOfALine(t *testing.T) {
	t.Parallel()
	known := []relance.Option{{Name: "Size", Value: "M"}}
	for _, c := range []struct {
		name    string
		known   []relance.Option
		variant bool
		title   string
		options []relance.Option
	}{
		{"Mug (large)", nil, false, "Mug (large)", nil},
		{"Shirt (Size: M - Color: Red)", nil, true, "Shirt", []relance.Option{{Name: "Size", Value: "M"}, {Name: "Color", Value: "Red"}}},
		{"Shirt (Size: M)", known, true, "Shirt", known},
		{"Shirt - Size : M- Color : Red", nil, true, "Shirt", []relance.Option{{Name: "Size", Value: "M"}, {Name: "Color", Value: "Red"}}},
		{"Shirt (blue)", nil, true, "Shirt (blue)", nil},
		{"Shirt", known, true, "Shirt", known},
		{"Shirt", nil, true, "Shirt", nil},
	} {
		title, options := splitOptions(c.name, c.known, c.variant)
		if title != c.title || cmp.Diff(c.options, options) != "" {
			t.Errorf("%q: %q %v", c.name, title, options)
		}
	}
}

func TestCategoryPath(t *testing.T) {
	t.Parallel()
	cc := &catalogCache{categories: map[int64]categoryRow{
		1: {ID: "1", Depth: "0", Name: "Root"}, 2: {ID: "2", Parent: "1", Depth: "1", Name: "Home", Root: "1"},
		3: {ID: "3", Parent: "2", Depth: "2", Name: "Kitchen"}, 4: {ID: "4", Parent: "3", Depth: "3", Name: "Mugs"},
		8: {ID: "8", Parent: "9", Depth: "2", Name: "Loop"}, 9: {ID: "9", Parent: "8", Depth: "3", Name: "Pool"},
	}}
	for id, want := range map[int64]string{4: "Kitchen > Mugs", 3: "Kitchen", 2: "", 1: "", 77: ""} {
		if got := cc.categoryPath(id); got != want {
			t.Errorf("%d: %q, want %q", id, got, want)
		}
	}
	cc.categoryPath(8) // ends
}

func TestPriceBatchesAreBounded(t *testing.T) {
	t.Parallel()
	var wanted []variantKey
	for p := int64(1); p <= 250; p++ {
		wanted = append(wanted, variantKey{p, 0}, variantKey{p, 0}, variantKey{p, 1000 + p}, variantKey{p, 2000 + p})
	}
	asked := map[variantKey]bool{}
	for _, b := range priceBatches(wanted, nil) {
		if _, plain := b.attributes[0]; plain && len(b.products) > pricePlain || !plain && (len(b.products) > priceProducts || len(b.attributes) > priceAttributes) {
			t.Errorf("%d products × %d attributes", len(b.products), len(b.attributes))
		}
		for a, p := range b.attributes {
			if a != 0 {
				asked[variantKey{p, a}] = true
			}
		}
		if _, plain := b.attributes[0]; plain {
			for _, p := range b.products {
				asked[variantKey{p, 0}] = true
			}
		}
	}
	if len(asked) != 750 {
		t.Errorf("%d prices asked, want 750", len(asked))
	}
}

func TestChunksFitIntoAURL(t *testing.T) {
	t.Parallel()
	var ids []int64
	for i := range int64(5000) {
		ids = append(ids, 1_000_000_000+i%4000)
	}
	n := 0
	for _, c := range chunks(ids) {
		if len(url.QueryEscape(c)) > 7000 {
			t.Errorf("%d bytes", len(url.QueryEscape(c)))
		}
		n += len(c) / 11
	}
	if n != 4000 {
		t.Errorf("%d ids", n)
	}
	if chunks(nil) != nil {
		t.Error("no ids make a request")
	}
}
