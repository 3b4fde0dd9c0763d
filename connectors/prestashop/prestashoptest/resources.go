package prestashoptest

import (
	"slices"
	"strings"
)

// resources describes every table that has rows.
func (s *Server) resources() []*resource {
	out := []*resource{
		customerResource(), addressResource(), cartResource(), orderResource(!strings.HasPrefix(s.opts.Version, "1.7")),
		detailResource(), historyResource(), slipResource(), s.productResource(), combinationResource(),
		recordResource("cart_rules", "cart_rules", "cart_rule", colsCartRules),
		recordResource("categories", "categories", "category", colsCategories).with(
			assoc{name: "categories", node: "category", fields: []string{"id"}, plain: true, get: nothing},
			assoc{name: "products", node: "product", fields: []string{"id"}, plain: true, get: nothing}),
		recordResource("configurations", "configurations", "configuration", colsConfigurations),
		recordResource("countries", "countries", "country", colsCountries),
		recordResource("currencies", "currencies", "currency", colsCurrencies),
		recordResource("customer_messages", "customer_messages", "customer_message", colsCustomerMessages),
		recordResource("customer_threads", "customer_threads", "customer_thread", colsCustomerThreads).scopeByShop().with(
			assoc{name: "customer_messages", node: "customer_message", fields: []string{"id"}, plain: true, get: s.threadMessages}),
		recordResource("groups", "groups", "group", colsGroups),
		recordResource("guests", "guests", "guest", colsGuests),
		recordResource("languages", "languages", "language", colsLanguages),
		recordResource("order_carriers", "order_carriers", "order_carrier", colsOrderCarriers),
		recordResource("order_cart_rules", "order_cart_rules", "order_cart_rule", colsOrderCartRules),
		recordResource("order_payments", "order_payments", "order_payment", colsOrderPayments),
		recordResource("order_states", "order_states", "order_state", colsOrderStates),
		recordResource("product_option_values", "product_option_values", "product_option_value", colsProductOptionValues),
		recordResource("product_options", "product_options", "product_option", colsProductOptions).with(
			assoc{name: "product_option_values", node: "product_option_value", fields: []string{"id"}, plain: true, get: nothing}),
		recordResource("shops", "shops", "shop", colsShops),
		recordResource("states", "states", "state", colsStates),
		recordResource("stock_availables", "stock_availables", "stock_available", colsStockAvailables),
	}
	for _, name := range resourceNames() {
		if !slices.ContainsFunc(out, func(r *resource) bool { return r.name == name }) {
			out = append(out, recordResource(name, name, strings.TrimSuffix(name, "s"), ""))
		}
	}
	return out
}

func (r *resource) with(a ...assoc) *resource {
	r.assocs = a
	return r
}

// threadMessages lists the messages of a thread. It is called with the lock held.
func (s *Server) threadMessages(x row) [][]value {
	var ids []int64
	for _, m := range s.table["customer_messages"].between("id_customer_thread", x.rowID(), x.rowID()) {
		ids = append(ids, m.rowID())
	}
	return idRows(ids)
}

// without takes a column out of a specification: older versions lack some.
func without(spec, column string) string {
	var keep []string
	for item := range strings.SplitSeq(spec, ",") {
		if words := strings.Fields(item); len(words) > 0 && strings.TrimRight(words[0], "!~-#") != column {
			keep = append(keep, item)
		}
	}
	return strings.Join(keep, ",")
}

// resourceNames lists every resource of the webservice; those that the simulator
// has no columns for are empty tables.
func resourceNames() []string {
	return strings.Fields(`addresses attachments carriers cart_rules carts categories combinations configurations contacts
		content_management_system countries currencies customer_messages customer_threads customers customizations deliveries
		employees groups guests image_types images languages manufacturers messages order_carriers order_cart_rules order_details
		order_histories order_invoices order_payments order_returns order_slip order_states orders price_ranges
		product_customization_fields product_feature_values product_features product_option_values product_options
		product_suppliers products search shop_groups shop_urls shops specific_price_rules specific_prices states
		stock_availables stock_movement_reasons stock_movements stocks stores suppliers tags tax_rule_groups tax_rules taxes
		translated_configurations warehouses weight_ranges zones`)
}
