// Package prestashop reads customers, orders, carts and products out of a PrestaShop
// shop (1.7 to 9) through its webservice, and is one line in the product's table of
// platforms: [Platform].
//
// The webservice hides its failures: an SQL error is an empty list, a missing right
// looks like a wrong key, most rows of one import share a second. So nothing is
// believed at first sight here:
//
//   - a first pull walks the ids, which never move; later pulls walk (date_upd, id)
//     inside a window fixed by the shop's own clock, and the next window overlaps it;
//   - an empty list is asked for again, and once more for ids alone, before it counts;
//   - a row whose nested list should be there and is not is read again.
//
// Changes that do not touch the record itself (an address, a refund, a message) have
// lists of their own; each pull looks through those and reads the records concerned
// again, whole. How a list is walked is in walk.go, how one request is made in
// client.go, what each kind of record is made of in customers.go, orders.go, carts.go
// and products.go.
//
// Only field lists are ever asked for where a record holds secrets (password hashes,
// secure keys), always as JSON.
package prestashop
