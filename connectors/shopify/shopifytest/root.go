package shopifytest

import (
	"slices"
	"strconv"
	"strings"
)

// queryRoot gives the fields of QueryRoot.
type queryRoot struct{}

func (queryRoot) typeName() string { return "QueryRoot" }

func (queryRoot) field(x *run, f field) any {
	if scope := needed(f.name); scope != "" && !x.granted(scope) {
		return fieldError{"Access denied for " + f.name + " field. Required access: `" + scope + "` access scope.", "ACCESS_DENIED"}
	}
	id, _ := f.args["id"].(string)
	switch f.name {
	case "shop":
		return x.shop()
	case "currentAppInstallation":
		return x.installation()
	case "node", "customer", "order", "product", "bulkOperation":
		return x.node(id)
	case "nodes":
		ids, _ := f.args["ids"].([]any)
		all := make([]any, len(ids))
		for i, id := range ids {
			text, _ := id.(string)
			all[i] = x.node(text)
		}
		return all
	case "codeDiscountNodeByCode":
		return x.discountByCode(f.args)
	case "webhookSubscriptions":
		return x.nested("WebhookSubscription", x.webhookList(), f.args)
	case "bulkOperations":
		return x.s.bulk.list(x, f.args)
	default:
		return x.rootList(f)
	}
}

func (x *run) rootList(f field) any {
	d := x.data
	for _, l := range []struct {
		name string
		t    *table
	}{{"customers", d.customers}, {"orders", d.orders}, {"abandonedCheckouts", d.checkouts}, {"products", d.products}, {"events", d.events}} {
		switch f.name {
		case l.name:
			node := l.t.typ
			if node == "BasicEvent" {
				node = "Event"
			}
			return x.list(l.t, node, f.args)
		case l.name + "Count":
			return x.count(l.t, f.args)
		}
	}
	return nil
}

// needed names the scope a root field asks for.
func needed(name string) string {
	switch strings.TrimSuffix(name, "Count") {
	case "customers", "customer":
		return "read_customers"
	case "orders", "order", "abandonedCheckouts":
		return "read_orders"
	case "products", "product":
		return "read_products"
	case "codeDiscountNodeByCode":
		return "read_discounts"
	default:
		return ""
	}
}

// granted reports whether the app has a scope; one to write gives the one to read.
func (x *run) granted(scope string) bool {
	write := strings.Replace(scope, "read_", "write_", 1)
	return slices.Contains(x.s.opts.Scopes, scope) || slices.Contains(x.s.opts.Scopes, write)
}

func (x *run) shop() any {
	info := x.s.shop.Info
	url := info.URL
	if url == "" {
		url = "https://" + x.s.opts.Domain
	}
	return record{"Shop", map[string]any{
		"id": "gid://shopify/Shop/" + strconv.FormatInt(number(x.s.opts.Domain), 10), "name": info.Name, "myshopifyDomain": x.s.opts.Domain, "url": url,
		"primaryDomain": record{"Domain", map[string]any{"id": "gid://shopify/Domain/1", "host": strings.TrimPrefix(url, "https://"), "url": url}},
		"ianaTimezone":  info.TimeZone, "currencyCode": info.Currency, "taxesIncluded": !x.s.opts.TaxesExcluded,
		"plan": record{"ShopPlan", map[string]any{"publicDisplayName": "Basic", "shopifyPlus": false}},
	}}
}

func (x *run) installation() any {
	scopes := []any{}
	for _, handle := range x.s.opts.Scopes {
		scopes = append(scopes, record{"AccessScope", map[string]any{"handle": handle, "description": handle}})
	}
	return record{"AppInstallation", map[string]any{"id": "gid://shopify/AppInstallation/1", "accessScopes": scopes}}
}

// node finds any object by its gid; nil for what is not there or may not be read.
func (x *run) node(id string) any {
	typ, digits, _ := strings.Cut(strings.TrimPrefix(id, "gid://shopify/"), "/")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fieldError{"Invalid global id '" + id + "'", "BAD_REQUEST"}
	}
	var found row
	switch {
	case typ == "Customer" && x.granted("read_customers"):
		found = x.data.customers.get(n)
	case typ == "Order" && x.granted("read_orders"):
		found = x.data.orders.get(n)
	case typ == "AbandonedCheckout" && x.granted("read_orders"):
		found = x.data.checkouts.get(n)
	case typ == "Product" && x.granted("read_products"):
		found = x.data.products.get(n)
	case typ == "ProductVariant" && x.granted("read_products"):
		return x.variantByID(n)
	case typ == "Refund" && x.granted("read_orders"):
		if at, ok := x.data.refunds[n]; ok {
			if o, ok := x.data.orders.get(at.order).(*order); ok && at.index < len(o.Refunds) {
				return refund{&o.Refunds[at.index], o}
			}
		}
	case typ == "Return" && x.granted("read_returns"):
		if at, ok := x.data.returns[n]; ok {
			if o, ok := x.data.orders.get(at.order).(*order); ok && at.index < len(o.Returns) {
				return goodsBack{&o.Returns[at.index], o}
			}
		}
	case typ == "DiscountCodeNode" && x.granted("read_discounts"):
		if d := x.data.discount(n); d != nil {
			return x.discountNode(d)
		}
	case typ == "BulkOperation":
		return x.s.bulk.poll(x, id)
	}
	if found == nil {
		return nil
	}
	return found
}

// mutationRoot gives the fields of Mutation.
type mutationRoot struct{}

func (mutationRoot) typeName() string { return "Mutation" }

func (mutationRoot) field(x *run, f field) any {
	if !strings.HasPrefix(f.name, "bulk") {
		x.data.writes++
	}
	switch f.name {
	case "bulkOperationRunQuery":
		query, _ := f.args["query"].(string)
		return x.s.bulk.start(x, query)
	case "bulkOperationCancel":
		id, _ := f.args["id"].(string)
		return x.s.bulk.cancel(x, id)
	case "customerEmailMarketingConsentUpdate":
		return x.updateConsent(f.args)
	case "discountCodeBasicCreate":
		return x.createDiscount("Basic", f.args["basicCodeDiscount"])
	case "discountCodeFreeShippingCreate":
		return x.createDiscount("FreeShipping", f.args["freeShippingCodeDiscount"])
	case "discountCodeBasicUpdate":
		return x.updateDiscount("Basic", f.args, "basicCodeDiscount")
	case "discountCodeFreeShippingUpdate":
		return x.updateDiscount("FreeShipping", f.args, "freeShippingCodeDiscount")
	case "discountCodeDeactivate":
		return x.deactivateDiscount(f.args)
	case "discountCodeDelete":
		return x.deleteDiscount(f.args)
	case "webhookSubscriptionCreate":
		return x.createWebhook(f.args)
	case "webhookSubscriptionDelete":
		return x.deleteWebhook(f.args)
	default:
		return nil
	}
}
