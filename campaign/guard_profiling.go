package campaign

import (
	"github.com/relance/relance"
	"github.com/relance/relance/segment"
)

// profiling leaves whoever objected to profiling out of campaigns that choose people by what they
// buy (Article 21 GDPR). A reminder of one's own cart chooses nobody.
func profiling(s *situation) relance.Reason {
	if judgesBehaviour(s.plan.Trigger.Kind) || s.campaign.Audience != nil && segment.JudgesBehaviour(s.campaign.Audience) {
		if segment.ObjectsToProfiling(s.facts.Labels) {
			return relance.ReasonNoProfiling
		}
	}
	return ""
}

func judgesBehaviour(k relance.TriggerKind) bool {
	switch k {
	case relance.TriggerBestCustomer, relance.TriggerInactiveCustomer, relance.TriggerOrderPlaced, relance.TriggerCartRecovered, relance.TriggerLetterScanned:
		return true
	default:
		return false
	}
}
