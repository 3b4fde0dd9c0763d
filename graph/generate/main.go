// Command generate makes the Go of the GraphQL schema: gqlgen's own generation, and then
// a shorter way for what is only read out of memory.
//
// gqlgen gives every field of every object a context, a chain of middleware, a recover
// and, in lists, a goroutine. A field with a resolver needs that; the title of an order
// line does not, and there are thousands of them in an answer. An object all of whose
// fields are plain values down to its leaves ("plain", below) is therefore marshalled
// directly, and lists are marshalled in order.
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate() error {
	cfg, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return err
	}
	var schema watcher
	if err := api.Generate(cfg, api.AddPlugin(&schema)); err != nil {
		return err
	}
	return shorten(cfg.Exec.Filename, schema.objects)
}

// watcher is a plugin of gqlgen that remembers what it knows of the schema's objects.
type watcher struct{ objects codegen.Objects }

// Name implements plugin.Plugin.
func (*watcher) Name() string { return "watcher" }

// GenerateCode implements plugin.CodeGenerator.
func (w *watcher) GenerateCode(data *codegen.Data) error {
	w.objects = data.Objects
	return nil
}
