package shopify

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

func customerResource() resource {
	return resource{
		kind: relance.KindCustomers, typ: "Customer", sortKey: "UPDATED_AT", scope: "read_customers", first: 100,
		page:     load(902, "customers_page", "customer_fields", "address_fields"),
		nodes:    load(900, "customers_nodes", "customer_fields", "address_fields"),
		children: load(60, "customers_children", "address_fields"),
		tail:     load(10, "customers_tail"),
		ids:      load(260, "customers_ids"),
		bulk:     load(10, "customers_bulk"),
		newNode:  func() node { return &customerNode{} },
		finish:   finishCustomers,
	}
}

// customerNode is a customer as Shopify writes it.
type customerNode struct {
	ID        string   `json:"id"`
	FirstName string   `json:"firstName"`
	LastName  string   `json:"lastName"`
	Locale    string   `json:"locale"`
	State     string   `json:"state"`
	Note      string   `json:"note"`
	Tags      []string `json:"tags"`
	CreatedAt string   `json:"createdAt"`
	UpdatedAt string   `json:"updatedAt"`
	Email     *struct {
		Address string `json:"emailAddress"`
		State   string `json:"marketingState"`
		Level   string `json:"marketingOptInLevel"`
		Since   string `json:"marketingUpdatedAt"`
	} `json:"defaultEmailAddress"`
	Phone *struct {
		Number  string `json:"phoneNumber"`
		Consent *struct {
			State string `json:"state"`
			Level string `json:"optInLevel"`
			Since string `json:"updatedAt"`
		} `json:"smsMarketingConsent"`
	} `json:"defaultPhoneNumber"`
	Default   *idNode                 `json:"defaultAddress"`
	Addresses connection[addressNode] `json:"addressesV2"`
}

func (n *customerNode) id() string                    { return n.ID }
func (n *customerNode) changed() time.Time            { return moment(n.UpdatedAt) }
func (n *customerNode) more() (string, bool)          { return moreOf(n.Addresses) }
func (n *customerNode) add(raw json.RawMessage) error { return addTo(&n.Addresses, raw) }

// addressNode is a mailing address as Shopify writes it.
type addressNode struct {
	ID        string `json:"id"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Company   string `json:"company"`
	Address1  string `json:"address1"`
	Address2  string `json:"address2"`
	City      string `json:"city"`
	Province  string `json:"province"`
	Zip       string `json:"zip"`
	Country   string `json:"countryCodeV2"`
	Phone     string `json:"phone"`
}

func (n addressNode) address(kind relance.AddressKind) relance.Address {
	return relance.Address{
		ExternalID: plainID(n.ID), Kind: kind, FirstName: name(n.FirstName), LastName: name(n.LastName),
		Company: name(n.Company), Line1: name(n.Address1), Line2: name(n.Address2), PostalCode: name(n.Zip),
		City: name(n.City), Region: name(n.Province), CountryCode: country(n.Country), Phone: name(n.Phone),
	}
}

func country(code string) string {
	if len(code) != 2 {
		return ""
	}
	return strings.ToUpper(code)
}

func finishCustomers(_ context.Context, _ *Connector, list []node, read time.Time, page *connectors.Page) error {
	for _, n := range list {
		c, r := n.(*customerNode).customer(read)
		if r.field != "" {
			page.Rejected = append(page.Rejected, connectors.Rejected{Kind: relance.KindCustomers, ExternalID: c.ExternalID, Field: r.field, Reason: r.reason})
			continue
		}
		page.Customers = append(page.Customers, c)
	}
	return nil
}

// customer turns the node into the product's noun. Someone without an account of
// the shop (state DISABLED, DECLINED or INVITED) bought as a guest; guests are as
// active as others.
func (n *customerNode) customer(read time.Time) (relance.Customer, reader) {
	var r reader
	c := relance.Customer{
		ExternalID: r.number("id", n.ID),
		Version:    relance.Version{UpdatedAt: n.changed(), ReadAt: read},
		Kind:       relance.IdentityCustomer, Active: true,
		FirstName: name(n.FirstName), LastName: name(n.LastName),
		Language: language(n.Locale), Tags: names(n.Tags), Note: text(n.Note), CreatedAt: moment(n.CreatedAt),
	}
	if n.State != "ENABLED" {
		c.Kind = relance.IdentityGuest
	}
	if n.Email != nil {
		c.Email = name(n.Email.Address)
		c.Consents = append(c.Consents, consent(relance.ChannelEmail, n.Email.State, n.Email.Level, n.Email.Since, "shopify:emailMarketing"))
	}
	if n.Phone != nil {
		c.Phone = name(n.Phone.Number)
		if s := n.Phone.Consent; s != nil {
			c.Consents = append(c.Consents, consent(relance.ChannelSMS, s.State, s.Level, s.Since, "shopify:smsMarketing"))
		}
	}
	c.Addresses = n.addresses()
	if len(c.Addresses) > 0 {
		c.Company = c.Addresses[0].Company
	}
	return c, r
}

// addresses lists them, the default one first, each once.
func (n *customerNode) addresses() []relance.Address {
	var out []relance.Address
	seen := map[string]bool{}
	for _, a := range n.Addresses.Nodes {
		one := a.address(relance.AddressHome)
		if one.ExternalID != "" && seen[one.ExternalID] {
			continue
		}
		seen[one.ExternalID] = true
		if n.Default != nil && a.ID == n.Default.ID {
			out = append([]relance.Address{one}, out...)
		} else {
			out = append(out, one)
		}
	}
	return out
}

// consent translates Shopify's marketing state and opt-in level.
func consent(channel relance.ConsentChannel, state, level, since, source string) relance.Consent {
	c := relance.Consent{Channel: channel, State: relance.ConsentUnknown, Since: momentOf(since), Source: source}
	switch state {
	case "SUBSCRIBED":
		c.State = relance.ConsentGranted
		if level == "CONFIRMED_OPT_IN" {
			c.State = relance.ConsentConfirmed
		}
	case "PENDING":
		c.State = relance.ConsentPending
	case "UNSUBSCRIBED":
		c.State = relance.ConsentWithdrawn
	case "INVALID", "REDACTED":
		c.State = relance.ConsentRefused
	}
	return c
}
