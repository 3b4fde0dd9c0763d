package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// What is read of letters needs its role, from outside.
func TestLettersAreReadByRole(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	id := uuid.NewString()
	for query, needs := range map[string]relance.Role{
		`{ addressProposals { id } }`: relance.RoleClerk,
		fmt.Sprintf(`{ addressProposals(profileId: %q) { id state decidedBy } }`, id):         relance.RoleClerk,
		`{ testLetters { id recipient } }`:                                                    relance.RoleMarketer,
		fmt.Sprintf(`{ campaign(id: %q) { versions { version author steps { key } } } }`, id): relance.RoleMarketer,
	} {
		for _, role := range []relance.Role{relance.RoleReader, relance.RoleClerk, relance.RoleMarketer, relance.RoleOwner} {
			got := a.as(a.tokenOf(role), query, nil)
			if forbidden := got.code() == "FORBIDDEN"; forbidden == role.Includes(needs) {
				t.Errorf("%s as %s: %s", query, role, got.Body)
			}
		}
	}
	for state, want := range map[string]string{"TAKEN": "NOT_FOUND", "OPEN": "NOT_FOUND"} {
		if got := a.as(a.tokenOf(relance.RoleClerk), fmt.Sprintf(`mutation { addressProposalDecide(id: %q, state: %s) { errors { code } } }`, id, state), nil); !strings.Contains(got.Body, want) {
			t.Errorf("%s of nobody's proposal: %s", state, got.Body)
		}
	}
}
