// Package shopify reads a Shopify shop through the Admin GraphQL API, version
// 2026-10, and turns what it finds into the product's nouns.
//
// # How a pull goes
//
// A cursor is a small JSON object, a [place], that says in which phase a pull is.
//
// The first pull of a kind asks the shop for a bulk operation (bulk.go): the shop
// prepares one JSONL file with every record, which is streamed into the staging table
// a chunk at a time (load.go), compared with the number of objects the shop announced,
// and then given out page by page (rows.go). Whenever that way fails, the pull goes on
// by plain pages from the beginning.
//
// Pages (pages.go) are windows over the time of change: from a little before where
// the last pull began, up to now. The window is walked in the order of change, so a
// record that changes meanwhile only moves towards the end and is not missed. The end
// of a list is believed only when the shop, asked from the other end, agrees
// (tail.go). A long pull is followed by a short window over the time it took, until
// nothing has changed meanwhile; then it is done.
//
// # How a request goes
//
// call.go sends one document through go-shopify, which gives the paths, the headers
// and the first decoding; retries, the limiter, the address fence and the meaning of
// errors are ours. A resource, that is a kind with its documents and its
// decoder, is one value of the table in resource.go and one file: customers.go,
// orders.go, carts.go, products.go.
package shopify
