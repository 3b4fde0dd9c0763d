package campaign

import "github.com/relance/relance"

// legalQuestion is what the ground for a marketing e-mail depends on.
type legalQuestion struct {
	country  string // ISO 3166-1 alpha-2 of the recipient; "" unknown
	business bool   // written to as a business, on what is work-related
	state    relance.ConsentState
	bought   bool // a sale, not cancelled, under the shop's declared notice
}

// emailLaw is a country's rule on marketing e-mail. A reminder of a cart is advertising too.
type emailLaw struct {
	// confirmed: a sign-up counts only once confirmed by a second step (double opt-in).
	confirmed bool
	// existing: customers may be written to about similar goods unless they object, where
	// they were told so when their address was collected.
	existing bool
	// businessOptOut: businesses may be written to unless they object.
	businessOptOut bool
	source         string
}

// emailLaws by country. To be confirmed by counsel; kept as data so that it can be.
var emailLaws = map[string]emailLaw{ //nolint:gochecknoglobals // a table
	"DE": {confirmed: true, existing: true, source: "UWG § 7 (2) no. 2, (3); courts ask for a proof that only double opt-in gives; businesses like consumers"},
	"AT": {confirmed: true, existing: true, source: "TKG 2021 § 174 (3), (4); businesses like consumers"},
	"CH": {confirmed: true, existing: true, source: "UWG art. 3 (1) o"},
	"FR": {existing: true, businessOptOut: true, source: "CPCE L.34-5; CNIL: opt-out for businesses where it concerns their work"},
	"BE": {existing: true, businessOptOut: true, source: "CDE art. XII.13; AR 4 April 2003 art. 1"},
	"LU": {existing: true, businessOptOut: true, source: "Law of 30 May 2005 art. 11"},
	"GB": {existing: true, businessOptOut: true, source: "PECR 2003 reg. 22 (2), (3); opt-out for corporate subscribers"},
	"NL": {existing: true, source: "Tw art. 11.7"},
	"IT": {existing: true, source: "Codice privacy art. 130"},
	"ES": {existing: true, source: "LSSI art. 21"},
}

// strictestLaw holds where the country is unknown or not in the table.
var strictestLaw = emailLaw{confirmed: true, source: "no country known: the strictest of the table, without its exceptions"} //nolint:gochecknoglobals // a constant

// ground gives the ground on which the e-mail may go, or the reason why it may not.
func ground(q legalQuestion) (relance.LegalBasis, relance.Reason) {
	law, ok := emailLaws[q.country]
	if !ok {
		law = strictestLaw
	}
	switch {
	case q.state == relance.ConsentWithdrawn || q.state == relance.ConsentRefused:
		return "", relance.ReasonObjected
	case q.state == relance.ConsentConfirmed, q.state == relance.ConsentGranted && !law.confirmed:
		return relance.BasisConsent, ""
	case law.existing && q.bought:
		return relance.BasisExistingCustomer, ""
	case q.business && law.businessOptOut:
		return relance.BasisBusiness, ""
	case law.confirmed && (q.state == relance.ConsentGranted || q.state == relance.ConsentPending):
		return "", relance.ReasonNotConfirmed
	}
	return "", relance.ReasonNoConsent
}
