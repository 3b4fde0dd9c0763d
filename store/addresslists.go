package store

import (
	"cmp"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// recordAddress is an address of a record as it is listed.
type recordAddress struct {
	relance.ProfileAddress
	customer uuid.UUID
	written  relance.Address // as letters write it: with the record's names where it has none
}

// queueAddresses reads the addresses of the shops, and those that somebody took from what the post
// reported: these come first, for as long as the shop has the one that they stand in for.
func (f *filler) queueAddresses(b *pgx.Batch) {
	of := map[uuid.UUID][]recordAddress{}
	a := f.args()
	b.Queue(`SELECT i.profile_id, c.id, c.first_name, c.last_name, c.source_id, s.kind, x.external_id, x.kind, x.first_name, x.last_name, x.company, x.line1, x.line2, x.postal_code,
			x.city, x.region, x.country_code, x.phone, x.vat_number
		FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN sources s ON s.merchant_id = $1 AND s.id = c.source_id
		JOIN addresses x ON x.merchant_id = $1 AND x.customer_id = c.id
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`+f.recordInScope(a)+`
		ORDER BY i.profile_id, c.deleted_at IS NOT NULL, c.kind <> 'MANUAL', c.source_updated_at DESC, c.id, x.position`, a.list...).Query(func(rows pgx.Rows) error {
		var profile, customer, source uuid.UUID
		var kind relance.SourceKind
		var first, last string
		var x relance.Address
		_, err := pgx.ForEachRow(rows, []any{&profile, &customer, &first, &last, &source, &kind, &x.ExternalID, &x.Kind, &x.FirstName, &x.LastName, &x.Company, &x.Line1, &x.Line2,
			&x.PostalCode, &x.City, &x.Region, &x.CountryCode, &x.Phone, &x.VATNumber}, func() error {
			of[profile] = append(of[profile], recordAddress{relance.ProfileAddress{Address: x, Source: f.sourceRef(source, kind)}, customer, named(x, first, last)})
			return nil
		})
		return err
	})
	b.Queue(takenAddresses, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var list []factTaken
		if err := rowsInto(&list)(rows); err != nil {
			return err
		}
		for i := range list {
			of[list[i].ProfileID] = take(of[list[i].ProfileID], &list[i].TakenAddress)
		}
		for profile, addresses := range of {
			for _, x := range addresses {
				f.at[profile].Addresses = append(f.at[profile].Addresses, x.ProfileAddress)
			}
		}
		return nil
	})
}

// named is an address with a record's names where it has none.
func named(a relance.Address, first, last string) relance.Address {
	a.FirstName, a.LastName = cmp.Or(a.FirstName, first), cmp.Or(a.LastName, last)
	return a
}

// take puts an address that was taken in front of those of its record, where that still has the one
// that it stands in for.
func take(list []recordAddress, t *relance.TakenAddress) []recordAddress {
	for i := range list {
		x := &list[i]
		if x.customer != t.CustomerID || x.written.Key() != t.InsteadOf {
			continue
		}
		x.Replaced = true
		a := t.For(x.written)
		a.Kind = x.Kind
		return append([]recordAddress{{relance.ProfileAddress{Address: a, Source: x.Source, TakenAt: &t.TakenAt}, t.CustomerID, a}}, list...)
	}
	return list
}
