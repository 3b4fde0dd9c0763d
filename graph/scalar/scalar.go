// Package scalar writes and reads the API's own scalars.
package scalar

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// MarshalDecimal writes an exact number as a string, with at least two decimals.
func MarshalDecimal(d decimal.Decimal) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		s := d.String()
		if -d.Exponent() < 2 || fewDecimals(s) {
			s = d.StringFixed(2)
		}
		_, _ = io.WriteString(w, strconv.Quote(s))
	})
}

// fewDecimals reports whether s shows fewer than two decimals.
func fewDecimals(s string) bool {
	for i := range s {
		if s[i] == '.' {
			return len(s)-i-1 < 2
		}
	}
	return true
}

// UnmarshalDecimal reads a decimal given as a string or a number.
func UnmarshalDecimal(v any) (decimal.Decimal, error) {
	switch v := v.(type) {
	case string:
		return amount(v)
	case int64:
		return decimal.NewFromInt(v), nil
	case int:
		return decimal.NewFromInt(int64(v)), nil
	case fmt.Stringer: // json.Number
		return amount(v.String())
	case float64: // a literal in the document
		return amount(strconv.FormatFloat(v, 'f', -1, 64))
	}
	return decimal.Decimal{}, fmt.Errorf("a Decimal is a string such as \"12.50\"")
}

// amount reads what the caller wrote: what is wrong with it is theirs to mend.
func amount(s string) (decimal.Decimal, error) {
	d, err := relance.ParseAmount(s)
	if err != nil {
		return d, relance.WrapError(relance.CodeBadInput, err, "a Decimal is a plain number such as \"12.50\"")
	}
	return d, nil
}

// MarshalDate writes a calendar day.
func MarshalDate(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(t.Format(time.DateOnly))) })
}

// UnmarshalDate reads a calendar day.
func UnmarshalDate(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, fmt.Errorf("a Date is a string such as \"2026-11-21\"")
	}
	return time.Parse(time.DateOnly, s)
}

// MarshalFilterValue writes a filter as JSON in the shape of the input ProfileFilter.
func MarshalFilterValue(f relance.Filter) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _ = json.NewEncoder(w).Encode(f) })
}

// UnmarshalFilterValue exists because scalars need one; filters come in as ProfileFilter.
func UnmarshalFilterValue(any) (relance.Filter, error) {
	return relance.Filter{}, relance.Errorf(relance.CodeBadInput, "give a ProfileFilter")
}
