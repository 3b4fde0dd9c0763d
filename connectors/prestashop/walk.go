package prestashop

import (
	"context"
	"strconv"
)

// placed is a row that knows its place in a list.
type placed interface {
	number() int64
	// changedAt is the column the list is walked by, as the shop writes it.
	changedAt() text
}

// walkAll reads the next page of a whole table by ascending id: ids never move, so
// rows that change meanwhile are neither missed nor read twice. It moves cur on.
func walkAll[T placed](ctx context.Context, c *client, l listing, cur *cursor, page int) (got rowsOf[T], done bool, err error) {
	got, err = list[T](ctx, c, l, params{"filter[id]": after(cur.ID), "sort": "[id_ASC]", "limit": strconv.Itoa(page)})
	if err != nil {
		return got, false, err
	}
	last := cur.ID
	for _, x := range got.rows {
		last = max(last, x.number())
	}
	for _, b := range got.bad {
		if n, err := strconv.ParseInt(b.id, 10, 64); err == nil {
			last = max(last, n)
		}
	}
	full := len(got.rows)+len(got.bad) >= page
	if full && last == cur.ID {
		return got, false, garbage("a list that does not move on")
	}
	cur.ID = last
	return got, !full, nil
}

// walkChanged reads the next page of what changed within the cursor's window, by
// ascending (column, id). Each page begins with the second in which the last one
// ended, since many rows may share it; when one second fills a page, the walk goes
// on inside it by id. It moves cur on.
func walkChanged[T placed](ctx context.Context, c *client, l listing, column string, cur *cursor, page int) (got rowsOf[T], done bool, err error) {
	if cur.Dense {
		return walkSecond[T](ctx, c, l, column, cur, page)
	}
	low := max(cur.Low, cur.At)
	if low > cur.High {
		return got, true, nil
	}
	got, err = list[T](ctx, c, l, params{"filter[" + column + "]": "[" + low.String() + "," + cur.High.String() + "]", "date": "1",
		"sort": "[" + column + "_ASC,id_ASC]", "limit": strconv.Itoa(page)})
	if err != nil {
		return got, false, err
	}
	full := len(got.rows)+len(got.bad) >= page
	got.rows = unseen(cur, got.rows, full)
	return got, !full, nil
}

// place is a row's position in the order of (column, id).
func place[T placed](x T) (w wall, id int64, ok bool) {
	w, ok, err := parseWall(string(x.changedAt()))
	return w, x.number(), ok && err == nil
}

// unseen leaves out the rows that the page before has given already and moves the
// cursor to the last one. A full page that lies within one second makes it dense.
func unseen[T placed](cur *cursor, rows []T, full bool) []T {
	seenAt, seenID := cur.At, cur.ID
	first := wall(0)
	var fresh []T
	for i, x := range rows {
		w, id, ok := place(x)
		if i == 0 {
			first = w
		}
		if ok && (w < seenAt || w == seenAt && id <= seenID) {
			continue
		}
		if ok && (w > cur.At || w == cur.At && id > cur.ID) {
			cur.At, cur.ID = w, id
		}
		fresh = append(fresh, x)
	}
	cur.Dense = full && first == cur.At
	return fresh
}

// walkSecond reads the rows of the cursor's second with higher ids.
func walkSecond[T placed](ctx context.Context, c *client, l listing, column string, cur *cursor, page int) (got rowsOf[T], done bool, err error) {
	got, err = list[T](ctx, c, l, params{"filter[" + column + "]": "[" + cur.At.String() + "]", "date": "1",
		"filter[id]": after(cur.ID), "sort": "[id_ASC]", "limit": strconv.Itoa(page)})
	if err != nil {
		return got, false, err
	}
	last := cur.ID
	for _, x := range got.rows {
		last = max(last, x.number())
	}
	if len(got.rows)+len(got.bad) < page {
		cur.At, cur.ID, cur.Dense = cur.At+1, 0, false
		return got, cur.At > cur.High, nil
	}
	if last == cur.ID {
		return got, false, garbage("a list that does not move on")
	}
	cur.ID = last
	return got, false, nil
}
