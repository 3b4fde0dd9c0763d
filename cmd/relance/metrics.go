package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance/store"
)

// metrics is what /metrics tells: requests, queues and what waits to be derived. No
// label holds personal data or grows without bound.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(st *store.Store, r redis.UniversalClient) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "relance_http_request_seconds", Help: "Time of GraphQL requests by status.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14)}, []string{"status"})}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests,
		&queueCollector{inspector: asynq.NewInspectorFromRedisClient(r), store: st,
			tasks:    prometheus.NewDesc("relance_queue_tasks", "Tasks in Redis by queue and state.", []string{"queue", "state"}, nil),
			waits:    prometheus.NewDesc("relance_merchants_to_derive", "Merchants with changed facts that wait to be derived.", nil, nil),
			messages: prometheus.NewDesc("relance_follow_ups", "Messages by state; UNCERTAIN and HELD ones wait for a person.", []string{"state"}, nil),
			overdue:  prometheus.NewDesc("relance_follow_up_overdue_seconds", "How long the message that waits longest could have been taken by a worker: where it grows, none works.", nil, nil),
			judging:  prometheus.NewDesc("relance_judging_overdue_seconds", "How long the person who waits longest could have been judged for campaigns.", nil, nil),
			unknown:  prometheus.NewDesc("relance_letters_unknown", "Letters of which a printer says something that is not known: look into its account.", nil, nil),
			failed:   prometheus.NewDesc("relance_queue_failed_today", "Tasks that failed today by queue.", []string{"queue"}, nil)})
	return m
}

// measure times a handler.
func (m *metrics) measure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		m.requests.WithLabelValues(strconv.Itoa(rec.status)).Observe(time.Since(began).Seconds())
	})
}

// statusRecorder remembers the status; it can still be flushed, as server-sent events need.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (s *statusRecorder) WriteHeader(code int) {
	s.status = code
	s.ResponseWriter.WriteHeader(code)
}

// Flush implements http.Flusher.
func (s *statusRecorder) Flush() {
	if f, ok := s.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap serves http.ResponseController.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// queueCollector reads the queues when it is asked.
type queueCollector struct {
	inspector                                                 *asynq.Inspector
	store                                                     *store.Store
	tasks, waits, failed, messages, overdue, judging, unknown *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (q *queueCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- q.tasks
	ch <- q.waits
	ch <- q.failed
	ch <- q.messages
	ch <- q.overdue
	ch <- q.judging
	ch <- q.unknown
}

// Collect implements prometheus.Collector. What does not answer is left out.
func (q *queueCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if list, err := q.store.QueuedMerchants(ctx, time.Now()); err == nil {
		ch <- prometheus.MustNewConstMetric(q.waits, prometheus.GaugeValue, float64(len(list)))
	}
	if b, err := q.store.Backlog(ctx, time.Now()); err == nil {
		for state, n := range b.Messages {
			ch <- prometheus.MustNewConstMetric(q.messages, prometheus.GaugeValue, float64(n), string(state))
		}
		ch <- prometheus.MustNewConstMetric(q.overdue, prometheus.GaugeValue, b.Overdue.Seconds())
		ch <- prometheus.MustNewConstMetric(q.judging, prometheus.GaugeValue, b.Judging.Seconds())
		ch <- prometheus.MustNewConstMetric(q.unknown, prometheus.GaugeValue, float64(b.Unknown))
	}
	queues, err := q.inspector.Queues()
	if err != nil {
		return
	}
	for _, name := range queues {
		info, err := q.inspector.GetQueueInfo(name)
		if err != nil {
			continue
		}
		for state, n := range map[string]int{"pending": info.Pending, "active": info.Active, "scheduled": info.Scheduled, "retry": info.Retry, "archived": info.Archived} {
			ch <- prometheus.MustNewConstMetric(q.tasks, prometheus.GaugeValue, float64(n), name, state)
		}
		ch <- prometheus.MustNewConstMetric(q.failed, prometheus.GaugeValue, float64(info.Failed), name)
	}
}
