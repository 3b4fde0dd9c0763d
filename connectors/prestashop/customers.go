package prestashop

import (
	"strconv"
	"strings"
	"time"

	"github.com/relance/relance"
)

// customerRow is what is read of a customer. Passwords and keys are never asked for.
type customerRow struct {
	ID             text `json:"id"`
	Group          text `json:"id_default_group"`
	Lang           text `json:"id_lang"`
	NewsletterDate text `json:"newsletter_date_add"`
	Deleted        text `json:"deleted"`
	LastName       text `json:"lastname"`
	FirstName      text `json:"firstname"`
	Email          text `json:"email"`
	Gender         text `json:"id_gender"`
	Birthday       text `json:"birthday"`
	Newsletter     text `json:"newsletter"`
	OptIn          text `json:"optin"`
	Website        text `json:"website"`
	Company        text `json:"company"`
	SIRET          text `json:"siret"`
	APE            text `json:"ape"`
	Outstanding    text `json:"outstanding_allow_amount"`
	Risk           text `json:"id_risk"`
	PaymentDays    text `json:"max_payment_days"`
	Active         text `json:"active"`
	Note           text `json:"note"`
	Guest          text `json:"is_guest"`
	Added          text `json:"date_add"`
	Updated        text `json:"date_upd"`
}

func (r customerRow) number() int64   { return idRow{r.ID}.number() }
func (r customerRow) changedAt() text { return r.Updated }

func customerListing() listing {
	return listing{resource: "customers", extra: params{"date": "1"}, fields: []string{"id", "id_default_group", "id_lang",
		"newsletter_date_add", "deleted", "lastname", "firstname", "email", "id_gender", "birthday", "newsletter", "optin",
		"website", "company", "siret", "ape", "outstanding_allow_amount", "id_risk", "max_payment_days", "active", "note",
		"is_guest", "date_add", "date_upd"}}
}

// customerPlan pulls customers: by id at first, later by their own date, then those
// whose addresses changed, then those who wrote or were written to.
func customerPlan() plan {
	return plan{
		resource: "customers",
		all: func(r *run) (bool, error) {
			got, done, err := walkAll[customerRow](r.ctx, r.c.client, customerListing(), r.cur, r.c.opts.PageSize)
			if err != nil {
				return false, err
			}
			return done, r.addCustomers(got)
		},
		changed: []phase{
			{"customers", func(r *run) (bool, error) {
				got, done, err := walkChanged[customerRow](r.ctx, r.c.client, customerListing(), "date_upd", r.cur, r.c.opts.PageSize)
				if err != nil {
					return false, err
				}
				return done, r.addCustomers(got)
			}},
			{"addresses", changedAddresses},
			{"messages", changedMessages},
		},
	}
}

// changedAddresses reads the customers again whose addresses changed: an address does
// not touch its customer.
func changedAddresses(r *run) (bool, error) {
	got, done, err := walkChanged[addressRow](r.ctx, r.c.client, listing{resource: "addresses",
		fields: []string{"id", "id_customer", "date_upd"}}, "date_upd", r.cur, r.c.opts.PageSize)
	if readable, err := r.missing.optional("addresses", err); !readable {
		return err == nil, err
	}
	var ids []int64
	for _, a := range got.rows {
		ids = append(ids, idRow{a.Customer}.number())
	}
	return done, r.customersAgain(ids)
}

