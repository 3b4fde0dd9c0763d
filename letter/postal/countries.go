package postal

import (
	"regexp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// postcodes are the forms of postal codes as the posts of these countries publish them, a country
// in front allowed (D-10115) where people write it. Other countries' codes are taken as they are.
var postcodes = map[string]*regexp.Regexp{ //nolint:gochecknoglobals // a table that nobody writes to, compiled once
	"FR": regexp.MustCompile(`^(0[1-9]|[1-8]\d|9[0-8])\d{3}$`), // departments 01 to 98
	"DE": regexp.MustCompile(`^(DE?-)?(0[1-9]|[1-9]\d)\d{3}$`),
	"AT": regexp.MustCompile(`^(AT?-)?[1-9]\d{3}$`),
	"CH": regexp.MustCompile(`^(CH-)?[1-9]\d{3}$`),
	"BE": regexp.MustCompile(`^(BE?-)?[1-9]\d{3}$`),
	"LU": regexp.MustCompile(`^(LU?-)?\d{4}$`),
	"NL": regexp.MustCompile(`^[1-9]\d{3} ?[A-Z]{2}$`),
	"GB": regexp.MustCompile(`^(GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})$`), // BS 7666
	"IT": regexp.MustCompile(`^(IT?-)?\d{5}$`),
	"ES": regexp.MustCompile(`^(ES?-)?(0[1-9]|[1-4]\d|5[0-2])\d{3}$`), // provinces 01 to 52
}

// languageOf is the language in which the post of a country reads the country of a foreign
// address; English, which with French every post reads, where it is not known.
func languageOf(country string) string {
	switch country {
	case "DE", "AT", "CH", "LI":
		return "de"
	case "FR", "BE", "LU", "MC":
		return "fr"
	}
	return "en"
}

// CountryName is the name of a country in a language (ISO codes; CLDR), empty where there is no
// such country.
func CountryName(country, in string) string {
	region, err := language.ParseRegion(country)
	if err != nil || !region.IsCountry() || len(country) != 2 {
		return ""
	}
	names := display.Regions(language.Make(in))
	if names == nil {
		return ""
	}
	name := names.Name(region)
	if name == "" || strings.Contains(name, "unknown") {
		return ""
	}
	return name
}
