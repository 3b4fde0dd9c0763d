package campaign

import (
	"sync"
	"time"
)

// countryZones are the time zones that people of a country live in (IANA tz database, zone1970.tab):
// one, or of a wide country the easternmost and the westernmost of its mainland. A country that
// is not here keeps the shop's time.
var countryZones = loadedOnce(map[string][]string{ //nolint:gochecknoglobals // a table
	"AT": {"Europe/Vienna"}, "BE": {"Europe/Brussels"}, "BG": {"Europe/Sofia"}, "CH": {"Europe/Zurich"}, "CY": {"Asia/Nicosia"}, "CZ": {"Europe/Prague"},
	"DE": {"Europe/Berlin"}, "DK": {"Europe/Copenhagen"}, "EE": {"Europe/Tallinn"}, "ES": {"Europe/Madrid"}, "FI": {"Europe/Helsinki"}, "FR": {"Europe/Paris"},
	"GB": {"Europe/London"}, "GR": {"Europe/Athens"}, "HR": {"Europe/Zagreb"}, "HU": {"Europe/Budapest"}, "IE": {"Europe/Dublin"}, "IS": {"Atlantic/Reykjavik"},
	"IT": {"Europe/Rome"}, "LI": {"Europe/Vaduz"}, "LT": {"Europe/Vilnius"}, "LU": {"Europe/Luxembourg"}, "LV": {"Europe/Riga"}, "MC": {"Europe/Monaco"},
	"MT": {"Europe/Malta"}, "NL": {"Europe/Amsterdam"}, "NO": {"Europe/Oslo"}, "PL": {"Europe/Warsaw"}, "PT": {"Europe/Lisbon"}, "RO": {"Europe/Bucharest"},
	"RS": {"Europe/Belgrade"}, "SE": {"Europe/Stockholm"}, "SI": {"Europe/Ljubljana"}, "SK": {"Europe/Bratislava"}, "TR": {"Europe/Istanbul"}, "UA": {"Europe/Kyiv"},
	"AE": {"Asia/Dubai"}, "AR": {"America/Argentina/Buenos_Aires"}, "CN": {"Asia/Shanghai"}, "CO": {"America/Bogota"}, "HK": {"Asia/Hong_Kong"}, "IL": {"Asia/Jerusalem"},
	"IN": {"Asia/Kolkata"}, "JP": {"Asia/Tokyo"}, "KR": {"Asia/Seoul"}, "MA": {"Africa/Casablanca"}, "NZ": {"Pacific/Auckland"}, "SA": {"Asia/Riyadh"},
	"SG": {"Asia/Singapore"}, "TH": {"Asia/Bangkok"}, "TN": {"Africa/Tunis"}, "TW": {"Asia/Taipei"}, "ZA": {"Africa/Johannesburg"},
	"GF": {"America/Cayenne"}, "GP": {"America/Guadeloupe"}, "MQ": {"America/Martinique"}, "RE": {"Indian/Reunion"}, "YT": {"Indian/Mayotte"}, "NC": {"Pacific/Noumea"}, "PF": {"Pacific/Tahiti"},
	"AU": {"Australia/Sydney", "Australia/Perth"}, "BR": {"America/Sao_Paulo", "America/Rio_Branco"}, "CA": {"America/St_Johns", "America/Vancouver"},
	"MX": {"America/Cancun", "America/Tijuana"}, "US": {"America/New_York", "America/Los_Angeles"},
})

// loadedOnce reads the zones of a country when they are asked for first: reading them takes longer than
// a decision.
func loadedOnce(names map[string][]string) map[string]func() []*time.Location {
	out := make(map[string]func() []*time.Location, len(names))
	for country, list := range names {
		out[country] = sync.OnceValue(func() (zones []*time.Location) {
			for _, name := range list {
				if z, err := time.LoadLocation(name); err == nil {
					zones = append(zones, z)
				}
			}
			return zones
		})
	}
	return out
}

// zonesOf are the zones in all of which it must be day for somebody of the country.
func zonesOf(country string, shop *time.Location) []*time.Location {
	if load := countryZones[country]; load != nil {
		if zones := load(); len(zones) > 0 {
			return zones
		}
	}
	if shop != nil {
		return []*time.Location{shop}
	}
	return []*time.Location{time.UTC}
}
