package prestashoptest

import (
	"slices"
	"strings"

	"github.com/relance/relance"
)

// Groups of a fresh shop.
const (
	groupGuest    = 2
	groupCustomer = 3
)

func (d *seeder) customers() {
	for _, c := range d.shop.Customers {
		x := d.customer(c)
		d.add("customers", x)
		for i, a := range c.Addresses {
			phone := ""
			if i == 0 && !slices.ContainsFunc(c.Addresses, func(a relance.Address) bool { return a.Phone == c.Phone }) {
				phone = c.Phone
			}
			y := d.address(a, x.id, phone, x.add)
			d.addresses[c.ExternalID] = append(d.addresses[c.ExternalID], y)
			d.add("addresses", y)
		}
		d.messages(c, x)
	}
}

func (d *seeder) customer(c relance.Customer) *customer {
	guest := c.Kind == relance.IdentityGuest
	x := &customer{id: d.id("customers", c.ExternalID), shop: d.s.opts.Shops[0].ID, lang: d.lang(c.Language),
		first: c.FirstName, last: c.LastName, email: c.Email, company: c.Company, note: c.Note, birthday: d.birthday(c),
		active: c.Active, deleted: c.Deleted, guest: guest, add: d.wall(c.CreatedAt), newsletterAt: wallNull,
		upd: d.updated(c.Version, c.CreatedAt), group: idOrZero("groups", c.GroupID)}
	if x.group == 0 {
		x.group = groupCustomer
		if guest {
			x.group = groupGuest
		}
	}
	switch c.Title {
	case "MR":
		x.gender = 1
	case "MRS":
		x.gender = 2
	}
	if b := c.Business; b != nil {
		x.siret, x.ape, x.site = b.SIRET, b.APE, b.Website
		x.outstanding, x.maxDays = micro(b.OutstandingLimit), int64(b.MaxPaymentDays)
		x.risk = int64(slices.Index([]string{"", "NONE", "LOW", "MEDIUM", "HIGH"}, strings.ToUpper(b.Risk)))
		x.risk = max(x.risk, 0)
	}
	d.consents(c, x)
	return x
}

func (d *seeder) birthday(c relance.Customer) wall {
	if c.Birthday == nil {
		return wallNull
	}
	return wall(c.Birthday.Unix())
}

func (d *seeder) consents(c relance.Customer, x *customer) {
	for _, k := range c.Consents {
		granted := k.State == relance.ConsentGranted || k.State == relance.ConsentConfirmed
		switch {
		case k.Channel == relance.ChannelEmail && k.Preference == "":
			x.newsletter = granted
			if granted || k.State == relance.ConsentWithdrawn {
				x.newsletterAt = d.wallPtr(k.Since)
				if k.Since == nil {
					x.newsletterAt = x.add
				}
			}
		case k.Preference == "partners":
			x.optin = granted
		}
	}
}

func (d *seeder) address(a relance.Address, customer int64, phone string, at wall) *address {
	country := d.country(a.CountryCode)
	alias := map[relance.AddressKind]string{relance.AddressHome: "Home", relance.AddressWork: "Work",
		relance.AddressBilling: "Billing", relance.AddressDelivery: "Delivery"}[a.Kind]
	return &address{id: d.id("addresses", a.ExternalID), customer: customer, country: country, state: d.region(a.Region, country),
		alias: orDefault(alias, "My address"), company: a.Company, first: a.FirstName, last: a.LastName, vat: a.VATNumber,
		line1: a.Line1, line2: a.Line2, postcode: a.PostalCode, city: a.City, phone: a.Phone, cell: phone, add: at, upd: at}
}

// messages makes the threads of a customer with their messages.
func (d *seeder) messages(c relance.Customer, x *customer) {
	threads := map[string]*record{}
	for _, m := range c.Messages {
		at := date(d.wall(m.At))
		th := threads[m.ThreadID]
		if th == nil {
			th = &record{d.id("customer_threads", m.ThreadID), map[string]value{"id_lang": num(x.lang), "id_shop": num(x.shop),
				"id_customer": num(x.id), "id_order": nullInt(idOrZero("orders", m.OrderID)), "id_contact": num(1),
				"email": str(x.email), "token": str("tok000000000"), "status": str("open"), "date_add": at, "date_upd": at}}
			threads[m.ThreadID] = th
			d.add("customer_threads", th)
		}
		th.vals["date_upd"] = at
		employee := int64(0)
		if !m.FromCustomer {
			employee = 1
		}
		d.add("customer_messages", &record{d.id("customer_messages", m.ExternalID), map[string]value{"id_employee": num(employee),
			"id_product": str(""), "id_customer_thread": num(th.id), "message": str(m.Text), "private": flag(m.Private),
			"date_add": at, "date_upd": at}})
	}
}

// nullInt is how a nullable id without a value looks: "".
func nullInt(n int64) value {
	if n == 0 {
		return str("")
	}
	return num(n)
}
