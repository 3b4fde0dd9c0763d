package relance

import "github.com/google/uuid"

// Claim hints at long work that waits for a worker: an export, an import, a change of many people, an erasure. Its row
// says what is to be done.
type Claim struct {
	MerchantID uuid.UUID
	ID         uuid.UUID
	Claims     int64 // how often the work was taken up, as the row said; a claim that is not the latest does nothing
}
