package shopify

import (
	"embed"
	"strings"
)

//go:embed documents/*.graphql
var documentFiles embed.FS

// document is an operation with the fragments it uses.
type document struct {
	name string
	text string
	cost float64 // a guess at its cost in points until the shop has told
}

// load puts an operation and its fragments together.
func load(cost float64, name string, fragments ...string) document {
	d := document{name: name, cost: cost}
	var b strings.Builder
	for _, part := range append([]string{name}, fragments...) {
		text, err := documentFiles.ReadFile("documents/" + part + ".graphql")
		if err != nil {
			continue // a test loads every document
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(strings.TrimSpace(line), "#") {
				b.WriteString(line)
			}
		}
	}
	d.text = b.String()
	return d
}
