package prestashop

import (
	"errors"

	"github.com/relance/relance"
)

// missingRights collects what a page was read without.
type missingRights struct {
	c     *client
	seen  map[string]bool
	found []relance.MissingRight
}

// optional reports whether a resource could be read: a missing right is noted and
// forgiven, other errors come back.
func (m *missingRights) optional(resource string, err error) (readable bool, rest error) {
	var d *deniedResource
	if errors.As(err, &d) {
		m.c.state.deny(resource, m.c.now())
		m.note(resource)
		return false, nil
	}
	return err == nil, err
}

// skip reports whether a resource is known not to be readable.
func (m *missingRights) skip(resource string) bool {
	if m.c.state.knowsDenied(resource, m.c.now(), m.c.opts.Keep) {
		m.note(resource)
		return true
	}
	return false
}

func (m *missingRights) note(resource string) {
	if m.seen == nil {
		m.seen = map[string]bool{}
	}
	if !m.seen[resource] {
		m.seen[resource] = true
		m.found = append(m.found, missingRight(resource))
	}
}
