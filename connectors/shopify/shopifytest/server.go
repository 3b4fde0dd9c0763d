package shopifytest

import (
	_ "embed" // the schema slice
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/sample"
)

// Version is the only API version the simulator serves.
const Version = "2026-10"

//go:embed schema.graphql
var schemaText string

// Options says how the shop behaves. The zero value is a well-behaved shop without
// throttle whose token is "shpat_test".
type Options struct {
	Domain       string   // its myshopify.com domain; default "relance-test.myshopify.com"
	Token        string   // the admin token; default "shpat_test"
	ClientID     string   // for the client credentials grant; "" refuses it
	ClientSecret string   // for the client credentials grant and webhook signatures
	Scopes       []string // granted access scopes; nil: every scope the connector wants
	Faults       *faults.Set
	Now          func() time.Time // default time.Now

	Bucket  float64 // size of the throttle's bucket in points; 0: no throttle
	Restore float64 // points restored per second; default 100
	MaxCost float64 // of one query; default 1000

	// Denied names fields ("Customer.firstName") of protected customer data that come
	// back null with an ACCESS_DENIED entry in errors.
	Denied []string
	// Bulk says how bulk operations behave.
	Bulk BulkOptions
	// Hold is how long a request with the timeout fault is held; default 35 s.
	Hold time.Duration
	// TaxesExcluded makes line prices exclude tax, as shops in some countries do.
	TaxesExcluded bool
}

// Server is the simulated shop. It is an [http.Handler] and safe for concurrent use.
type Server struct {
	opts   Options
	schema *ast.Schema
	shop   sample.Shop

	mu    sync.RWMutex // guards all below
	data  store
	token map[string]time.Time // issued by client credentials, with expiry

	throttle *throttle
	bulk     *bulkRunner
	log      requestLog
	faulty   sync.Mutex
	alt      int // alternates between the forms of a fault
	lose     int // answers about vouchers to be lost
}

// New makes a shop from the sample. Call [Server.Close] when done with it.
func New(shop sample.Shop, opts Options) *Server {
	if opts.Domain == "" {
		opts.Domain = "relance-test.myshopify.com"
	}
	if opts.Token == "" {
		opts.Token = "shpat_test"
	}
	if opts.Scopes == nil {
		opts.Scopes = []string{"read_customers", "read_orders", "read_all_orders", "read_products", "read_returns", "read_discounts", "write_discounts", "write_customers"}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Restore <= 0 {
		opts.Restore = 100
	}
	if opts.MaxCost <= 0 {
		opts.MaxCost = 1000
	}
	if opts.Hold <= 0 {
		opts.Hold = 35 * time.Second
	}
	s := &Server{
		opts:   opts,
		schema: gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText}),
		shop:   shop,
		token:  map[string]time.Time{},
	}
	s.throttle = newThrottle(opts.Bucket, opts.Restore, opts.Now)
	s.bulk = newBulkRunner(s)
	s.data = seed(shop, opts.Now().UTC().Truncate(time.Second))
	return s
}

// Close stops running bulk operations and removes their files.
func (s *Server) Close() { s.bulk.close() }

// ServeHTTP answers the three things a shop is asked for: GraphQL, a token and the
// file of a bulk operation.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/admin/api/"+Version+"/graphql.json" && r.Method == http.MethodPost:
		s.serveGraphQL(w, r)
	case r.URL.Path == "/admin/oauth/access_token" && r.Method == http.MethodPost:
		s.serveToken(w, r)
	case len(r.URL.Path) > len(bulkPath) && r.URL.Path[:len(bulkPath)] == bulkPath && r.Method == http.MethodGet:
		s.bulk.serveFile(w, r)
	default:
		writeJSON(w, http.StatusNotFound, `{"errors":"Not Found"}`)
	}
}

// deniesCosts reports whether the token may not see what products cost: then a bulk operation that
// asks for it fails, unlike one that asks for protected customer data.
func (s *Server) deniesCosts() bool {
	return slices.ContainsFunc(s.opts.Denied, func(f string) bool { return f == "ProductVariant.inventoryItem" || f == "InventoryItem.unitCost" })
}

// Schema is the text of the schema slice.
func Schema() string { return schemaText }
