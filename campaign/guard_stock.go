package campaign

import (
	"time"

	"github.com/relance/relance"
)

// stockLook is when to look again at a cart that is sold out.
const stockLook = 6 * time.Hour

// soldOut keeps quiet about a cart of which nothing can be ordered now; it may come back in stock.
func soldOut(s *situation) relance.Reason {
	if s.plan.Trigger.Kind != relance.TriggerAbandonedCart || !s.in.Cart.SoldOut {
		return ""
	}
	s.lookAgain(s.now.Add(stockLook))
	return relance.ReasonSoldOut
}
