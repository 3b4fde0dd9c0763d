package prestashoptest

import (
	"strings"

	"github.com/relance/relance/internal/sample"
)

// orderState is one state of orders as a fresh shop has it.
type orderState struct {
	id                               int64
	en, fr, de                       string
	logable, delivery, shipped, paid bool
	invoice                          bool
	module, template                 string
}

// Ids of order states in a fresh shop.
const (
	stateCheque     = 1
	statePaid       = 2
	stateProcessing = 3
	stateShipped    = 4
	stateDelivered  = 5
	stateCancelled  = 6
	stateRefunded   = 7
	stateError      = 8
	stateWire       = 10
	stateCash       = 13
)

// orderStates lists them; "logable" is what makes an order valid.
func orderStates() []orderState {
	return []orderState{
		{id: stateCheque, en: "Awaiting check payment", fr: "En attente du paiement par chèque", de: "Scheckzahlung erwartet", module: "ps_checkpayment", template: "cheque"},
		{id: statePaid, en: "Payment accepted", fr: "Paiement accepté", de: "Zahlung eingegangen", logable: true, paid: true, invoice: true, template: "payment"},
		{id: stateProcessing, en: "Processing in progress", fr: "En cours de préparation", de: "In Bearbeitung", logable: true, delivery: true, paid: true, invoice: true, template: "preparation"},
		{id: stateShipped, en: "Shipped", fr: "Expédié", de: "Versendet", logable: true, delivery: true, shipped: true, paid: true, invoice: true, template: "shipped"},
		{id: stateDelivered, en: "Delivered", fr: "Livré", de: "Geliefert", logable: true, delivery: true, shipped: true, paid: true, invoice: true},
		{id: stateCancelled, en: "Canceled", fr: "Annulé", de: "Storniert", template: "order_canceled"},
		{id: stateRefunded, en: "Refunded", fr: "Remboursé", de: "Erstattet", invoice: true, template: "refund"},
		{id: stateError, en: "Payment error", fr: "Erreur de paiement", de: "Zahlungsfehler", template: "payment_error"},
		{id: 9, en: "On backorder (paid)", fr: "En attente de réapprovisionnement (payé)", de: "Lieferrückstand (bezahlt)", paid: true, invoice: true, template: "outofstock"},
		{id: stateWire, en: "Awaiting bank wire payment", fr: "En attente de virement bancaire", de: "Überweisung erwartet", module: "ps_wirepayment", template: "bankwire"},
		{id: 11, en: "Remote payment accepted", fr: "Paiement à distance accepté", de: "Fernzahlung eingegangen", logable: true, paid: true, invoice: true, template: "payment"},
		{id: 12, en: "On backorder (not paid)", fr: "En attente de réapprovisionnement (non payé)", de: "Lieferrückstand (nicht bezahlt)", template: "outofstock"},
		{id: stateCash, en: "Awaiting Cash On Delivery validation", fr: "En attente de paiement à la livraison", de: "Nachnahme erwartet", module: "ps_cashondelivery", template: "cashondelivery"},
	}
}

func stateByID(id int64) orderState {
	for _, st := range orderStates() {
		if st.id == id {
			return st
		}
	}
	return orderState{id: id}
}

// inLangs gives a text in the shop's languages; others get English.
func (d *seeder) inLangs(en, fr, de string) value {
	out := make([]string, len(d.s.opts.Languages))
	for i, code := range d.s.opts.Languages {
		switch code {
		case "fr":
			out[i] = fr
		case "de":
			out[i] = de
		default:
			out[i] = en
		}
	}
	return langs(out...)
}

