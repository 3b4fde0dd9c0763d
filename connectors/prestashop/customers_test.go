package prestashop_test

import (
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

func TestFirstPullGivesEveryCustomerWhole(t *testing.T) {
	t.Parallel()
	shop := people(57)
	_, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{})
	c := connect(t, url, quick())
	got := pull(t, c, relance.KindCustomers, "")
	if len(got.customers) != 57 || len(got.rejected) != 0 || got.total == nil || *got.total != 57 {
		t.Fatalf("%d customers, %d rejected, total %v", len(got.customers), len(got.rejected), got.total)
	}
	x := got.customers["103"]
	want := shop.Customers[3]
	if x.Email != want.Email || x.GroupName != "Gold" || x.Language != "fr" || !x.CreatedAt.Equal(want.CreatedAt) ||
		!x.Version.UpdatedAt.Equal(want.Version.UpdatedAt) || x.Phone != want.Addresses[0].Phone {
		t.Errorf("%+v", x)
	}
	if len(x.Addresses) != 1 || x.Addresses[0].CountryCode != "FR" || x.Addresses[0].Kind != relance.AddressHome || x.Addresses[0].Line1 != "103 rue du Test" {
		t.Errorf("%+v", x.Addresses)
	}
	again := pull(t, c, relance.KindCustomers, got.next)
	if len(again.customers) != 0 || again.pages != 1 {
		t.Errorf("nothing changed, yet %d customers on %d pages", len(again.customers), again.pages)
	}
}

func TestCheckDescribesTheShop(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, people(1), prestashoptest.Options{})
	info, missing, err := connect(t, url, quick()).Check(t.Context())
	if err != nil || len(missing) != 0 {
		t.Fatal(missing, err)
	}
	if info.Name != "Lab" || info.Currency != "EUR" || info.TimeZone != "Europe/Paris" || info.Version != "9.1.4" || info.URL != url {
		t.Errorf("%+v", info)
	}
}
