package workers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
)

// Queue hands work to the workers through Redis. A task's id names the state of the row
// it works on, so that handing it over twice gives one task.
type Queue struct {
	client *asynq.Client
	now    func() time.Time
}

// NewQueue makes a queue on the Redis of the client, which stays the caller's to close.
func NewQueue(r redis.UniversalClient) *Queue {
	return &Queue{client: asynq.NewClientFromRedisClient(r), now: time.Now}
}

// PullPage is the job of pulling one page. It carries ids and counters only: the row
// says what is to be done.
type PullPage struct {
	MerchantID uuid.UUID
	ShopID     uuid.UUID
	RunID      uuid.UUID
	What       relance.Kind
	Seq        int64
	Attempt    int
	Claims     int64
}

// Kind names the job.
func (PullPage) Kind() string { return "pull_page" }

// DeriveFacts is the job of deriving a merchant's changed facts.
type DeriveFacts struct{ MerchantID uuid.UUID }

// Kind names the job.
func (DeriveFacts) Kind() string { return "derive_facts" }

// EvaluatePeople is the job of judging a merchant's people who are due.
type EvaluatePeople struct{ MerchantID uuid.UUID }

// Kind names the job.
func (EvaluatePeople) Kind() string { return "evaluate_people" }

// SendDue is the job of sending a merchant's messages that are due.
type SendDue struct{ MerchantID uuid.UUID }

// Kind names the job.
func (SendDue) Kind() string { return "send_due" }

// The jobs of long work; each carries a [relance.Claim].
const (
	kindExport      = "write_export"
	kindImport      = "run_import"
	kindErasure     = "erase_person"
	kindShopErasure = "erase_shop"
	kindBulk        = "run_bulk"
)

// Import implements app.Queue.
func (q *Queue) Import(ctx context.Context, c relance.Claim) error {
	return q.long(ctx, kindImport, c, asynq.Queue(queuePull), asynq.Timeout(15*time.Minute))
}

// Erasure asks for an erasure to be gone on with.
func (q *Queue) Erasure(ctx context.Context, c relance.Claim) error {
	return q.long(ctx, kindErasure, c, asynq.Queue(queueDerive), asynq.Timeout(4*time.Minute))
}

// ShopErasure asks for the erasure of a shop to be gone on with.
func (q *Queue) ShopErasure(ctx context.Context, c relance.Claim) error {
	return q.long(ctx, kindShopErasure, c, asynq.Queue(queueExport), asynq.Timeout(4*time.Minute))
}

// Bulk asks for a change of many people to be gone on with.
func (q *Queue) Bulk(ctx context.Context, c relance.Claim) error {
	return q.long(ctx, kindBulk, c, asynq.Queue(queueExport), asynq.Timeout(15*time.Minute))
}

// Export asks for an export to be written.
func (q *Queue) Export(ctx context.Context, c relance.Claim) error {
	return q.long(ctx, kindExport, c, asynq.Queue(queueExport), asynq.Timeout(6*time.Hour))
}

// long asks for long work to be gone on with. Requests of the same ten seconds are one task; a later one is another, since
// Redis keeps a task that failed before it took the work up, and would take the next request for it.
func (q *Queue) long(ctx context.Context, kind string, c relance.Claim, opts ...asynq.Option) error {
	id := fmt.Sprintf("%s:%s:%d:%d", kind, c.ID, c.Claims, q.now().Unix()/10)
	return q.enqueue(ctx, kind, c, append(opts, asynq.TaskID(id), asynq.MaxRetry(0))...)
}

// Page implements app.Queue.
func (q *Queue) Page(ctx context.Context, t relance.PageTask) error {
	job := PullPage{MerchantID: t.MerchantID, ShopID: t.ShopID, RunID: t.RunID, What: t.Kind, Seq: t.Seq, Attempt: t.Attempt, Claims: t.Claims}
	id := fmt.Sprintf("%s:%s:%s:%d:%d:%d", job.Kind(), t.RunID, t.Kind, t.Seq, t.Attempt, t.Claims)
	return q.enqueue(ctx, job.Kind(), job, asynq.TaskID(id), asynq.ProcessAt(t.NextAt), asynq.Queue(queuePull),
		asynq.MaxRetry(2), asynq.Timeout(15*time.Minute))
}

// Derive implements app.Queue. Requests for later that fall into the same ten seconds are one
// task, requests for now into the same second; what comes after it has looked is found by the
// next sweep.
func (q *Queue) Derive(ctx context.Context, merchant uuid.UUID, delay time.Duration) error {
	job := DeriveFacts{MerchantID: merchant}
	at := q.now().Add(delay)
	id := fmt.Sprintf("%s:%s:%d", job.Kind(), merchant, at.Unix()/10)
	if delay == 0 {
		id = fmt.Sprintf("%s:%s:now:%d", job.Kind(), merchant, at.Unix())
	}
	return q.enqueue(ctx, job.Kind(), job, asynq.TaskID(id), asynq.ProcessAt(at), asynq.Queue(queueDerive),
		asynq.MaxRetry(2), asynq.Timeout(15*time.Minute))
}

// Evaluate asks for the merchant's people who are due to be judged. Requests of one second are
// one task.
func (q *Queue) Evaluate(ctx context.Context, merchant uuid.UUID) error {
	job := EvaluatePeople{MerchantID: merchant}
	id := fmt.Sprintf("%s:%s:%d", job.Kind(), merchant, q.now().Unix())
	return q.enqueue(ctx, job.Kind(), job, asynq.TaskID(id), asynq.Queue(queueDerive), asynq.MaxRetry(2), asynq.Timeout(15*time.Minute))
}

// Send asks for a merchant's messages that are due to be sent. Requests of one second are one task.
func (q *Queue) Send(ctx context.Context, merchant uuid.UUID) error {
	job := SendDue{MerchantID: merchant}
	id := fmt.Sprintf("%s:%s:%d", job.Kind(), merchant, q.now().Unix())
	return q.enqueue(ctx, job.Kind(), job, asynq.TaskID(id), asynq.Queue(queueSend), asynq.MaxRetry(0), asynq.Timeout(4*time.Minute))
}

func (q *Queue) enqueue(ctx context.Context, kind string, job any, opts ...asynq.Option) error {
	payload, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("encode %s: %w", kind, err)
	}
	_, err = q.client.EnqueueContext(ctx, asynq.NewTask(kind, payload), opts...)
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil // it waits already
	}
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return nil
}
