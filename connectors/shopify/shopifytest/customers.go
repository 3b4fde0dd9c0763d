package shopifytest

import (
	"strings"
	"time"

	"github.com/relance/relance"
)

// customer is a row of customers.
type customer struct {
	relance.Customer
	stamps
	id int64
}

func newCustomer(c relance.Customer, now time.Time) *customer {
	return &customer{Customer: c, stamps: newStamps(c.CreatedAt, c.Version.UpdatedAt, now), id: number(c.ExternalID)}
}

func (*customer) typeName() string { return "Customer" }
func (c *customer) rowID() int64   { return c.id }
func (c *customer) at() stamps     { return c.stamps }

func (c *customer) word(name string) string {
	switch name {
	case "email":
		return c.Email
	case "state":
		return c.state()
	default:
		return strings.Join(c.Tags, ",")
	}
}

func (c *customer) state() string {
	if c.Kind == relance.IdentityGuest || !c.Active {
		return "DISABLED"
	}
	return "ENABLED"
}

func (c *customer) field(x *run, f field) any {
	switch f.name {
	case "id":
		return gid("Customer", c.id)
	case "legacyResourceId":
		return gid("Customer", c.id)[len("gid://shopify/Customer/"):]
	case "firstName":
		return orNull(c.FirstName)
	case "lastName":
		return orNull(c.LastName)
	case "displayName":
		return strings.TrimSpace(c.FirstName + " " + c.LastName)
	case "locale":
		return c.Language
	case "state":
		return c.state()
	case "verifiedEmail":
		return c.Email != ""
	case "note":
		return orNull(c.Note)
	case "tags":
		return c.Tags
	case "createdAt":
		return stamp(c.created)
	case "updatedAt":
		return stamp(c.updated)
	default:
		return c.contact(x, f)
	}
}

func (c *customer) contact(x *run, f field) any {
	switch f.name {
	case "defaultEmailAddress":
		if c.Email == "" {
			return nil
		}
		state, level, since := marketing(c.Consents, relance.ChannelEmail, "INVALID", "NOT_SUBSCRIBED")
		return record{"CustomerEmailAddress", map[string]any{
			"emailAddress": c.Email, "validFormat": strings.Contains(c.Email, "@"),
			"marketingState": state, "marketingOptInLevel": level, "marketingUpdatedAt": since,
		}}
	case "defaultPhoneNumber":
		if c.Phone == "" {
			return nil
		}
		state, level, since := marketing(c.Consents, relance.ChannelSMS, "REDACTED", "NEVER_SUBSCRIBED")
		return record{"CustomerPhoneNumber", map[string]any{
			"phoneNumber":         c.Phone,
			"smsMarketingConsent": record{"CustomerSmsMarketingConsent", map[string]any{"state": state, "optInLevel": level, "updatedAt": since}},
		}}
	case "defaultAddress":
		if len(c.Addresses) == 0 {
			return nil
		}
		return address{&c.Addresses[0], c.id}
	case "addressesV2":
		all := make([]any, len(c.Addresses))
		for i := range c.Addresses {
			all[i] = address{&c.Addresses[i], c.id}
		}
		return x.nested("MailingAddress", all, f.args)
	default:
		return nil
	}
}

// marketing turns a consent into Shopify's state, opt-in level and date.
func marketing(list []relance.Consent, channel relance.ConsentChannel, refused, none string) (state, level, since any) {
	for _, c := range list {
		if c.Channel != channel {
			continue
		}
		since = stampOf(c.Since)
		switch c.State {
		case relance.ConsentConfirmed:
			return "SUBSCRIBED", "CONFIRMED_OPT_IN", since
		case relance.ConsentGranted:
			return "SUBSCRIBED", "SINGLE_OPT_IN", since
		case relance.ConsentPending:
			return "PENDING", "CONFIRMED_OPT_IN", since
		case relance.ConsentWithdrawn:
			return "UNSUBSCRIBED", "SINGLE_OPT_IN", since
		case relance.ConsentRefused:
			return refused, nil, since
		}
	}
	return none, nil, nil
}

// address is a mailing address of a customer or an order.
type address struct {
	*relance.Address
	owner int64
}

func (address) typeName() string { return "MailingAddress" }

func (a address) field(_ *run, f field) any {
	switch f.name {
	case "id":
		id := a.owner
		if a.ExternalID != "" {
			id = number(a.ExternalID)
		}
		return gid("MailingAddress", id) + "?model_name=CustomerAddress"
	case "name":
		return orNull(strings.TrimSpace(a.FirstName + " " + a.LastName))
	case "firstName":
		return orNull(a.FirstName)
	case "lastName":
		return orNull(a.LastName)
	case "company":
		return orNull(a.Company)
	case "address1":
		return orNull(a.Line1)
	case "address2":
		return orNull(a.Line2)
	case "city":
		return orNull(a.City)
	case "province", "provinceCode":
		return orNull(a.Region)
	case "zip":
		return orNull(a.PostalCode)
	case "country", "countryCodeV2":
		return orNull(a.CountryCode)
	case "phone":
		return orNull(a.Phone)
	default:
		return nil
	}
}
