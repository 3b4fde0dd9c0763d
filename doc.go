// Package relance holds the nouns of the product in the merchant's words: shop,
// customer, order, cart, consent, profile, filter, money and error.
//
// Two families live here. Facts are what a source (a shop, an import, a person
// typing) says: [Customer], [Order], [Cart], [Product], [Consent]; connectors make
// them, the store keeps them. Profiles are what Relance derives from facts: one
// [Profile] per person over all shops; the store reads them, the graph shows them.
//
// The package imports nothing of this module, so every other package may use it.
package relance
