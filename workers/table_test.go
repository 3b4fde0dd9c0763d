package workers

import (
	"strings"
	"testing"
	"time"
)

func TestTheTableOfJobs(t *testing.T) {
	t.Parallel()
	nobody := struct{ UseCases }{} // no job is run
	w := New(nil, nobody, nil, nil, Options{}, nil, time.Now)
	kinds, captions := map[string]bool{}, map[string]bool{}
	for _, j := range w.table() {
		if j.kind == "" || kinds[j.kind] {
			t.Errorf("the kind %q is empty or there twice", j.kind)
		}
		if len(strings.Fields(j.does)) < 4 || captions[j.does] {
			t.Errorf("%s: the caption %q says too little or is there twice", j.kind, j.does)
		}
		if (j.queue == "") == (j.every == 0) || j.run == nil {
			t.Errorf("%s must be served by a queue or run by the clock", j.kind)
		}
		kinds[j.kind], captions[j.does] = true, true
	}
	for _, kind := range []string{PullPage{}.Kind(), DeriveFacts{}.Kind(), kindExport, kindImport, kindErasure, kindShopErasure, kindBulk} {
		if !kinds[kind] {
			t.Errorf("%s is handed to the queue and served by no job", kind)
		}
	}
}
