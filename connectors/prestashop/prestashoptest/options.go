package prestashoptest

import (
	"strings"
	"time"

	"github.com/relance/relance/internal/faults"
)

// DefaultKey is the webservice key of a server made without any.
const DefaultKey = "SIMULATEDWEBSERVICEKEY0000000001"

// Options sets up a shop. The zero value is a PrestaShop 9.1.4 with one shop, one
// key that may do everything and the real clock.
type Options struct {
	// Keys are the webservice keys; none means [DefaultKey] with all rights.
	Keys []Key
	// Version is what the shop says it runs; default 9.1.4. Versions 1.7 and 8 lack
	// the columns that came later.
	Version string
	// Faults makes requests fail at random; nil never.
	Faults *faults.Set
	// Now is the shop's clock; default time.Now.
	Now func() time.Time
	// Zone is the shop's time zone (IANA); default the seed's, else Europe/Paris.
	Zone string
	// Base is the folder the shop lives in, such as "/boutique"; default the root.
	Base string
	// Languages are ISO codes in order of their ids; default en, fr, de.
	Languages []string
	// Shops are the shops of the installation; default one, id 1. Rows belong to the
	// first unless [Server.MoveToShop] moves them.
	Shops []ShopRow
}

// ShopRow is one shop of a multi-shop installation.
type ShopRow struct {
	ID   int64
	Name string
}

// Key is a webservice key.
type Key struct {
	Value    string
	Inactive bool
	// Rights lists methods by resource ("orders": "GET POST"); nil allows everything.
	Rights map[string]string
	// Shops lists the shops the key may use; nil means all.
	Shops []int64
}

// ReadOnly gives the GET and HEAD rights on some resources.
func ReadOnly(resources ...string) map[string]string {
	rights := map[string]string{}
	for _, r := range resources {
		rights[r] = "GET HEAD"
	}
	return rights
}

func (k Key) mayUse(resource string) bool {
	return k.Rights == nil || k.Rights[resource] != ""
}

func (k Key) may(method, resource string) bool {
	if k.Rights == nil {
		return true
	}
	for m := range strings.FieldsSeq(k.Rights[resource]) {
		if m == method {
			return true
		}
	}
	return false
}

func (o Options) withDefaults() Options {
	if len(o.Keys) == 0 {
		o.Keys = []Key{{Value: DefaultKey}}
	}
	if o.Version == "" {
		o.Version = "9.1.4"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if len(o.Languages) == 0 {
		o.Languages = []string{"en", "fr", "de"}
	}
	if len(o.Shops) == 0 {
		o.Shops = []ShopRow{{ID: 1}}
	}
	o.Base = strings.TrimSuffix(o.Base, "/")
	return o
}

// Condition is a state the whole shop can be in.
type Condition string

// The conditions.
const (
	// Disabled: the webservice is switched off in the back office.
	Disabled Condition = "disabled"
	// Maintenance: the front office is closed; the webservice goes on.
	Maintenance Condition = "maintenance"
	// DatabaseDown: each request is answered by an error page.
	DatabaseDown Condition = "database down"
	// LockTimeout: SQL fails; lists are silently empty, single items not found.
	LockTimeout Condition = "lock timeout"
	// AssocTimeout: SQL of nested lists fails; they are silently missing.
	AssocTimeout Condition = "lock timeout in associations"
	// DevMode: SQL errors are told instead of hidden.
	DevMode Condition = "development mode"
	// OutOfMemory: PHP dies; status 500 without a body.
	OutOfMemory Condition = "out of memory"
	// NoAuthHeader: the web server does not hand the Authorization header to PHP.
	NoAuthHeader Condition = "authorization header stripped"
	// Notices: PHP prints warnings before the JSON.
	Notices Condition = "php notices"
)
