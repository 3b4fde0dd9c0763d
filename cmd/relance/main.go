// Command relance is the whole product in one binary: the server, the workers, the
// migrations, the shop simulators and the merchant's command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // zones are known where the machine has none of its own

	"github.com/alecthomas/kong"

	"github.com/relance/relance"
)

// Exit codes of the contract.
const (
	exitDone  = 0
	exitError = 1
	exitUsage = 2
)

// cli is the command line: one struct for flags and environment.
type cli struct {
	Settings

	Migrate  migrateCmd  `cmd:"" help:"Bring the database up to date."`
	Serve    serveCmd    `cmd:"" help:"Serve GraphQL at /graphql, and /healthz, /readyz, /metrics."`
	Work     workCmd     `cmd:"" help:"Run the workers and the scheduler."`
	Dev      devCmd      `cmd:"" help:"Show the product working: its own Postgres and Redis, simulated shops, workers and API in one process."`
	Merchant merchantCmd `cmd:"" help:"Merchants (tenants)."`
	Token    tokenCmd    `cmd:"" help:"API tokens."`
	User     userCmd     `cmd:"" help:"The staff who sign in to the dashboard."`
	Connect  connectCmd  `cmd:"" help:"Connect a shop."`
	Sync     syncCmd     `cmd:"" help:"Pull a shop's changes, or everything."`
	Doctor   doctorCmd   `cmd:"" help:"Compare what is stored with the shop."`
	Rebuild  rebuildCmd  `cmd:"" help:"Recompute what is derived; exit 0 only if nothing differs."`
	Preview  previewCmd  `cmd:"" help:"Show who would get what of a campaign now; nothing is sent."`
	Backtest backtestCmd `cmd:"" help:"Play a campaign over past days; nothing is sent."`
	Report   reportCmd   `cmd:"" help:"Write what campaigns did in a month to a file: by shop, group, campaign and currency."`
	Letter   letterCmd   `cmd:"" help:"Letters: layouts and ready texts, measured."`
	Robinson robinsonCmd `cmd:"" help:"Take up a list of people who want no advertising letters from anybody."`
	Erased   erasedCmd   `cmd:"" help:"Who was erased, as a list that names nobody: kept apart, it keeps a restored backup from bringing them back."`
	Simulate simulateCmd `cmd:"" help:"Serve one shop simulator alone."`
	Key      keyCmd      `cmd:"" help:"Print a new RELANCE_SECRET_KEY."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &streams{out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// run parses and executes one command line; tests call it too.
func run(ctx context.Context, args []string, std *streams) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("relance"), kong.Description("One profile per customer over all shops, and follow-ups by voucher e-mail and printed letter."),
		kong.UsageOnError(), kong.Writers(std.out, std.err), kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std))
	if err != nil {
		return std.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exit >= 0 { // --help has been printed
		return exit
	}
	if err != nil {
		_, _ = fmt.Fprintf(std.err, "relance: %s\nSee relance --help.\n", err)
		return exitUsage
	}
	if err := k.Run(&c.Settings); err != nil && !errors.Is(err, context.Canceled) {
		return std.fail(err)
	}
	return exitDone
}

// streams is where a command writes.
type streams struct {
	out, err interface{ Write([]byte) (int, error) }
}

// fail prints an error for people.
func (s *streams) fail(err error) int {
	var e *relance.Error
	if errors.As(err, &e) && e.Code != relance.CodeInternal {
		_, _ = fmt.Fprintf(s.err, "relance: %s\n", e.Message)
		return exitError
	}
	_, _ = fmt.Fprintf(s.err, "relance: %s\n", err)
	return exitError
}
