package workers

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
)

// A task that failed before it took its work up stays in Redis under its id; the work is asked for again all the same.
func TestLongWorkIsAskedForAgainAfterItsTaskFailed(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = client.Close() })
	at := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	q := NewQueue(client)
	q.now = func() time.Time { return at }
	looks := asynq.NewInspectorFromRedisClient(client)
	claim := relance.Claim{MerchantID: uuid.New(), ID: uuid.New(), Claims: 3}
	waiting := func() []*asynq.TaskInfo {
		t.Helper()
		if err := q.Erasure(t.Context(), claim); err != nil {
			t.Fatal(err)
		}
		list, err := looks.ListPendingTasks(queueDerive)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := waiting()
	if again := waiting(); len(list) != 1 || len(again) != 1 {
		t.Fatalf("asked twice in ten seconds, it waits %d and %d times", len(list), len(again))
	}
	if err := looks.ArchiveTask(queueDerive, list[0].ID); err != nil { // as asynq does where a task failed
		t.Fatal(err)
	}
	at = at.Add(10 * time.Second)
	if n := len(waiting()); n != 1 {
		t.Errorf("ten seconds after its task failed it waits %d times", n)
	}
}
