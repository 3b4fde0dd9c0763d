package campaign

import (
	"time"

	"github.com/relance/relance"
)

// scannedLetters: somebody scanned the code of a letter. Whoever orders afterwards is not followed
// up: the guards see to that, as for every event.
func scannedLetters(c *relance.Campaign, f *relance.Facts, _ time.Time) (out []relance.Instance) {
	for i := range f.Messages {
		if m := &f.Messages[i]; m.ScannedAt != nil && m.CampaignID != c.ID && of(c, f, m.ShopID) {
			out = append(out, relance.Instance{Key: letterKey(m.ID), At: *m.ScannedAt, ShopID: m.ShopID})
		}
	}
	return out
}
