package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// jsonColumn encodes a field of every record for a jsonb[] parameter.
func jsonColumn[T any](facts []fact[T], f func(*T) any) ([]json.RawMessage, error) {
	out := make([]json.RawMessage, len(facts))
	for i := range facts {
		b, err := json.Marshal(f(facts[i].Record))
		if err != nil {
			return nil, fmt.Errorf("encode: %w", err)
		}
		out[i] = b
	}
	return out, nil
}

// notNil makes an absent list an empty one.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
