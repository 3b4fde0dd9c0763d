package campaign

import "github.com/relance/relance"

// letterQuestion is what the ground for an advertising letter depends on.
type letterQuestion struct {
	country   string // ISO 3166-1 alpha-2 of the recipient; "" unknown
	state     relance.ConsentState
	bought    bool // a sale, not cancelled
	prospects bool // the campaign's balancing test covers people who never bought
}

// letterLaws names the countries where letters may go without a consent, until somebody objects,
// and why. To be confirmed by counsel; kept as data so that it can be.
var letterLaws = map[string]string{ //nolint:gochecknoglobals // a table
	"DE": "GDPR 6 (1) f, recital 47; UWG § 7 (1): post is allowed unless it is recognisably unwanted",
	"AT": "GDPR 6 (1) f, recital 47; TKG 2021 § 174 covers electronic messages only",
	"CH": "DSG art. 30, 31; UWG art. 3 (1) u: not against a note in the register",
	"FR": "GDPR 6 (1) f; CNIL on post: told beforehand, free to object",
	"BE": "GDPR 6 (1) f; right to object by art. 21 (2)",
	"LU": "GDPR 6 (1) f; right to object by art. 21 (2)",
	"NL": "GDPR 6 (1) f; right to object by art. 21 (2)",
	"GB": "UK GDPR 6 (1) f; PECR covers electronic messages only",
	"IT": "GDPR 6 (1) f; Codice privacy art. 130 (3-bis): not against the register of objections",
	"ES": "GDPR 6 (1) f; LOPDGDD art. 23: not against a list of advertising exclusion",
}

// letterGround gives the ground on which a letter may go, or the reason why it may not. Where the
// country is unknown or not in the table, only a consent is one.
func letterGround(q letterQuestion) (relance.LegalBasis, relance.Reason) {
	_, lawful := letterLaws[q.country]
	switch {
	case q.state == relance.ConsentWithdrawn || q.state == relance.ConsentRefused:
		return "", relance.ReasonObjected
	case q.state == relance.ConsentConfirmed || q.state == relance.ConsentGranted:
		return relance.BasisConsent, ""
	case !lawful:
		return "", relance.ReasonNoConsent
	case q.bought || q.prospects:
		return relance.BasisInterest, ""
	}
	return "", relance.ReasonNeverBought
}
