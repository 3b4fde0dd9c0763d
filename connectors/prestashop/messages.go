package prestashop

import (
	"github.com/relance/relance"
)

// threadRow is a conversation of a customer with the shop.
type threadRow struct {
	ID       text `json:"id"`
	Customer text `json:"id_customer"`
	Order    text `json:"id_order"`
}

// messageRow is one message of a conversation.
type messageRow struct {
	ID       text `json:"id"`
	Thread   text `json:"id_customer_thread"`
	Employee text `json:"id_employee"`
	Message  text `json:"message"`
	Private  text `json:"private"`
	Added    text `json:"date_add"`
	Updated  text `json:"date_upd"`
}

func (r messageRow) number() int64   { return idRow{r.ID}.number() }
func (r messageRow) changedAt() text { return r.Updated }

func threadListing() listing {
	return listing{resource: "customer_threads", fields: []string{"id", "id_customer", "id_order"}}
}

// changedMessages reads the customers again whose conversations went on.
func changedMessages(r *run) (bool, error) {
	if r.missing.skip("customer_messages") || r.missing.skip("customer_threads") {
		return true, nil
	}
	got, done, err := walkChanged[messageRow](r.ctx, r.c.client, listing{resource: "customer_messages",
		fields: []string{"id", "id_customer_thread", "date_upd"}}, "date_upd", r.cur, r.c.opts.PageSize)
	if readable, err := r.missing.optional("customer_messages", err); !readable {
		return err == nil, err
	}
	var ids []int64
	for _, m := range got.rows {
		ids = append(ids, idRow{m.Thread}.number())
	}
	threads, err := listByIDs[threadRow](r.ctx, r.c.client, threadListing(), "id", ids)
	if readable, err := r.missing.optional("customer_threads", err); !readable {
		return err == nil, err
	}
	var customers []int64
	for _, th := range threads.rows {
		customers = append(customers, idRow{th.Customer}.number())
	}
	return done, r.customersAgain(customers)
}

// messagesOf reads the conversations of some customers, oldest message first.
func (r *run) messagesOf(customers []int64) (map[int64][]relance.Message, error) {
	if r.missing.skip("customer_threads") || r.missing.skip("customer_messages") {
		return nil, nil
	}
	threads, err := listByIDs[threadRow](r.ctx, r.c.client, threadListing(), "id_customer", customers)
	if readable, err := r.missing.optional("customer_threads", err); !readable {
		return nil, err
	}
	byID := map[int64]threadRow{}
	var ids []int64
	for _, th := range threads.rows {
		id := idRow{th.ID}.number()
		byID[id] = th
		ids = append(ids, id)
	}
	got, err := listByIDs[messageRow](r.ctx, r.c.client, listing{resource: "customer_messages", fields: []string{"id",
		"id_customer_thread", "id_employee", "message", "private", "date_add"}, extra: params{"date": "1"}}, "id_customer_thread", ids)
	if readable, err := r.missing.optional("customer_messages", err); !readable {
		return nil, err
	}
	out := map[int64][]relance.Message{}
	for _, row := range got.rows {
		v := &reader{clock: r.refs.clock}
		th := byID[idRow{row.Thread}.number()]
		customer := v.id("id_customer", th.Customer)
		m := relance.Message{
			ExternalID:   ref(v.id("id", row.ID)),
			ThreadID:     ref(v.id("id_customer_thread", row.Thread)),
			FromCustomer: v.id("id_employee", row.Employee) == 0,
			Private:      v.bool("private", row.Private),
			Text:         v.prose("message", row.Message, maxMessage),
			At:           v.time("date_add", row.Added),
			OrderID:      ref(v.id("id_order", th.Order)),
		}
		if v.failed() {
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindCustomers, customer))
			continue
		}
		out[customer] = append(out[customer], m)
	}
	return out, nil
}
