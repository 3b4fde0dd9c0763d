// Package prestashoptest is a PrestaShop shop for tests and demos: an HTTP handler
// that answers like the webservice of a real PrestaShop 9.1, good manners and bad
// ones alike. It is built from recorded exchanges with a running shop and knows
// nothing of what our own client expects: an operator or filter that a real shop
// ignores is ignored here too, an SQL error is answered by an empty list, and a GET
// can be made to delete.
//
// A shop is seeded from a [sample.Shop], whose times are instants and whose ids are
// plain numbers; it serves them as rows with shop-local dates. Tests change the
// shop through methods such as [Server.AddOrder], which move date_upd exactly where
// a real shop moves it, and make it fail through [Server.SetCondition] and the
// faults of the options.
//
// Start reading at server.go (a request's way), then query.go (lists), then the
// rows_*.go files (what each resource shows).
package prestashoptest
