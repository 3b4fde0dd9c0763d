// Package migrations embeds the numbered SQL files that bring a database up to date.
// Once landed, a file is never changed: later ones mend earlier ones.
package migrations

import "embed"

// FS holds the migrations, in order of their numbers.
//
//go:embed *.sql
var FS embed.FS
