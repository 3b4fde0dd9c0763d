package campaign

import (
	"slices"
	"time"

	"github.com/relance/relance"
)

// nextOpen is the first time from t on at which people of the country may be written to: it is
// day in all of its zones.
func nextOpen(t time.Time, zones []*time.Location, country string, r relance.SendingRules) time.Time {
	for range 40 { // no country has as many quiet days in a row
		open := t
		for _, z := range zones {
			if at := openIn(t, z, country, r); at.After(open) {
				open = at
			}
		}
		if open.Equal(t) {
			break
		}
		t = open
	}
	return t
}

// openIn moves t out of the quiet time that it is in, if any, by one zone's clock.
func openIn(t time.Time, zone *time.Location, country string, r relance.SendingRules) time.Time {
	local := t.In(zone)
	tomorrow := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, zone)
	opens := time.Date(local.Year(), local.Month(), local.Day(), r.QuietUntil, 0, 0, 0, zone)
	switch {
	case local.Weekday() == time.Sunday || Holiday(local, country):
		return tomorrow
	case r.QuietFrom == r.QuietUntil:
		return t
	case r.QuietFrom > r.QuietUntil && local.Hour() >= r.QuietFrom:
		return tomorrow
	case r.QuietFrom > r.QuietUntil && t.Before(opens), r.QuietFrom < r.QuietUntil && local.Hour() >= r.QuietFrom && t.Before(opens):
		return opens
	}
	return t
}

// fixedHolidays are the public holidays of a whole country with a fixed date, as month*100+day.
var fixedHolidays = map[string][]int{ //nolint:gochecknoglobals // a table
	"FR": {101, 501, 508, 714, 815, 1101, 1111, 1225},
	"DE": {101, 501, 1003, 1225, 1226},
	"AT": {101, 106, 501, 815, 1026, 1101, 1208, 1225, 1226},
	"BE": {101, 501, 721, 815, 1101, 1111, 1225},
	"LU": {101, 501, 509, 623, 815, 1101, 1225, 1226},
	"CH": {101, 801, 1225},
}

// movingHolidays are those that move with Easter Sunday, in days after it.
var movingHolidays = map[string][]int{ //nolint:gochecknoglobals // a table
	"FR": {1, 39, 50}, // Easter Monday, Ascension, Whit Monday
	"DE": {-2, 1, 39, 50},
	"AT": {1, 39, 50, 60},
	"BE": {1, 39, 50},
	"LU": {1, 39, 50},
	"CH": {39},
}

// Holiday reports whether the local day is a public holiday all over the country; elsewhere
// only New Year's and Christmas Day are taken for one.
func Holiday(local time.Time, country string) bool {
	fixed, ok := fixedHolidays[country]
	if !ok {
		fixed = []int{101, 1225}
	}
	if slices.Contains(fixed, int(local.Month())*100+local.Day()) {
		return true
	}
	easter := easterSunday(local.Year())
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	return slices.Contains(movingHolidays[country], int(day.Sub(easter)/(24*time.Hour)))
}

// easterSunday by the Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
func easterSunday(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
