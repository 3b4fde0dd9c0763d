package prestashop

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/relance/relance"
)

// confirmations is how often an empty list is asked for again before it counts: a
// failing database answers just like an empty table.
const confirmations = 4

// maxFilter is how many bytes of escaped ids go into one URL; the whole request line
// may have 8,190.
const maxFilter = 6500

// listing is a resource and the fields wanted of it.
type listing struct {
	resource string
	key      string   // of the list in the answer; "" = resource
	fields   []string // none: ids only
	full     bool     // everything, for resources whose nested lists no field list gives
	extra    params
}

func (l listing) keyOf() string {
	if l.key != "" {
		return l.key
	}
	return l.resource
}

// rowsOf is the answer to a listing.
type rowsOf[T any] struct {
	rows     []T
	bad      []badRow
	readAt   time.Time
	shopTime time.Time
}

func (r rowsOf[T]) empty() bool { return len(r.rows)+len(r.bad) == 0 }

// ask makes one request for a list and takes the answer as it is. A field that the
// shop's version lacks is left out from then on.
func ask[T any](ctx context.Context, c *client, l listing, p params) (rowsOf[T], error) {
	for {
		out, err := askOnce[T](ctx, c, l, p)
		var lacking *lackingField
		if errors.As(err, &lacking) && slices.Contains(l.fields, lacking.field) && !c.state.lacks(l.resource, lacking.field) {
			c.state.lack(l.resource, lacking.field)
			continue
		}
		return out, err
	}
}

func askOnce[T any](ctx context.Context, c *client, l listing, p params) (rowsOf[T], error) {
	var out rowsOf[T]
	all := params{}
	for _, m := range []params{l.extra, p} {
		for k, v := range m {
			all[k] = v
		}
	}
	switch {
	case l.full:
		all["display"] = "full"
	case len(l.fields) > 0:
		all["display"] = c.fieldList(l.resource, l.fields)
	}
	err := c.get(ctx, l.resource, all, func(r reply) error {
		rows, bad, err := decodeRows[T](r.body, l.keyOf())
		out = rowsOf[T]{rows, bad, r.readAt, r.shopTime()}
		return err
	})
	if len(out.rows) > 0 {
		c.state.sawRows(l.resource, out.readAt)
	}
	return out, err
}

// list makes a request for a list and believes an empty answer only after asking
// again: for ids alone, and once more for everything when ids turn up.
func list[T any](ctx context.Context, c *client, l listing, p params) (rowsOf[T], error) {
	out, err := ask[T](ctx, c, l, p)
	if err != nil || !out.empty() {
		return out, err
	}
	for range confirmations {
		probe, err := ask[idRow](ctx, c, listing{resource: l.resource, key: l.key, extra: l.extra}, p)
		if err != nil {
			return out, err
		}
		if probe.empty() {
			continue
		}
		if out, err = ask[T](ctx, c, l, p); err != nil || !out.empty() {
			return out, err
		}
	}
	return out, c.witness(ctx, l)
}

// witness makes sure that the shop's database works while one of its lists is empty:
// the table has rows apart from those asked for, or it is a table that had none
// lately while the settings, which are never empty, can be read.
func (c *client) witness(ctx context.Context, l listing) error {
	for _, other := range []listing{{resource: l.resource, key: l.key, extra: l.extra}, {resource: "configurations"}} {
		for range confirmations {
			got, err := ask[idRow](ctx, c, other, params{"limit": "1", "sort": "[id_ASC]"})
			if err != nil {
				return err
			}
			if !got.empty() {
				return nil
			}
		}
		if c.state.hadRows(other.resource, c.now(), c.opts.Keep) {
			break
		}
	}
	return relance.Tell(relance.CodeShopDown, nil, "EMPTY_LISTS")
}

// idRow is a row of which only the id is wanted.
type idRow struct {
	ID text `json:"id"`
}

// number is the id, 0 if it is none.
func (r idRow) number() int64 {
	n, _ := strconv.ParseInt(string(r.ID), 10, 64)
	return n
}

// listByIDs reads the rows whose field is one of some ids, in as few requests as the
// length of a URL allows.
func listByIDs[T any](ctx context.Context, c *client, l listing, field string, ids []int64) (rowsOf[T], error) {
	var all rowsOf[T]
	for _, chunk := range chunks(ids) {
		got, err := list[T](ctx, c, l, params{"filter[" + field + "]": chunk, "sort": "[id_ASC]"})
		if err != nil {
			return all, err
		}
		all.rows = append(all.rows, got.rows...)
		all.bad = append(all.bad, got.bad...)
		if all.readAt.IsZero() {
			all.readAt, all.shopTime = got.readAt, got.shopTime
		}
	}
	return all, nil
}

// chunks writes ids as filters of the form [1|2|3] that fit into a URL.
func chunks(ids []int64) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var out []string
	var b strings.Builder
	size := 0
	for _, id := range ids {
		s := strconv.FormatInt(id, 10)
		if size > 0 && size+len(s)+3 > maxFilter {
			out = append(out, "["+b.String()+"]")
			b.Reset()
			size = 0
		}
		if size > 0 {
			b.WriteByte('|')
		}
		b.WriteString(s)
		size += len(s) + 3
	}
	if size > 0 {
		out = append(out, "["+b.String()+"]")
	}
	return out
}

// listAll reads a small table whole, in pages by id.
func listAll[T interface{ number() int64 }](ctx context.Context, c *client, l listing, page, most int) ([]T, error) {
	var all []T
	for last := int64(0); len(all) < most; {
		got, err := list[T](ctx, c, l, params{"filter[id]": after(last), "sort": "[id_ASC]", "limit": strconv.Itoa(page)})
		if err != nil {
			return nil, err
		}
		all = append(all, got.rows...)
		if len(got.rows) < page {
			break
		}
		next := got.rows[len(got.rows)-1].number()
		if next <= last {
			return nil, garbage("a list that does not move on")
		}
		last = next
	}
	return all, nil
}

func after(id int64) string { return ">[" + strconv.FormatInt(id, 10) + "]" }
