// Package wire holds the few types of the API that are no nouns of the product.
package wire

import "github.com/relance/relance"

// ProfileOrder is how a caller wants profiles sorted.
type ProfileOrder struct {
	Field     relance.OrderField
	Direction string
	Currency  *string
}

// Order gives it in the product's own words; nil is the default.
func (o *ProfileOrder) Order() relance.ProfileOrder {
	if o == nil {
		return relance.ProfileOrder{}
	}
	out := relance.ProfileOrder{Field: o.Field, Descending: o.Direction == "DESC"}
	if o.Currency != nil {
		out.Currency = *o.Currency
	}
	return out
}

// UserError is something the caller can mend.
type UserError struct {
	Code    string
	Field   *string
	Message string
	Cause   *relance.Sentence
}

// Habits lends a profile's habits to the schema's shape.
type Habits struct {
	Rows map[relance.HabitKind][]relance.Habit
}
