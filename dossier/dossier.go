// Package dossier writes what is held about a person as a file that they can read, and the certificate of an
// erasure. It is pure: what is held comes in, the bytes of a PDF go out.
package dossier

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// WriteJSON writes everything, for programs.
func WriteJSON(w io.Writer, d *relance.Dossier) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(d)
}

// WritePDF writes everything in the words of a language: en, fr or de.
func WritePDF(w io.Writer, d *relance.Dossier, language string) error {
	t := in(language)
	p := newPage(t.say("title"), language, d.MadeAt)
	p.heading(t.say("title"))
	p.pair(t.say("subject"), d.Subject)
	p.pair(t.say("controller"), d.Controller)
	p.pair(t.say("made_at"), t.when(d.MadeAt))
	p.note(t.say("about"))
	for _, s := range d.Sections {
		p.section(fmt.Sprintf("%s (%d)", t.section(s.Key), len(s.Rows)))
		if len(s.Rows) == 0 {
			p.note(t.say("nothing"))
		}
		for i, raw := range s.Rows {
			if i > 0 {
				p.rule()
			}
			if err := p.record(t, raw); err != nil {
				return err
			}
		}
	}
	return p.end(w, t.say("page"))
}

// Certificate writes what was erased, what stays and with whom.
func Certificate(w io.Writer, e *relance.Erasure, controller, language string) error {
	t := in(language)
	p := t.certificate(certified{id: e.ID, controller: controller, by: e.BegunBy, begun: e.BegunAt, finished: e.FinishedAt, says: "certified"}, language)
	p.counts(t, e.Erased, e.Kept, "kept_why", "elsewhere_why")
	return p.end(w, t.say("page"))
}

// certified is what every certificate says.
type certified struct {
	id         uuid.UUID
	controller string
	shop       string // where all of one was erased
	by         string
	begun      time.Time
	finished   *time.Time
	says       string // the word for what it certifies
}

func (t words) certificate(c certified, language string) *page {
	p := newPage(t.say("certificate"), language, c.begun)
	p.heading(t.say("certificate"))
	p.pair(t.say("number"), c.id.String())
	p.pair(t.say("controller"), c.controller)
	if c.shop != "" {
		p.pair(t.say("shop"), c.shop)
	}
	p.pair(t.say("begun_by"), c.by)
	p.pair(t.say("begun_at"), t.when(c.begun))
	if c.finished != nil {
		p.pair(t.say("finished_at"), t.when(*c.finished))
	}
	p.note(t.say(c.says))
	return p
}

// ShopCertificate writes what of a shop was erased, what stays and why.
func ShopCertificate(w io.Writer, e *relance.ShopErasure, controller, language string) error {
	t := in(language)
	p := t.certificate(certified{id: e.ID, controller: controller, shop: e.ShopName, by: e.BegunBy, begun: e.BegunAt, finished: e.FinishedAt, says: "shop_certified"}, language)
	p.pair(t.say("shop_people"), strconv.FormatInt(e.Done-e.Parted, 10))
	p.pair(t.say("shop_parted"), strconv.FormatInt(e.Parted, 10))
	p.counts(t, e.Erased, e.Kept, "shop_kept_why", "shop_elsewhere_why")
	return p.end(w, t.say("page"))
}

// counts writes what was erased, what stays and with whom.
func (p *page) counts(t words, erased, kept map[string]int64, keptWhy, elsewhereWhy string) {
	p.section(t.say("erased"))
	for _, table := range slices.Sorted(maps.Keys(erased)) {
		p.pair(t.table(table), strconv.FormatInt(erased[table], 10))
	}
	p.section(t.say("kept"))
	p.note(t.say(keptWhy))
	var elsewhere []string
	for _, table := range slices.Sorted(maps.Keys(kept)) {
		if who, _, ok := strings.Cut(table, "/"); ok || strings.HasSuffix(who, "_left") {
			elsewhere = append(elsewhere, table)
			continue
		}
		p.pair(t.table(table), strconv.FormatInt(kept[table], 10))
	}
	p.section(t.say("elsewhere"))
	p.note(t.say(elsewhereWhy))
	for _, who := range elsewhere {
		kind, name, _ := strings.Cut(who, "/")
		label := t.say("with_" + kind)
		if name != "" {
			label += ": " + name
		}
		p.pair(label, strconv.FormatInt(kept[who], 10))
	}
}

// record writes the values of a row that say something.
func (p *page) record(t words, raw json.RawMessage) error {
	keys, values, err := ordered(raw)
	if err != nil {
		return err
	}
	for i, k := range keys {
		if s := t.value(values[i], 0); s != "" {
			p.pair(t.field(k), s)
		}
	}
	return nil
}

// ordered reads an object and keeps the order of its fields.
func ordered(raw json.RawMessage) (keys []string, values []any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil, nil, fmt.Errorf("read a row: %w", err)
	}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("read a row: %w", err)
		}
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, nil, fmt.Errorf("read a row: %w", err)
		}
		keys, values = append(keys, fmt.Sprint(k)), append(values, v)
	}
	return keys, values, nil
}

// value writes a value as people read it; "" where it says nothing.
func (t words) value(v any, depth int) string {
	switch x := v.(type) {
	case nil:
		return ""
	case bool:
		if x {
			return t.say("yes")
		}
		return t.say("no")
	case json.Number:
		return strings.TrimSuffix(strings.TrimRight(trimZeros(x.String()), "."), ".")
	case string:
		if at, err := time.Parse(time.RFC3339, x); err == nil {
			return t.when(at)
		}
		return x
	case []any:
		var parts []string
		for _, e := range x {
			if s := t.value(e, depth+1); s != "" {
				parts = append(parts, s)
			}
		}
		if len(parts) > 0 && strings.Contains(parts[0], ": ") {
			return strings.Join(parts, "\n")
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			if s := t.value(x[k], depth+1); s != "" {
				parts = append(parts, t.field(k)+": "+s)
			}
		}
		return strings.Join(parts, "; ")
	}
	return fmt.Sprint(v)
}

// trimZeros takes off the zeros that amounts are stored with, down to two places.
func trimZeros(s string) string {
	whole, places, ok := strings.Cut(s, ".")
	if !ok {
		return s
	}
	places = strings.TrimRight(places, "0")
	for len(places) < 2 {
		places += "0"
	}
	return whole + "." + places
}
