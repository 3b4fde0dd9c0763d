package prestashop

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"strings"

	"github.com/relance/relance"
)

// need is a resource the sync reads and what will be missing without it.
type need struct {
	resource string
	lost     string
}

// needs lists every resource the connector reads.
func needs() []need {
	return []need{
		{"configurations", "nothing can be read, since the time zone and the currency are unknown"},
		{"customers", "there will be no customers and no consents"},
		{"addresses", "customers and orders will lack their addresses and phone numbers"},
		{"groups", "customers will lack the name of their group"},
		{"customer_threads", "customers will lack their messages"},
		{"customer_messages", "customers will lack their messages"},
		{"orders", "there will be no orders"},
		{"order_states", "the states of orders cannot be told"},
		{"order_histories", "orders will lack their history"},
		{"order_slip", "refunds and returns will be missing"},
		{"order_cart_rules", "orders will lack the vouchers that were used"},
		{"carts", "there will be no carts"},
		{"guests", "carts of people who logged in later stay without a customer"},
		{"products", "there will be no products, and carts have no value"},
		{"categories", "products will lack their category"},
		{"combinations", "sizes and other options will be missing"},
		{"product_options", "sizes and other options will be missing"},
		{"product_option_values", "sizes and other options will be missing"},
		{"stock_availables", "products will lack their stock"},
		{"currencies", "amounts have no currency, so orders and carts cannot be read"},
		{"languages", "the languages of customers are unknown"},
		{"countries", "addresses will lack their country"},
		{"states", "addresses will lack their region"},
		{"cart_rules", "orders will lack the codes of the vouchers that were used, and none can be issued"},
	}
}

// missingRight names a right and how to grant it.
func missingRight(resource string) relance.MissingRight {
	lost := "some data will be missing"
	for _, n := range needs() {
		if n.resource == resource {
			lost = n.lost
		}
	}
	return relance.MissingRight{Right: resource + " GET", Help: "Without it " + lost + ". Open " + whereKeys +
		", edit the key and tick View (GET) in the line " + resource + "."}
}

// Check talks to the shop: it reads its settings and tries each right it needs, one
// by one.
func (c *Connector) Check(ctx context.Context) (relance.ShopInfo, []relance.MissingRight, error) {
	listed, err := c.greet(ctx)
	if err != nil {
		return relance.ShopInfo{}, nil, err
	}
	missing, err := c.missingRights(ctx)
	if err != nil {
		return relance.ShopInfo{}, nil, err
	}
	if len(missing) == len(needs()) {
		return relance.ShopInfo{}, missing, relance.Errorf(relance.CodeShopRights,
			"The webservice key has no right to read anything; tick View (GET) for the resources named under %s.", whereKeys)
	}
	missing = append(missing, missingVoucherRights(listed)...)
	info := relance.ShopInfo{URL: c.client.base.String(), Version: c.state.knownVersion()}
	refs, err := c.referencesSince(ctx, c.now())
	if relance.CodeOf(err) == relance.CodeShopRights {
		info.ExternalKey = c.externalKey("")
		return info, missing, nil
	}
	if err != nil {
		return relance.ShopInfo{}, nil, err
	}
	c.describe(ctx, refs, &info)
	return info, missing, nil
}

// greet makes sure that a PrestaShop webservice answers and takes the key. The list
// of resources, which it returns, exists in XML only.
func (c *Connector) greet(ctx context.Context) (listed []byte, err error) {
	err = c.client.get(ctx, "", params{}, func(r reply) error {
		if isListing(r.body) {
			listed = r.body
			return nil
		}
		if bytes.Contains(bytes.ToLower(head(r.body)), []byte("<html")) {
			return relance.Errorf(relance.CodeShopAddress, "A web page answers at this address, not a PrestaShop webservice; check the address.")
		}
		return garbage("not a list of resources")
	})
	if relance.CodeOf(err) == relance.CodeShopGarbage && !errors.Is(err, context.Canceled) && c.state.knownVersion() == "" {
		err = relance.WrapError(relance.CodeShopAddress, err, "There is no PrestaShop webservice at this address; check the address.")
	}
	return listed, err
}

func head(b []byte) []byte { return b[:min(len(b), 2048)] }

func isListing(body []byte) bool {
	var v struct {
		XMLName xml.Name `xml:"prestashop"`
		API     *struct {
			Name string `xml:"shopName,attr"`
		} `xml:"api"`
	}
	return xml.Unmarshal(body, &v) == nil && v.API != nil
}

// missingRights asks for one id of each resource. The list of resources that the shop
// shows is not trusted alone.
func (c *Connector) missingRights(ctx context.Context) ([]relance.MissingRight, error) {
	var out []relance.MissingRight
	for _, n := range needs() {
		_, err := ask[idRow](ctx, c.client, listing{resource: n.resource, key: listKey(n.resource)}, params{"limit": "1", "sort": "[id_ASC]"})
		var denied *deniedResource
		switch {
		case errors.As(err, &denied):
			c.state.deny(n.resource, c.now())
			out = append(out, missingRight(n.resource))
		case err != nil:
			return nil, err
		default:
			c.state.allow(n.resource)
		}
	}
	return out, nil
}

// listKey is the name under which a resource's list comes.
func listKey(resource string) string {
	if resource == "order_slip" {
		return "order_slips"
	}
	return resource
}

// describe fills in what the settings say of the shop.
func (c *Connector) describe(ctx context.Context, refs *references, info *relance.ShopInfo) {
	info.TimeZone = refs.config["PS_TIMEZONE"]
	info.Currency = refs.currencies[refs.setting("PS_CURRENCY_DEFAULT", 1)]
	info.Name = refs.config["PS_SHOP_NAME"]
	if info.Version == "" {
		info.Version = refs.config["PS_VERSION_DB"]
	}
	info.ExternalKey = c.externalKey(refs.config["PS_SHOP_DEFAULT"])
	if info.Name == "" {
		info.Name = c.client.base.Hostname()
	}
	if c.client.shop == "" {
		return
	}
	got, err := ask[namedRow](ctx, c.client, listing{resource: "shops", fields: []string{"id", "name"}}, params{"filter[id]": "[" + c.client.shop + "]"})
	if err == nil && len(got.rows) == 1 && got.rows[0].Name != "" {
		info.Name = cleanLine(string(got.rows[0].Name), maxName)
	}
}

// externalKey tells this shop from all others: its address and its id there.
func (c *Connector) externalKey(defaultShop string) string {
	shop := c.client.shop
	if shop == "" {
		shop = defaultShop
	}
	if shop == "" {
		shop = "1"
	}
	return strings.ToLower(c.client.base.Host+c.client.base.Path) + "#" + shop
}
