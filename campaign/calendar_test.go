package campaign

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/relance/relance"
)

func TestEaster(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{1900: "04-15", 1913: "03-23", 1943: "04-25", 1961: "04-02", 1981: "04-19", 2000: "04-23", 2008: "03-23", 2011: "04-24",
		2019: "04-21", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2038: "04-25", 2100: "03-28"} {
		if got := easterSunday(year).Format("01-02"); got != want {
			t.Errorf("Easter %d is %s, want %s", year, got, want)
		}
	}
	for year := 1900; year <= 2100; year++ {
		e := easterSunday(year)
		if day := e.Format("01-02"); e.Weekday() != time.Sunday || day < "03-22" || day > "04-25" {
			t.Errorf("Easter %d is %s", year, e.Format(time.RFC1123))
		}
	}
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	// In 2026 Easter is 5 April.
	want := map[string][]string{
		"FR": {"01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"},
		"DE": {"01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"},
		"AT": {"01-01", "01-06", "04-06", "05-01", "05-14", "05-25", "06-04", "08-15", "10-26", "11-01", "12-08", "12-25", "12-26"},
		"BE": {"01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"},
		"LU": {"01-01", "04-06", "05-01", "05-09", "05-14", "05-25", "06-23", "08-15", "11-01", "12-25", "12-26"},
		"CH": {"01-01", "05-14", "08-01", "12-25"},
		"XX": {"01-01", "12-25"},
		"":   {"01-01", "12-25"},
	}
	for country, days := range want {
		i := 0
		for d := time.Date(2026, 1, 1, 12, 0, 0, 0, paris); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
			is := i < len(days) && days[i] == d.Format("01-02")
			if is {
				i++
			}
			if Holiday(d, country) != is {
				t.Errorf("%q %s: holiday %t, want %t", country, d.Format("01-02"), !is, is)
			}
		}
	}
}

func TestNextOpen(t *testing.T) {
	t.Parallel()
	night := relance.SendingRules{QuietFrom: 20, QuietUntil: 8}
	siesta := relance.SendingRules{QuietFrom: 12, QuietUntil: 14}
	small := relance.SendingRules{QuietFrom: 0, QuietUntil: 3}
	never := relance.SendingRules{QuietFrom: 8, QuietUntil: 8}
	for _, x := range []struct {
		name, zone, country string
		rules               relance.SendingRules
		at, want            string // local
	}{
		{"by day", "Europe/Paris", "FR", night, "2026-06-16 12:00", "2026-06-16 12:00"},
		{"in the evening", "Europe/Paris", "FR", night, "2026-06-16 20:00", "2026-06-17 08:00"},
		{"just before the evening", "Europe/Paris", "FR", night, "2026-06-16 19:59", "2026-06-16 19:59"},
		{"in the early morning", "Europe/Paris", "FR", night, "2026-06-16 07:59", "2026-06-16 08:00"},
		{"as the night ends", "Europe/Paris", "FR", night, "2026-06-16 08:00", "2026-06-16 08:00"},
		{"quiet at noon", "Europe/Paris", "FR", siesta, "2026-06-16 12:00", "2026-06-16 14:00"},
		{"before it", "Europe/Paris", "FR", siesta, "2026-06-16 11:59", "2026-06-16 11:59"},
		{"after it", "Europe/Paris", "FR", siesta, "2026-06-16 14:00", "2026-06-16 14:00"},
		{"no quiet hours", "Europe/Paris", "FR", never, "2026-06-16 03:00", "2026-06-16 03:00"},
		{"no quiet hours, but Sunday", "Europe/Paris", "FR", never, "2026-06-14 03:00", "2026-06-15 00:00"},
		{"Saturday evening", "Europe/Paris", "FR", night, "2026-06-13 21:00", "2026-06-15 08:00"},
		{"Easter in Germany, from Thursday evening", "Europe/Berlin", "DE", night, "2026-04-02 20:00", "2026-04-04 08:00"},
		{"Easter in France, from Saturday evening", "Europe/Paris", "FR", night, "2026-04-04 20:00", "2026-04-07 08:00"},
		{"Christmas, Saint Stephen and Sunday", "Europe/Berlin", "DE", night, "2026-12-24 20:30", "2026-12-28 08:00"},
		{"Christmas in France", "Europe/Paris", "FR", night, "2026-12-24 20:30", "2026-12-26 08:00"},
		{"Christmas in Vienna", "Europe/Vienna", "AT", night, "2027-12-24 20:30", "2027-12-27 08:00"},
		{"New Year and Sunday", "Europe/Paris", "FR", night, "2027-12-31 23:00", "2028-01-03 08:00"},
		{"the clocks go forward on a quiet Sunday", "Europe/Paris", "FR", night, "2026-03-28 21:00", "2026-03-30 08:00"},
		{"the clocks go back on a quiet Sunday", "Europe/Paris", "FR", night, "2026-10-24 21:00", "2026-10-26 08:00"},
		{"a day without its midnight", "Africa/Cairo", "EG", small, "2026-04-24 01:30", "2026-04-24 03:00"},
		{"a night in New York", "America/New_York", "US", night, "2026-06-16 23:00", "2026-06-17 08:00"},
	} {
		z := zone(x.zone)
		at, err := time.ParseInLocation("2006-01-02 15:04", x.at, z)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextOpen(at.UTC(), []*time.Location{z}, x.country, x.rules).In(z).Format("2006-01-02 15:04"); got != x.want {
			t.Errorf("%s: from %s comes %s, want %s", x.name, x.at, got, x.want)
		}
	}
	if got := nextOpen(tuesday, nil, "FR", night); !got.Equal(tuesday) {
		t.Errorf("without a zone: %v", got)
	}
}

