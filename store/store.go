// Package store holds all SQL: one file per noun, each statement under the function
// that runs it. A [Store] speaks to Postgres as the role relance_app, fenced by
// row-level security; every call names the merchant it acts for, and that merchant is
// set for the one transaction only. Reading across merchants is left to the few
// sweep functions, which use the role relance_system.
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	pgxdecimal "github.com/jackc/pgx-shopspring-decimal"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/relance/relance"
)

// Store reads and writes everything that is kept. It is safe for concurrent use.
type Store struct {
	app    *pgxpool.Pool
	system *pgxpool.Pool
	locks  *pgxpool.Pool // of those who are alone: they need the others for their work
	unseal Unsealer      // nil: nobody opens keys
}

// Options tunes a Store.
type Options struct {
	MaxConns int32 // of the product's pool; 0 means 16
	// Tracer sees every statement; nil for none.
	Tracer pgx.QueryTracer
}

// Open connects to a migrated database. The login named in url must be allowed to
// take the roles relance_app and relance_system.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	app, err := openPool(ctx, url, "relance_app", o.MaxConns, o.Tracer)
	if err != nil {
		return nil, err
	}
	system, err := openPool(ctx, url, "relance_system", 2, nil)
	if err != nil {
		app.Close()
		return nil, err
	}
	locks, err := newPool(ctx, url, "relance_app", 16, nil)
	if err != nil {
		app.Close()
		system.Close()
		return nil, err
	}
	return &Store{app: app, system: system, locks: locks}, nil
}

// openPool makes a pool and sees that the database answers.
func openPool(ctx context.Context, url, role string, maxConns int32, tracer pgx.QueryTracer) (*pgxpool.Pool, error) {
	pool, err := newPool(ctx, url, role, maxConns, tracer)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, relance.WrapError(relance.CodeInternal, err, "the database does not answer, or is not migrated: run `relance migrate`")
	}
	return pool, nil
}

func newPool(ctx context.Context, url, role string, maxConns int32, tracer pgx.QueryTracer) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, relance.Errorf(relance.CodeBadInput, "DATABASE_URL is not a Postgres address")
	}
	cfg.MaxConns = maxConns
	cfg.ConnConfig.Tracer = tracer
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = role
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		pgxdecimal.Register(c.TypeMap())
		pgxuuid.Register(c.TypeMap())
		// Compiling a query costs more than any of ours takes.
		_, err := c.Exec(ctx, "SET jit = off; SET ROLE "+role)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database as %s: %w", role, err)
	}
	return pool, nil
}

// Close ends all connections.
func (s *Store) Close() {
	s.app.Close()
	s.system.Close()
	s.locks.Close()
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.app.Ping(ctx) }

// setMerchant is the statement that fences a transaction; a uuid prints safely.
func setMerchant(m uuid.UUID) string {
	return "SET LOCAL relance.merchant = '" + m.String() + "'"
}

// inTx runs f in a transaction of merchant m.
func (s *Store) inTx(ctx context.Context, m uuid.UUID, f func(pgx.Tx) error) error {
	opts := pgx.TxOptions{BeginQuery: "BEGIN; " + setMerchant(m)}
	return pgx.BeginTxFunc(ctx, s.app, opts, f)
}

// keepPlans lets a transaction use plans made for any values: of the queries that gather facts,
// the same few again and again, making a plan takes longer than running it.
const keepPlans = "SET LOCAL plan_cache_mode = force_generic_plan; "

// lookUp has queries that look rows up by key planned with indexes: a plan made while a table was
// empty, which reads it from end to end, would be kept for minutes.
const lookUp = "SET LOCAL enable_seqscan = off; "

// commitSoon lets a transaction not wait until it is on the disk. It is for those that take their work from the
// database and say in the same transaction how far they came: what a crash of the server takes back, with all that
// was read from it, is done again.
const commitSoon = "SET LOCAL synchronous_commit = off"

// inFactTx is inTx for the queries that gather facts and write what follows from them. Those that join say
// by OFFSET 0 from where to where.
func (s *Store) inFactTx(ctx context.Context, m uuid.UUID, f func(pgx.Tx) error) error {
	opts := pgx.TxOptions{BeginQuery: "BEGIN; " + keepPlans + lookUp + setMerchant(m)}
	return pgx.BeginTxFunc(ctx, s.app, opts, f)
}

// readRow runs a query for merchant m that gives one row, in one round trip.
func (s *Store) readRow(ctx context.Context, m uuid.UUID, scan []any, sql string, args ...any) error {
	return s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(sql, args...).QueryRow(func(row pgx.Row) error { return row.Scan(scan...) })
	})
}

// read runs the queued queries for merchant m in one round trip.
func (s *Store) read(ctx context.Context, m uuid.UUID, queue func(*pgx.Batch)) error {
	return s.inOneTrip(ctx, m, "BEGIN READ ONLY", queue)
}

// inOneTrip runs the queued statements for merchant m in one transaction and one round trip.
func (s *Store) inOneTrip(ctx context.Context, m uuid.UUID, begin string, queue func(*pgx.Batch)) error {
	b := &pgx.Batch{}
	b.Queue(begin)
	b.Queue(setMerchant(m))
	queue(b)
	b.Queue("COMMIT")
	return s.app.SendBatch(ctx, b).Close()
}

// rowsInto collects a queued query's rows by column name.
func rowsInto[T any](dst *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*dst, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	}
}

// column turns a field of every row into an array for unnest.
func column[T, V any](rows []T, f func(*T) V) []V {
	out := make([]V, len(rows))
	for i := range rows {
		out[i] = f(&rows[i])
	}
	return out
}

// newID makes a UUIDv7: ids sort by the time they were made.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// notFound turns pgx's "no rows" into the product's error.
func notFound(err error, what string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return relance.Errorf(relance.CodeNotFound, "there is no such %s", what)
	}
	return err
}

// oneRow tells that what a statement was to change is not there.
func oneRow(tag pgconn.CommandTag, err error, what string) error {
	if err == nil && tag.RowsAffected() == 0 {
		return relance.Errorf(relance.CodeNotFound, "there is no such %s", what)
	}
	return err
}

// isReferred reports whether err is a violation of a foreign key.
func isReferred(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503"
}

// isUnique reports whether err is a violation of the named unique index.
func isUnique(err error, index string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && pg.ConstraintName == index
}

// badValue turns Postgres' refusal of a caller's value (a NUL, a forged cursor, a date
// out of range) into the caller's error.
func badValue(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasPrefix(pg.Code, "22") {
		return relance.WrapError(relance.CodeBadInput, err, "a value of the filter or the cursor cannot be read")
	}
	return err
}

// timeOr gives t, or other where t is zero.
func timeOr(t, other time.Time) time.Time {
	if t.IsZero() {
		return other
	}
	return t
}
