package prestashoptest

// record is a row of a small table: its columns by name. What is missing shows the
// default of its column.
type record struct {
	id   int64
	vals map[string]value
}

func (x *record) rowID() int64 { return x.id }

func (x *record) touch(at wall) { x.vals["date_upd"] = date(at) }

// recordResource describes a table of records.
func recordResource(name, plural, node, spec string) *resource {
	res := newResource(name, plural, node, spec, getters[*record]{})
	for i := range res.fields[1:] {
		f := &res.fields[i+1]
		fallback := f.get
		name := f.name
		f.get = func(x row) value {
			if v, ok := x.(*record).vals[name]; ok {
				return v
			}
			return fallback(x)
		}
	}
	res.noUpd = res.index["date_upd"] == 0
	res.noAdd = res.index["date_add"] == 0
	return res
}

// scopeByShop makes lists of a table of records show the rows of one shop.
func (r *resource) scopeByShop() *resource {
	i := r.index["id_shop"]
	r.scope = func(x row) int64 { return r.fields[i].get(x).n }
	return r
}

// customer is a row of the customers table.
type customer struct {
	id, shop, group, lang, gender, risk, maxDays  int64
	first, last, email, company, siret, ape, site string
	note                                          string
	outstanding                                   int64
	birthday, newsletterAt, add, upd              wall
	active, deleted, guest, newsletter, optin     bool
}

func (x *customer) rowID() int64  { return x.id }
func (x *customer) touch(at wall) { x.upd = at }

func customerResource() *resource {
	res := newResource("customers", "customers", "customer", colsCustomers, getters[*customer]{
		"id_default_group":           func(x *customer) value { return num(x.group) },
		"id_lang":                    func(x *customer) value { return num(x.lang) },
		"newsletter_date_add":        func(x *customer) value { return date(x.newsletterAt) },
		"last_passwd_gen":            func(x *customer) value { return date(x.add) },
		"secure_key":                 func(*customer) value { return str("5ec2e7000000000000000000000000ff") },
		"passwd":                     func(*customer) value { return str("$2y$10$notarealhashnotarealhashnotarealhashnotarealhashno") },
		"deleted":                    func(x *customer) value { return flag(x.deleted) },
		"lastname":                   func(x *customer) value { return str(x.last) },
		"firstname":                  func(x *customer) value { return str(x.first) },
		"email":                      func(x *customer) value { return str(x.email) },
		"id_gender":                  func(x *customer) value { return num(x.gender) },
		"birthday":                   func(x *customer) value { return day(x.birthday) },
		"newsletter":                 func(x *customer) value { return flag(x.newsletter) },
		"optin":                      func(x *customer) value { return flag(x.optin) },
		"website":                    func(x *customer) value { return strOrNull(x.site) },
		"company":                    func(x *customer) value { return strOrNull(x.company) },
		"siret":                      func(x *customer) value { return strOrNull(x.siret) },
		"ape":                        func(x *customer) value { return strOrNull(x.ape) },
		"outstanding_allow_amount":   func(x *customer) value { return dec(x.outstanding) },
		"id_risk":                    func(x *customer) value { return num(x.risk) },
		"max_payment_days":           func(x *customer) value { return num(x.maxDays) },
		"active":                     func(x *customer) value { return flag(x.active) },
		"note":                       func(x *customer) value { return strOrNull(x.note) },
		"is_guest":                   func(x *customer) value { return flag(x.guest) },
		"id_shop":                    func(x *customer) value { return num(x.shop) },
		"id_shop_group":              func(*customer) value { return num(1) },
		"date_add":                   func(x *customer) value { return date(x.add) },
		"date_upd":                   func(x *customer) value { return date(x.upd) },
		"reset_password_validity":    func(*customer) value { return value{} },
		"ip_registration_newsletter": func(*customer) value { return value{} },
	})
	res.assocs = []assoc{{name: "groups", node: "group", api: "groups", fields: []string{"id"}, plain: true,
		get: func(x row) [][]value {
			g := x.(*customer).group
			if g > 3 {
				return [][]value{{num(3)}, {num(g)}}
			}
			return [][]value{{num(g)}}
		}}}
	res.scope = func(x row) int64 { return x.(*customer).shop }
	return res
}