// customersAgain reads customers whole that another list points at.
func (r *run) customersAgain(ids []int64) error {
	ids, err := r.notInWindow("customers", ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	got, err := listByIDs[customerRow](r.ctx, r.c.client, customerListing(), "id", ids)
	if err != nil {
		return err
	}
	return r.addCustomers(got)
}

// addCustomers puts rows onto the page as whole customers, with what hangs on them.
func (r *run) addCustomers(got rowsOf[customerRow]) error {
	r.page.Rejected = append(r.page.Rejected, rejected(relance.KindCustomers, got.bad)...)
	var ids []int64
	seen := map[int64]bool{}
	var people []relance.Customer
	for _, row := range got.rows {
		v := &reader{clock: r.refs.clock}
		c := r.customer(v, row, got.readAt)
		id := row.number()
		switch {
		case v.failed():
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindCustomers, id))
		case !seen[id]:
			seen[id] = true
			ids = append(ids, id)
			people = append(people, c)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	addresses, err := r.addressesOf(ids)
	if err != nil {
		return err
	}
	messages, err := r.messagesOf(ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		people[i].Addresses = addresses[id].list
		people[i].Phone = addresses[id].phone
		people[i].Business = withVAT(people[i].Business, addresses[id].vat)
		people[i].Messages = messages[id]
	}
	r.page.Customers = append(r.page.Customers, people...)
	return nil
}

// customer makes a customer of a row; the reader tells what made no sense.
func (r *run) customer(v *reader, row customerRow, readAt time.Time) relance.Customer {
	id := v.id("id", row.ID)
	if id == 0 {
		v.fail("id", "ID_MISSING")
	}
	group := v.id("id_default_group", row.Group)
	c := relance.Customer{
		ExternalID: ref(id),
		Version:    v.version("date_upd", row.Updated, readAt),
		Kind:       relance.IdentityCustomer,
		Active:     v.bool("active", row.Active),
		Deleted:    v.bool("deleted", row.Deleted),
		Email:      v.name("email", row.Email, maxName),
		Title:      title(v.int("id_gender", row.Gender)),
		FirstName:  v.name("firstname", row.FirstName, maxName),
		LastName:   v.name("lastname", row.LastName, maxName),
		Company:    v.name("company", row.Company, maxName),
		Language:   r.refs.languages[v.id("id_lang", row.Lang)],
		Birthday:   v.day("birthday", row.Birthday),
		GroupID:    ref(group),
		GroupName:  r.refs.groups[group],
		Note:       v.prose("note", row.Note, maxNote),
		CreatedAt:  v.time("date_add", row.Added),
		Business:   business(v, row),
		Consents:   consents(v, row.Newsletter, row.NewsletterDate, row.OptIn),
	}
	if v.bool("is_guest", row.Guest) {
		c.Kind = relance.IdentityGuest
	}
	return c
}

// title reads id_gender, which a fresh shop numbers 1 Mr and 2 Mrs.
func title(gender int64) string {
	switch gender {
	case 1:
		return "MR"
	case 2:
		return "MRS"
	}
	return ""
}

// business gathers the fields of B2B mode; nil where all are empty.
func business(v *reader, row customerRow) *relance.Business {
	b := relance.Business{
		SIRET:            v.name("siret", row.SIRET, 20),
		APE:              v.name("ape", row.APE, 10),
		Website:          v.name("website", row.Website, maxName),
		OutstandingLimit: v.amount("outstanding_allow_amount", row.Outstanding),
		MaxPaymentDays:   int(v.int("max_payment_days", row.PaymentDays)),
		Risk:             risk(v.int("id_risk", row.Risk)),
	}
	if b.SIRET == "" && b.APE == "" && b.Website == "" && b.OutstandingLimit.IsZero() && b.MaxPaymentDays == 0 && b.Risk == "" {
		return nil
	}
	return &b
}

// risk names id_risk as a fresh shop does; others keep their number.
func risk(id int64) string {
	switch id {
	case 0:
		return ""
	case 1:
		return "NONE"
	case 2:
		return "LOW"
	case 3:
		return "MEDIUM"
	case 4:
		return "HIGH"
	}
	return strconv.FormatInt(id, 10)
}

func withVAT(b *relance.Business, number string) *relance.Business {
	if number == "" {
		return b
	}
	if b == nil {
		b = &relance.Business{}
	}
	b.VATNumber = number
	return b
}

// addressRow is what is read of an address.
type addressRow struct {
	ID        text `json:"id"`
	Customer  text `json:"id_customer"`
	Country   text `json:"id_country"`
	Region    text `json:"id_state"`
	Alias     text `json:"alias"`
	Company   text `json:"company"`
	LastName  text `json:"lastname"`
	FirstName text `json:"firstname"`
	VAT       text `json:"vat_number"`
	Line1     text `json:"address1"`
	Line2     text `json:"address2"`
	Postcode  text `json:"postcode"`
	City      text `json:"city"`
	Phone     text `json:"phone"`
	Mobile    text `json:"phone_mobile"`
	Deleted   text `json:"deleted"`
	Updated   text `json:"date_upd"`
}

func (r addressRow) number() int64   { return idRow{r.ID}.number() }
func (r addressRow) changedAt() text { return r.Updated }

func addressListing() listing {
	return listing{resource: "addresses", fields: []string{"id", "id_customer", "id_country", "id_state", "alias", "company",
		"lastname", "firstname", "vat_number", "address1", "address2", "postcode", "city", "phone", "phone_mobile", "deleted"}}
}

// customerAddresses is what the addresses of one customer give.
type customerAddresses struct {
	list       []relance.Address
	phone, vat string
}

// addressesOf reads the addresses of some customers; deleted ones are left out.
func (r *run) addressesOf(customers []int64) (map[int64]customerAddresses, error) {
	if r.missing.skip("addresses") {
		return nil, nil
	}
	got, err := listByIDs[addressRow](r.ctx, r.c.client, addressListing(), "id_customer", customers)
	if readable, err := r.missing.optional("addresses", err); !readable {
		return nil, err
	}
	out := map[int64]customerAddresses{}
	for _, row := range got.rows {
		v := &reader{clock: r.refs.clock}
		a := r.address(v, row)
		customer := v.id("id_customer", row.Customer)
		if v.failed() {
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindCustomers, customer))
			continue
		}
		if yes(row.Deleted) {
			continue
		}
		mine := out[customer]
		mine.list = append(mine.list, a)
		if mine.phone == "" {
			mine.phone = a.Phone
		}
		if mine.vat == "" {
			mine.vat = a.VATNumber
		}
		out[customer] = mine
	}
	return out, nil
}

