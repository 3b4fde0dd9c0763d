package relance

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// OrderState is the state of an order in Relance's words; the shop's own word is
// kept beside it.
type OrderState string

// The states of an order.
const (
	OrderOpen      OrderState = "OPEN" // placed, not (fully) paid
	OrderPaid      OrderState = "PAID"
	OrderShipped   OrderState = "SHIPPED"
	OrderDelivered OrderState = "DELIVERED"
	OrderCancelled OrderState = "CANCELLED"
	OrderRefunded  OrderState = "REFUNDED"
)

// Order is an order as the source holds it. Amounts include tax, in the order's
// currency (Shopify: shop money).
type Order struct {
	ExternalID    string
	Version       Version
	Number        string // what the customer sees
	CustomerID    string // external id; "" for an order without a customer
	Email         string // as given with the order
	CartID        string // external id of the cart (PrestaShop)
	CheckoutToken string // Shopify: links to the abandoned checkout
	State         OrderState
	ShopState     string // the shop's own word
	Paid          bool
	NotValidated  bool // placed but not (yet) validated by the shop: badge NOT_VALIDATED
	PlacedAt      time.Time
	CancelledAt   *time.Time
	Currency      string
	Language      string
	Total         decimal.Decimal // as placed
	Shipping      decimal.Decimal
	Wrapping      decimal.Decimal
	Discount      decimal.Decimal // positive; order level discounts that the lines' totals do not hold yet
	Tax           decimal.Decimal
	Payment       string
	Fulfilment    string
	DiscountCodes []string
	Vouchers      []UsedVoucher `json:",omitempty"` // those of DiscountCodes that the shop tells the amounts of
	Tags          []string
	Note          string
	Test          bool // a shop's test order: kept out of all figures
	Billing       *Address
	Delivery      *Address
	Lines         []OrderLine
	Refunds       []Refund
	Returns       []Return
	History       []OrderEvent
	Erased        bool `json:",omitempty"` // without its buyer, who was erased
}

// OrderLine is one line of an order.
type OrderLine struct {
	ExternalID string
	ProductID  string // external id, "" if the shop no longer knows
	VariantID  string
	Title      string
	SKU        string
	Quantity   int
	UnitPrice  decimal.Decimal // including tax, after line discounts
	Total      decimal.Decimal // including tax, after line discounts
	// Net is what the line was sold for: without tax, after every discount, its part of those on
	// the whole order too, before returns; nil: not known.
	Net        *decimal.Decimal
	Category   string // full name as of reading
	Options    []Option
	ProductURL string
	ImageURL   string
}

// Option is a chosen product option, such as Size: M.
type Option struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Refund is money given back: a Shopify refund or a PrestaShop order slip.
type Refund struct {
	ExternalID string
	Document   string // the return document; several refunds (over several orders) may carry the same
	At         time.Time
	Amount     decimal.Decimal // shipping included, positive
	Shipping   decimal.Decimal
	Note       string
	Lines      []RefundLine
}

// RefundLine is what of a line came back.
type RefundLine struct {
	ExternalID  string
	OrderLineID string // external id
	Quantity    int
	Amount      decimal.Decimal
}

// ReturnState says where a return stands.
type ReturnState string

// The states of a return.
const (
	ReturnRequested ReturnState = "REQUESTED"
	ReturnOpen      ReturnState = "OPEN"
	ReturnClosed    ReturnState = "CLOSED"
	ReturnDeclined  ReturnState = "DECLINED"
	ReturnCancelled ReturnState = "CANCELLED"
)

// Return is goods on their way back, whether or not they are paid back: what is paid back
// is a [Refund], and only that counts in figures.
type Return struct {
	ExternalID  string       `json:"external_id"`
	Number      string       `json:"number"`
	State       ReturnState  `json:"state"`
	RequestedAt time.Time    `json:"requested_at"`
	ClosedAt    *time.Time   `json:"closed_at"`
	Lines       []ReturnLine `json:"lines"`
}

// ReturnLine is what of a line is to come back.
type ReturnLine struct {
	ExternalID       string `json:"external_id"`
	OrderLineID      string `json:"order_line_id"` // external id, "" where the shop does not tell
	Title            string `json:"title"`
	SKU              string `json:"sku"`
	Quantity         int    `json:"quantity"`
	RefundedQuantity int    `json:"refunded_quantity"`
	Reason           string `json:"reason"` // in the shop's words
}

// OrderEvent is a change of an order's state in the shop's words.
type OrderEvent struct {
	ExternalID string
	At         time.Time
	ShopState  string
}

// Returned is the sum of all refunds, shipping included.
func (o *Order) Returned() decimal.Decimal {
	sum := decimal.Zero
	for i := range o.Refunds {
		sum = sum.Add(o.Refunds[i].Amount)
	}
	return sum
}

// ExactTotal is the sum of the order's parts where the shop's total is that sum
// rounded (PrestaShop keeps six decimals in its rows and two in its totals), else the
// shop's total.
func (o *Order) ExactTotal() decimal.Decimal {
	sum := o.Shipping.Add(o.Wrapping).Sub(o.Discount)
	for i := range o.Lines {
		sum = sum.Add(o.Lines[i].Total)
	}
	// Each line may have been rounded on its own: half a cent for each, and one for the whole.
	slack := decimal.New(5, -3).Mul(decimal.NewFromInt(int64(len(o.Lines) + 1)))
	if sum.Sub(o.Total).Abs().GreaterThan(slack) {
		return o.Total
	}
	return sum
}

// ReturnedQuantity tells how many of each line, by its external id, came back.
func (o *Order) ReturnedQuantity() map[string]int {
	n := map[string]int{}
	for i := range o.Refunds {
		for _, l := range o.Refunds[i].Lines {
			n[l.OrderLineID] += l.Quantity
		}
	}
	return n
}

// Size finds the size among chosen options by the option's usual names in the
// languages of the shops, or gives "".
func Size(options []Option) string {
	for _, o := range options {
		switch strings.ToLower(strings.TrimSpace(o.Name)) {
		case "size", "taille", "größe", "grösse", "groesse", "pointure", "schuhgröße", "kleidergröße", "konfektionsgröße", "talla", "taglia", "maat", "shoe size":
			return strings.TrimSpace(o.Value)
		}
	}
	return ""
}
