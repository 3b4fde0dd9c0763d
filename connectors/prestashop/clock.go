package prestashop

import (
	"errors"
	"strings"
	"time"
)

// wall is a shop-local date and time as its database holds it: the seconds since
// 1970-01-01 00:00:00 that the shop's clock showed. There is no offset, so an hour
// in autumn stands for two.
type wall int64

const wallLayout = "2006-01-02 15:04:05"

var errDate = errors.New("unreadable date")

// parseWall reads a date with or without time. Empty and 0000-00-00 are no date.
func parseWall(s string) (w wall, ok bool, err error) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(s, "0000-00-00") {
		return 0, false, nil
	}
	layout := wallLayout
	if len(s) == len("2006-01-02") {
		layout = "2006-01-02"
	}
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 {
		return 0, false, errDate
	}
	return wall(t.Unix()), true, nil
}

func (w wall) String() string { return time.Unix(int64(w), 0).UTC().Format(wallLayout) }

// clock converts between instants and a shop's walls.
type clock struct{ zone *time.Location }

// wall is what the shop's clock shows at t.
func (c *clock) wall(t time.Time) wall {
	_, offset := t.In(c.zone).Zone()
	return wall(t.Unix() + int64(offset))
}

// instants gives the instants at which the shop's clock shows w: one, two in the hour
// that autumn repeats, none in the hour that spring leaves out.
func (c *clock) instants(w wall) []time.Time {
	var out []time.Time
	guess := time.Unix(int64(w), 0)
	_, before := guess.Add(-26 * time.Hour).In(c.zone).Zone()
	_, after := guess.Add(26 * time.Hour).In(c.zone).Zone()
	for i, offset := range []int{max(before, after), min(before, after)} {
		t := time.Unix(int64(w)-int64(offset), 0).UTC()
		if c.wall(t) == w && (i == 0 || before != after) {
			out = append(out, t)
		}
	}
	return out
}

// instant is the first instant at which the shop's clock shows w. A time that spring
// left out is moved on by the hour that was left out.
func (c *clock) instant(w wall) time.Time {
	if all := c.instants(w); len(all) > 0 {
		return all[0]
	}
	_, before := time.Unix(int64(w), 0).Add(-26 * time.Hour).In(c.zone).Zone()
	return time.Unix(int64(w)-int64(before), 0).UTC()
}

// version is an instant that orders changes rightly: within the hour that autumn
// repeats it cannot be told which of two changes came later, so all of that hour are
// one instant, and the one read later wins.
func (c *clock) version(w wall) time.Time {
	all := c.instants(w)
	if len(all) < 2 {
		return c.instant(w)
	}
	_, end := all[0].In(c.zone).ZoneBounds()
	return end.UTC()
}

// span gives the walls between which everything lies that was written from one
// instant to another, clock changes included: where the clock was put back in
// between, the span is wider on both sides.
func (c *clock) span(from, to time.Time) (low, high wall) {
	low, high = c.wall(from), c.wall(to)
	for t := from; ; {
		_, end := t.In(c.zone).ZoneBounds()
		if end.IsZero() || end.After(to) {
			return low, max(low, high)
		}
		low = min(low, c.wall(end))
		high = max(high, c.wall(end.Add(-time.Second)))
		t = end
	}
}