func (r *run) address(v *reader, row addressRow) relance.Address {
	a := relance.Address{
		ExternalID:  ref(v.id("id", row.ID)),
		Kind:        addressKind(string(row.Alias)),
		FirstName:   v.name("firstname", row.FirstName, maxName),
		LastName:    v.name("lastname", row.LastName, maxName),
		Company:     v.name("company", row.Company, maxName),
		Line1:       v.name("address1", row.Line1, maxName),
		Line2:       v.name("address2", row.Line2, maxName),
		PostalCode:  v.name("postcode", row.Postcode, 32),
		City:        v.name("city", row.City, maxName),
		Region:      r.refs.regions[v.id("id_state", row.Region)],
		CountryCode: r.refs.countries[v.id("id_country", row.Country)],
		Phone:       v.name("phone_mobile", row.Mobile, 64),
		VATNumber:   v.name("vat_number", row.VAT, 64),
	}
	if a.Phone == "" {
		a.Phone = v.name("phone", row.Phone, 64)
	}
	return a
}

// addressKind guesses from the name that the customer gave an address.
func addressKind(alias string) relance.AddressKind {
	alias = strings.ToLower(alias)
	for _, k := range []struct {
		kind  relance.AddressKind
		words string
	}{
		{relance.AddressHome, "home maison domicile chez zuhause privat"},
		{relance.AddressWork, "work office bureau travail büro arbeit firma"},
		{relance.AddressBilling, "billing invoice facturation facture rechnung"},
		{relance.AddressDelivery, "delivery shipping livraison lieferung versand"},
	} {
		for w := range strings.FieldsSeq(k.words) {
			if strings.Contains(alias, w) {
				return k.kind
			}
		}
	}
	return relance.AddressOther
}
