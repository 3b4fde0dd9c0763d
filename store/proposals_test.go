package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// movers is somebody whose letters come back, and what is known of their addresses.
type movers struct {
	*followed
	profile uuid.UUID
	printer uuid.UUID
	n       int
}

// lives says where the shop has them, as of so many minutes later.
func (x *movers) lives(line1 string, minutes int) {
	x.Helper()
	x.give(0, customers(customer("m", func(c *relance.Customer) {
		c.Email, c.FirstName, c.LastName, c.Version = "m@example.com", "Marie", "Exemple", at(minutes)
		c.Addresses = []relance.Address{{ExternalID: "1", Kind: relance.AddressHome, Line1: line1, PostalCode: "69001", City: "Lyon", CountryCode: "FR"}}
	})))
}

// goesTo is where a letter goes, and whether they are on a Robinson list there.
func (x *movers) goesTo() (relance.Address, bool) {
	x.Helper()
	facts, err := x.s.FactsOf(x.ctx, x.m, x.profile)
	x.ok(err)
	return *facts.Records[0].Address, facts.Records[0].Robinson
}

// returns lets a letter go where letters go, come back with another address, and that be taken.
func (x *movers) returns(to *relance.Address) (proposal uuid.UUID) {
	x.Helper()
	x.n++
	from, _ := x.goesTo()
	when := day(float64(x.n))
	id := x.posts(when, x.profile, string(rune('a'+x.n)), 0, "m", x.printer, nil, from)
	x.ok(x.s.HearOf(x.ctx, x.m, id, relance.PrintStatus{State: relance.PrintUndeliverable, Raw: "moved", At: when.Add(time.Hour), Corrected: to}, when.Add(time.Hour)))
	list, err := x.s.Proposals(x.ctx, x.m, relance.ProposalQuery{Limit: 5})
	x.ok(err)
	if len(list) != 1 || list[0].FollowUpID != id || list[0].State != relance.ProposalOpen {
		x.Fatalf("proposals: %+v", list)
	}
	x.ok(x.s.DecideProposal(x.ctx, x.m, list[0].ID, relance.ProposalTaken, "tester", when.Add(2*time.Hour)))
	return list[0].ID
}

func (x *movers) wants(what, line1 string, listed ...string) {
	x.Helper()
	if to, _ := x.goesTo(); to.Line1 != line1 || to.FirstName != "Marie" || to.LastName != "Exemple" || to.CountryCode != "FR" {
		x.Errorf("%s: letters go to %+v, want %s", what, to, line1)
	}
	p, err := x.s.Profile(x.ctx, x.m, x.profile, relance.ProfileWant{Addresses: true, Shops: true}, nil, noon)
	x.ok(err)
	var got []string
	for _, a := range p.Addresses {
		mark := ""
		if a.Replaced {
			mark = " (replaced)"
		}
		got = append(got, a.Line1+mark)
	}
	if len(got) != len(listed) {
		x.Errorf("%s: the card has %q, want %q", what, got, listed)
		return
	}
	for i := range got {
		if got[i] != listed[i] {
			x.Errorf("%s: the card has %q, want %q", what, got, listed)
		}
	}
}

// An address that was taken stands in for the one that a letter came back from: over several moves,
// only while the shop has that one, under the names of the record, and by the Robinson list as well.
func TestATakenAddressStandsInForTheOther(t *testing.T) {
	t.Parallel()
	x := &movers{followed: follow(newLab(t), 10), printer: uuid.New()}
	x.ok(x.s.AddPrinter(x.ctx, x.m, relance.Printer{ID: x.printer, Kind: relance.PrinterHand, Name: "Own", PostsFrom: "FR"}, campaignStart))
	x.lives("1 rue Ancienne", 0)
	x.profile = x.id(0, "m")
	x.wants("at first", "1 rue Ancienne", "1 rue Ancienne")
	one := x.returns(&relance.Address{Line1: "2 rue Neuve", PostalCode: "69002", City: "Lyon"})
	x.wants("moved", "2 rue Neuve", "2 rue Neuve", "1 rue Ancienne (replaced)")
	two := x.returns(&relance.Address{FirstName: "Marie", LastName: "Exemple", Line1: "3 rue Dernière", PostalCode: "69003", City: "Lyon", CountryCode: "FR"})
	x.wants("moved again", "3 rue Dernière", "3 rue Dernière", "2 rue Neuve (replaced)", "1 rue Ancienne (replaced)")
	if _, err := x.s.AddRobinson(x.ctx, x.m, []relance.Address{{FirstName: "marie", LastName: "EXEMPLE", Line1: "3 rue Derniere", PostalCode: "69003", CountryCode: "FR"}}, noon); err != nil {
		t.Fatal(err)
	}
	if _, listed := x.goesTo(); !listed {
		t.Error("the Robinson list is not asked for the address that was taken")
	}
	x.ok(x.s.DecideProposal(x.ctx, x.m, two, relance.ProposalOpen, "tester", noon))
	x.wants("the second taken back", "2 rue Neuve", "2 rue Neuve", "1 rue Ancienne (replaced)")
	x.lives("9 rue du Magasin", 5)
	x.wants("the shop knows better", "9 rue du Magasin", "9 rue du Magasin")
	x.lives("1 rue Ancienne", 10)
	x.wants("the shop has the old one again", "2 rue Neuve", "2 rue Neuve", "1 rue Ancienne (replaced)")

	all, err := x.s.Proposals(x.ctx, x.m, relance.ProposalQuery{ProfileID: &x.profile, Limit: 5})
	x.ok(err)
	if len(all) != 2 || all[0].ID != two || all[0].State != relance.ProposalOpen || all[1].ID != one || all[1].State != relance.ProposalTaken || all[1].DecidedBy != "tester" || all[1].DecidedAt == nil {
		t.Errorf("of the person: %+v", all)
	}
	if none, err := x.s.Proposals(x.ctx, x.m, relance.ProposalQuery{ProfileID: &x.profile, ShopIDs: x.shops[1:], Limit: 5}); err != nil || len(none) != 0 {
		t.Errorf("for whoever may see another shop only: %+v, %v", none, err)
	}
}
