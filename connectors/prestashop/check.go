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
	lost     relance.Sentence
}

// needs lists every resource the connector reads.
func needs() []need {
	return []need{
		{"configurations", relance.Say("LOSES_EVERYTHING")},
		{"customers", relance.Say("LOSES_CUSTOMERS")},
		{"addresses", relance.Say("LOSES_ADDRESSES")},
		{"groups", relance.Say("LOSES_GROUPS")},
		{"customer_threads", relance.Say("LOSES_MESSAGES")},
		{"customer_messages", relance.Say("LOSES_MESSAGES")},
		{"orders", relance.Say("LOSES_ORDERS")},
		{"order_states", relance.Say("LOSES_ORDER_STATES")},
		{"order_histories", relance.Say("LOSES_ORDER_HISTORY")},
		{"order_slip", relance.Say("LOSES_REFUNDS")},
		{"order_cart_rules", relance.Say("LOSES_VOUCHERS")},
		{"carts", relance.Say("LOSES_CARTS")},
		{"guests", relance.Say("LOSES_CART_OWNERS")},
		{"products", relance.Say("LOSES_PRODUCTS")},
		{"categories", relance.Say("LOSES_PRODUCT_CATEGORY")},
		{"combinations", relance.Say("LOSES_OPTIONS")},
		{"product_options", relance.Say("LOSES_OPTIONS")},
		{"product_option_values", relance.Say("LOSES_OPTIONS")},
		{"stock_availables", relance.Say("LOSES_STOCK")},
		{"currencies", relance.Say("LOSES_CURRENCIES")},
		{"languages", relance.Say("LOSES_LANGUAGES")},
		{"countries", relance.Say("LOSES_ADDRESS_COUNTRY")},
		{"states", relance.Say("LOSES_ADDRESS_REGION")},
		{"cart_rules", relance.Say("LOSES_VOUCHERS")},
	}
}

// missingRight names a right and how to grant it.
func missingRight(resource string) relance.MissingRight {
	lost := relance.Say("LOSES_SOMETHING")
	for _, n := range needs() {
		if n.resource == resource {
			lost = n.lost
		}
	}
	return relance.Lacking(resource+" GET", lost, relance.Say("GRANT_RESOURCE", "resource", resource, "method", "GET"))
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
		return relance.ShopInfo{}, missing, relance.Tell(relance.CodeShopRights, nil, "KEY_WITHOUT_RIGHTS")
	}
	missing = append(missing, missingWriteRights(listed)...)
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
			return relance.Tell(relance.CodeShopAddress, nil, "WEB_PAGE")
		}
		return garbage("not a list of resources")
	})
	if relance.CodeOf(err) == relance.CodeShopGarbage && !errors.Is(err, context.Canceled) && c.state.knownVersion() == "" {
		err = relance.Tell(relance.CodeShopAddress, err, "NO_WEBSERVICE")
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
	info.FreeShippingFrom = refs.freeShippingFrom()
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
