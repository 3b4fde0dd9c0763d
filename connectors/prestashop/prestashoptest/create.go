package prestashoptest

import (
	"strconv"
	"strings"
)

// create adds a row from what was sent, as POST does. A duplicate voucher code is
// fine with PrestaShop; a duplicate e-mail of a customer is not.
func (s *Server) create(t *table, given map[string]child) (row, echo, *apiError) {
	if err := s.validate(t, given, true); err != nil {
		return nil, nil, err
	}
	var x row
	id := t.nextID()
	now := s.now()
	switch t.res.name {
	case "customers":
		if s.emailTaken(given) {
			return nil, nil, &apiError{500, 140, "The email is already used, please choose another one"}
		}
		x = &customer{id: id, shop: 1, lang: 1, add: now, upd: now, newsletterAt: wallZero, birthday: wallZero}
	case "carts":
		x = &cart{id: id, shop: 1, add: now, upd: now, rows: cartLines(given["associations"])}
	case "order_histories":
		h := s.enterState(int64Of(given["id_order"]), int64Of(given["id_order_state"]))
		if h == nil {
			return nil, nil, &apiError{500, 46, "Unable to save resource"}
		}
		t.last = h.id
		return h, echo{"id": str(itoa(h.id)), "id_order": str(itoa(h.order)), "id_order_state": num(h.state), "date_add": date(now)}, nil
	case "addresses":
		x = &address{id: id, add: now, upd: now}
	default:
		x = &record{id, map[string]value{"date_add": date(now), "date_upd": date(now)}}
	}
	return x, s.fill(t, x, given, now), nil
}

// fill writes the given fields over a fresh row and tells what a POST shows of it.
func (s *Server) fill(t *table, x row, given map[string]child, now wall) echo {
	id := x.rowID()
	out := echo{"id": str(itoa(id)), "date_add": date(now), "date_upd": date(now)}
	for name, v := range s.createdDefaults(t.res.name) {
		t.set(id, name, v)
		out[name] = v
	}
	for i := range t.res.fields[1:] {
		f := &t.res.fields[i+1]
		if c, ok := given[f.name]; ok {
			t.set(id, f.name, s.parse(f, c))
			out[f.name] = sent(s, f, c)
		} else if s.nullable(t.res.name, f.name) {
			t.set(id, f.name, str(""))
		}
	}
	t.insert(x)
	return out
}

// nullable names the numbers that are NULL where they were not given, which since 9 means
// without limit; it shows as an empty text.
func (s *Server) nullable(resource, field string) bool {
	return resource == "cart_rules" && (field == "quantity" || field == "quantity_per_user") && strings.HasPrefix(s.opts.Version, "9")
}

// createdDefaults are the values that PrestaShop sets by itself on a new row.
func (s *Server) createdDefaults(resource string) map[string]value {
	switch resource {
	case "cart_rules":
		return map[string]value{"reduction_currency": num(1)}
	case "customers":
		return map[string]value{"id_lang": num(1), "id_shop": num(1), "id_shop_group": num(1),
			"secure_key": str("5ec2e7000000000000000000000000ff"), "last_passwd_gen": date(s.now())}
	case "carts":
		return map[string]value{"id_shop": num(1), "id_shop_group": num(1)}
	}
	return nil
}

func (s *Server) emailTaken(given map[string]child) bool {
	if strings.TrimSpace(given["is_guest"].Text) == "1" {
		return false
	}
	t := s.table["customers"]
	email, guest := t.res.index["email"], t.res.index["is_guest"]
	for _, x := range t.rows {
		if strings.EqualFold(t.value(x, email).text(), strings.TrimSpace(given["email"].Text)) && t.value(x, guest).text() != "1" {
			return true
		}
	}
	return false
}

func int64Of(c child) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(c.Text), 10, 64)
	return n
}

// cartLines reads associations/cart_rows.
func cartLines(c child) []cartRow {
	var out []cartRow
	for _, list := range c.Children {
		for _, line := range list.Children {
			var l cartRow
			for _, f := range line.Children {
				switch f.XMLName.Local {
				case "id_product":
					l.product = int64Of(f)
				case "id_product_attribute":
					l.attribute = int64Of(f)
				case "quantity":
					l.quantity = int64Of(f)
				}
			}
			out = append(out, l)
		}
	}
	return out
}