// settings makes the tables that every shop has.
func (d *seeder) settings() {
	d.currency(orDefault(d.shop.Info.Currency, "EUR"))
	for _, code := range []string{"DE", "AT", "BE", "CA", "CN", "ES", "FI", "FR"} {
		d.country(code)
	}
	names := map[string]string{"en": "English (English)", "fr": "Français (French)", "de": "Deutsch (German)"}
	for i, code := range d.s.opts.Languages {
		active, rtl := str("1"), str("0")
		if i == 0 {
			active, rtl = num(1), num(0) // the default language is loaded already, with other types
		}
		d.add("languages", &record{int64(i + 1), map[string]value{"name": str(orDefault(names[code], code)), "iso_code": str(code),
			"locale": str(code + "-" + strings.ToUpper(code)), "language_code": str(code), "active": active, "is_rtl": rtl,
			"date_format_lite": str("d/m/Y"), "date_format_full": str("d/m/Y H:i:s")}})
	}
	for _, st := range orderStates() {
		d.add("order_states", &record{st.id, map[string]value{"unremovable": str("1"), "delivery": flag(st.delivery),
			"module_name": str(st.module), "invoice": flag(st.invoice), "color": str("#3498D8"), "logable": flag(st.logable),
			"shipped": flag(st.shipped), "paid": flag(st.paid), "name": d.inLangs(st.en, st.fr, st.de), "template": d.all(st.template)}})
	}
	d.groups()
	d.shops()
	d.configurations()
	d.add("categories", &record{1, d.category(0, 0, "Root")})
	d.add("categories", &record{2, d.category(1, 1, "Home")})
	d.next["categories"] = 2
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func (d *seeder) groups() {
	names := map[int64]value{
		1: d.inLangs("Visitor", "Visiteur", "Besucher"),
		2: d.inLangs("Guest", "Invité", "Gast"),
		3: d.inLangs("Customer", "Client", "Kunde"),
	}
	for _, g := range d.shop.Groups {
		names[mustID("groups", g.ID)] = d.all(g.Name)
	}
	now := date(d.wall(d.s.opts.Now()))
	for id, name := range names {
		show := str("1")
		if id == 1 {
			show = num(1) // types vary inside one answer
		}
		d.add("groups", &record{id, map[string]value{"name": name, "reduction": {kind: kPercent}, "show_prices": show,
			"date_add": now, "date_upd": now}})
	}
}

func (d *seeder) shops() {
	for i := range d.s.opts.Shops {
		if d.s.opts.Shops[i].Name == "" {
			d.s.opts.Shops[i].Name = orDefault(d.shop.Info.Name, "Simulated shop")
		}
		x := d.s.opts.Shops[i]
		d.add("shops", &record{x.ID, map[string]value{"id_shop_group": num(1), "id_category": num(2), "active": num(1),
			"deleted": num(0), "name": str(x.Name), "color": str(""), "theme_name": str("classic")}})
	}
}

// configurations are the settings a webservice client may ask for.
func (d *seeder) configurations() {
	now := date(d.wall(d.s.opts.Now()))
	for i, c := range []sample.Group{
		{ID: "PS_TIMEZONE", Name: d.s.opts.Zone}, {ID: "PS_CURRENCY_DEFAULT", Name: "1"}, {ID: "PS_LANG_DEFAULT", Name: "1"},
		{ID: "PS_VERSION_DB", Name: d.s.opts.Version}, {ID: "PS_ROUND_TYPE", Name: "2"}, {ID: "PS_PRICE_ROUND_MODE", Name: "2"},
		{ID: "PS_SHOP_DEFAULT", Name: itoa(d.s.opts.Shops[0].ID)}, {ID: "PS_SHOP_NAME", Name: d.s.opts.Shops[0].Name},
		{ID: "PS_COUNTRY_DEFAULT", Name: "8"}, {ID: "PS_OS_CHEQUE", Name: "1"}, {ID: "PS_OS_PAYMENT", Name: "2"},
		{ID: "PS_OS_PREPARATION", Name: "3"}, {ID: "PS_OS_SHIPPING", Name: "4"}, {ID: "PS_OS_DELIVERED", Name: "5"},
		{ID: "PS_OS_CANCELED", Name: "6"}, {ID: "PS_OS_REFUND", Name: "7"}, {ID: "PS_OS_ERROR", Name: "8"},
		{ID: "PS_OS_BANKWIRE", Name: "10"}, {ID: "PS_GUEST_CHECKOUT_ENABLED", Name: "1"}, {ID: "PS_UNIDENTIFIED_GROUP", Name: "1"},
		{ID: "PS_GUEST_GROUP", Name: "2"}, {ID: "PS_CUSTOMER_GROUP", Name: "3"},
		{ID: "PS_STOCK_MANAGEMENT", Name: "1"}, {ID: "PS_ORDER_OUT_OF_STOCK", Name: "0"}, {ID: "PS_SHIPPING_FREE_PRICE", Name: "0"},
	} {
		d.add("configurations", &record{int64(i + 1), map[string]value{"name": str(c.ID), "value": str(c.Name), "date_add": now, "date_upd": now}})
	}
}

func (d *seeder) category(parent, depth int64, name string) map[string]value {
	now := date(d.wall(d.s.opts.Now()))
	return map[string]value{"id_parent": num(parent), "level_depth": num(depth), "active": str("1"), "name": d.all(name),
		"link_rewrite": d.all(slug(name)), "date_add": now, "date_upd": now, "is_root_category": flag(depth == 1)}
}
