package e2e_test

import (
	"os"
	"testing"

	"github.com/relance/relance/store/storetest"
)

// cluster is shared by the tests of this package.
var cluster = &storetest.Cluster{}

func TestMain(m *testing.M) {
	if os.Getenv(envDatabase) != "" {
		workerMain()
	}
	storetest.Main(m, cluster)
}