// address is a row of the addresses table. It belongs to no shop.
type address struct {
	id, customer, country, state                     int64
	alias, company, first, last, vat                 string
	line1, line2, postcode, city, other, phone, cell string
	deleted                                          bool
	add, upd                                         wall
}

func (x *address) rowID() int64  { return x.id }
func (x *address) touch(at wall) { x.upd = at }

func addressResource() *resource {
	return newResource("addresses", "addresses", "address", colsAddresses, getters[*address]{
		"id_customer":  func(x *address) value { return num(x.customer) },
		"id_country":   func(x *address) value { return num(x.country) },
		"id_state":     func(x *address) value { return num(x.state) },
		"alias":        func(x *address) value { return str(x.alias) },
		"company":      func(x *address) value { return strOrNull(x.company) },
		"lastname":     func(x *address) value { return str(x.last) },
		"firstname":    func(x *address) value { return str(x.first) },
		"vat_number":   func(x *address) value { return strOrNull(x.vat) },
		"address1":     func(x *address) value { return str(x.line1) },
		"address2":     func(x *address) value { return strOrNull(x.line2) },
		"postcode":     func(x *address) value { return strOrNull(x.postcode) },
		"city":         func(x *address) value { return str(x.city) },
		"other":        func(x *address) value { return strOrNull(x.other) },
		"phone":        func(x *address) value { return strOrNull(x.phone) },
		"phone_mobile": func(x *address) value { return strOrNull(x.cell) },
		"deleted":      func(x *address) value { return flag(x.deleted) },
		"date_add":     func(x *address) value { return date(x.add) },
		"date_upd":     func(x *address) value { return date(x.upd) },
	})
}

// cart is a row of the carts table with its lines. Lists of carts are not
// shop-scoped.
type cart struct {
	id, shop, customer, guest, currency, lang, address int64
	gift                                               bool
	add, upd                                           wall
	rows                                               []cartRow
}

type cartRow struct{ product, attribute, quantity int64 }

func (x *cart) rowID() int64  { return x.id }
func (x *cart) touch(at wall) { x.upd = at }

func cartResource() *resource {
	res := newResource("carts", "carts", "cart", colsCarts, getters[*cart]{
		"id_address_delivery": func(x *cart) value { return num(x.address) },
		"id_address_invoice":  func(x *cart) value { return num(x.address) },
		"id_currency":         func(x *cart) value { return num(x.currency) },
		"id_customer":         func(x *cart) value { return num(x.customer) },
		"id_guest":            func(x *cart) value { return num(x.guest) },
		"id_lang":             func(x *cart) value { return num(x.lang) },
		"id_shop_group":       func(*cart) value { return num(1) },
		"id_shop":             func(x *cart) value { return num(x.shop) },
		"delivery_option":     func(*cart) value { return str("") },
		"secure_key":          func(*cart) value { return str("") },
		"recyclable":          func(*cart) value { return str("1") },
		"gift":                func(x *cart) value { return flag(x.gift) },
		"date_add":            func(x *cart) value { return date(x.add) },
		"date_upd":            func(x *cart) value { return date(x.upd) },
	})
	res.assocs = []assoc{{name: "cart_rows", node: "cart_row",
		fields: []string{"id_product", "id_product_attribute", "id_address_delivery", "id_customization", "quantity"},
		get: func(x row) [][]value {
			c := x.(*cart)
			out := make([][]value, len(c.rows))
			for i, l := range c.rows {
				out[i] = []value{num(l.product), num(l.attribute), num(c.address), num(0), num(l.quantity)}
			}
			return out
		}}}
	return res
}
