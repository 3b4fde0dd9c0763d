package relance

// Kind names a kind of record that a source gives and a sync run pulls, one step
// of the run per kind.
type Kind string

// The kinds in the order in which a run pulls them: what others refer to comes first.
const (
	KindProducts  Kind = "PRODUCTS"
	KindCustomers Kind = "CUSTOMERS"
	KindOrders    Kind = "ORDERS"
	KindCarts     Kind = "CARTS"
	KindConsents  Kind = "CONSENTS"
	KindDeletions Kind = "DELETIONS"
)

// Kinds lists every kind in pulling order.
func Kinds() []Kind {
	return []Kind{KindProducts, KindCustomers, KindOrders, KindCarts, KindConsents, KindDeletions}
}

// Cursor is a connector's own place in a list: opaque to everybody else, stored in
// the transaction that stores the page it follows. The empty cursor means
// "from the beginning".
type Cursor string
