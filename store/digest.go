package store

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/relance/relance"
)

// digest sums a whole record, parts included, without its version: two readings of an
// unchanged record have the same digest. doc is what was summed.
func digest(record any) (sum, doc []byte) {
	b, err := json.Marshal(record)
	if err != nil {
		panic(fmt.Sprintf("digest of %T: %v", record, err)) // nouns always marshal
	}
	all := sha256.Sum256(b)
	return all[:16], b
}

// fact is what the four kinds of synced records have in common.
type fact[T any] struct {
	ExternalID string
	Version    relance.Version
	Digest     []byte
	JSON       []byte // the record without its version
	Record     *T
}

// toFacts sums the records and keeps, of those with the same id, the latest version.
func toFacts[T any](records []T, key func(*T) (string, *relance.Version)) []fact[T] {
	at := make(map[string]int, len(records))
	out := make([]fact[T], 0, len(records))
	for i := range records {
		id, version := key(&records[i])
		v := *version
		*version = relance.Version{}
		f := fact[T]{ExternalID: id, Version: v, Record: &records[i]}
		f.Digest, f.JSON = digest(&records[i])
		*version = v
		if j, seen := at[id]; !seen {
			at[id] = len(out)
			out = append(out, f)
		} else if !older(v, out[j].Version) {
			out[j] = f
		}
	}
	return out
}

// older reports whether a must not overwrite b.
func older(a, b relance.Version) bool {
	if !a.UpdatedAt.Equal(b.UpdatedAt) {
		return a.UpdatedAt.Before(b.UpdatedAt)
	}
	return a.ReadAt.Before(b.ReadAt)
}