// isQuiet is the rule as one would say it.
func isQuiet(local time.Time, country string, r relance.SendingRules) bool {
	h := local.Hour()
	quiet := false
	for hour := r.QuietFrom; hour != r.QuietUntil; hour = (hour + 1) % 24 {
		quiet = quiet || h == hour
	}
	return quiet || local.Weekday() == time.Sunday || Holiday(local, country)
}

func TestTheNextOpenTimeIsOpenAndTheFirst(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{paris, zone("UTC"), zone("America/New_York"), zone("Asia/Kolkata"), zone("Africa/Cairo"), zone("America/Santiago"), zone("Asia/Beirut"), zone("Australia/Lord_Howe")}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		country := rapid.SampledFrom([]string{"FR", "DE", "AT", "BE", "LU", "CH", "", "US"}).Draw(t, "country")
		r := relance.SendingRules{QuietFrom: rapid.IntRange(0, 23).Draw(t, "from"), QuietUntil: rapid.IntRange(0, 23).Draw(t, "until")}
		at := time.Unix(rapid.Int64Range(1_700_000_000, 2_000_000_000).Draw(t, "at"), 0)
		got := nextOpen(at, []*time.Location{z}, country, r)
		if got.Before(at) {
			t.Fatalf("%v is before %v", got, at)
		}
		if isQuiet(got.In(z), country, r) {
			t.Fatalf("%v is quiet", got.In(z))
		}
		for q := at; q.Before(got); q = q.Add(10 * time.Minute) {
			if !isQuiet(q.In(z), country, r) {
				t.Fatalf("from %v: %v was open before %v", at.In(z), q.In(z), got.In(z))
			}
		}
	})
}

func TestPlanVoucher(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, zone, country, now string
		days                     int
		from, until              string
	}{
		{"thirty days", "Europe/Paris", "FR", "2026-06-16T10:00:00Z", 30, "2026-06-14T22:00:00Z", "2026-07-16T21:59:59Z"},
		{"moved off a Sunday", "Europe/Paris", "FR", "2026-06-16T10:00:00Z", 5, "2026-06-14T22:00:00Z", "2026-06-22T21:59:59Z"},
		{"moved off Christmas and the Sunday after it", "Europe/Berlin", "DE", "2026-12-15T10:00:00Z", 10, "2026-12-13T23:00:00Z", "2026-12-28T22:59:59Z"},
		{"over a change of the clocks", "Europe/Paris", "FR", "2026-03-20T10:00:00Z", 20, "2026-03-18T23:00:00Z", "2026-04-09T21:59:59Z"},
		{"by the shop's day, not by ours", "America/New_York", "US", "2026-06-17T02:00:00Z", 1, "2026-06-15T04:00:00Z", "2026-06-18T03:59:59Z"},
	} {
		now, err := time.Parse(time.RFC3339, x.now)
		if err != nil {
			t.Fatal(err)
		}
		v := PlanVoucher(&relance.Offer{Kind: relance.VoucherPercent, Value: dec("10"), ValidDays: x.days}, "EUR", zone(x.zone), x.country, now)
		if from, until := v.ValidFrom.Format(time.RFC3339), v.ValidUntil.Format(time.RFC3339); from != x.from || until != x.until {
			t.Errorf("%s: %s to %s, want %s to %s", x.name, from, until, x.from, x.until)
		}
	}
	if v := PlanVoucher(&relance.Offer{Currency: "CHF", ValidDays: 1}, "EUR", paris, "FR", tuesday); v.Currency != "CHF" {
		t.Errorf("the offer's own currency became %s", v.Currency)
	}
}
