package campaign

import (
	"time"

	"github.com/relance/relance"
)

// Times of patience.
const (
	// complaintTime is how long somebody without an answer is left in peace.
	complaintTime = 30 * 24 * time.Hour
	// overdueAfter is how old an unpaid order is when its invoice counts as overdue (section
	// 286(3) BGB and article L441-10 C. com. speak of 30 days), and forgottenAfter when nobody
	// minds it any more: shops leave orders open that were never paid.
	overdueAfter   = 30 * 24 * time.Hour
	forgottenAfter = 365 * 24 * time.Hour
)

// complaintOpen lets nobody be advertised to who waits for an answer.
func complaintOpen(s *situation) relance.Reason {
	at := s.facts.Unanswered
	if at == nil || !s.now.Before(at.Add(complaintTime)) {
		return ""
	}
	s.lookAgain(at.Add(complaintTime))
	return relance.ReasonComplaintOpen
}

// invoiceOverdue lets nobody be advertised to whose last orders wait to be paid.
func invoiceOverdue(s *situation) relance.Reason {
	for i := range s.facts.Orders {
		o := &s.facts.Orders[i]
		if o.Paid || o.Test || !o.Counted || o.State == relance.OrderCancelled || o.State == relance.OrderRefunded {
			continue
		}
		if age := s.now.Sub(o.PlacedAt); age >= overdueAfter && age < forgottenAfter {
			s.lookAgain(o.PlacedAt.Add(forgottenAfter))
			return relance.ReasonInvoiceOverdue
		}
	}
	return ""
}
