package store_test

import (
	"flag"
	"testing"

	"github.com/relance/relance/store/storetest"
)

// cluster is shared by the tests of this package.
var cluster = &storetest.Cluster{}

func TestMain(m *testing.M) {
	// A check is hundreds of transactions here; -rapid.checks=N asks for more of them.
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	storetest.Main(m, cluster)
}
