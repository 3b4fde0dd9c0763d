// Package shopifytest is a shop on Shopify's platform, near enough: an HTTP server
// that answers Admin GraphQL 2026-10 as the real one is known to, faults included,
// from a [sample.Shop] held in memory.
//
// It knows nothing of the connector. Documents are parsed and validated against a
// hand-written slice of the schema (schema.graphql) and executed generically: any
// selection of the slice works. Queries have a cost and may be throttled; lists are
// paged by keyset cursors; the filter language has the traps of the real one
// (unquoted times lose their time part, ">" leaves out the whole second, unknown
// filters are ignored with a warning); bulk operations run in the background and
// leave a JSONL file whose children come after all parents.
//
// How a request is answered: server.go routes, http.go checks the token and rolls
// the faults, exec.go walks the document, list.go pages, and one file per noun
// (customers.go, orders.go, …) gives the values. Rows are never changed in place:
// a change replaces the row, so a bulk operation keeps the state it began with.
package shopifytest
