package store_test

import (
	"testing"

	"github.com/relance/relance/store/storetest"
)

// cluster is shared by the tests of this package.
var cluster = &storetest.Cluster{}

func TestMain(m *testing.M) { storetest.Main(m, cluster) }
