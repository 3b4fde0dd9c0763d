package prestashoptest_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

func compareBodies(x exchange, got string) string {
	switch {
	case x.answer == "" || got == "":
		if x.answer != got {
			return fmt.Sprintf("body %.80q, recorded %.80q", got, x.answer)
		}
		return ""
	case x.ctype == "application/json":
		return compareJSON(x, got)
	case strings.HasSuffix(x.ctype, "xml"):
		return compareXML(x, got)
	}
	return ""
}

// compareJSON compares the shape: keys and types, errors by number, an empty list
// with an empty list, and ids where the same rows exist.
func compareJSON(x exchange, got string) string {
	var want, have any
	if x.cut {
		return ""
	}
	if err := json.Unmarshal([]byte(x.answer), &want); err != nil {
		return "" // a recording that was shortened
	}
	if err := json.Unmarshal([]byte(got), &have); err != nil {
		return "the answer is not JSON: " + err.Error()
	}
	if codes(want) != codes(have) {
		return fmt.Sprintf("errors %s, recorded %s", codes(have), codes(want))
	}
	single := regexp.MustCompile(`/api/[a-z_]+/\d+`).MatchString(x.target) && !strings.Contains(x.target, "display") || x.method != http.MethodGet
	if d := compareShape("", want, have, single); d != "" {
		return d
	}
	if comparesIDs(x.name) && ids(want) != ids(have) {
		return fmt.Sprintf("ids %s, recorded %s", ids(have), ids(want))
	}
	return ""
}

// comparesIDs names the recordings whose rows exist here with the same ids.
func comparesIDs(name string) bool {
	id, _, _ := strings.Cut(name, "-")
	return slices.Contains(strings.Fields("20e 20f 20h 20h2 21e 22h 22l 30a 30g 30h 30i 30j 30k2 30l 30n 30o 30p 30s 30w 31a 31d 31e 31f 31n 31p 41a 43b 43c 50j"), id)
}

func codes(v any) string {
	m, _ := v.(map[string]any)
	list, _ := m["errors"].([]any)
	var out []string
	for _, e := range list {
		out = append(out, fmt.Sprint(e.(map[string]any)["code"]))
	}
	return strings.Join(out, ",")
}

func ids(v any) string {
	m, _ := v.(map[string]any)
	var out []string
	for _, list := range m {
		rows, ok := list.([]any)
		if !ok {
			rows = []any{list}
		}
		for _, r := range rows {
			out = append(out, fmt.Sprint(r.(map[string]any)["id"]))
		}
	}
	return strings.Join(out, ",")
}

// compareShape compares keys and types. In lists the rows are taken together, since a
// field may be null in some. A single item leaves out what is falsy, so there only
// the fields in both can be compared.
func compareShape(path string, want, have any, single bool) string {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %T, recorded an object", path, have)
		}
		for k, v := range w {
			if hv, ok := h[k]; ok {
				if d := compareShape(path+"/"+k, v, hv, single); d != "" {
					return d
				}
			} else if !(single && strings.Count(path, "/") == 1 || k == "associations" || strings.HasSuffix(path, "associations")) {
				return path + "/" + k + " is missing"
			}
		}
		for k := range h {
			if _, ok := w[k]; !ok && !(single && strings.Count(path, "/") == 1 || strings.HasSuffix(path, "associations") || k == "associations") {
				return path + "/" + k + " was not recorded"
			}
		}
	case []any:
		h, ok := have.([]any)
		if !ok {
			return fmt.Sprintf("%s is %T, recorded a list", path, have)
		}
		if (len(w) == 0) != (len(h) == 0) {
			return fmt.Sprintf("%s has %d rows, recorded %d", path, len(h), len(w))
		}
		if len(w) > 0 {
			return compareShape(path+"[]", merged(w), merged(h), single)
		}
	default:
		if !sameType(want, have) {
			return fmt.Sprintf("%s is %T (%v), recorded %T (%v)", path, have, have, want, want)
		}
	}
	return ""
}

// merged takes the rows of a list together: of each key a value that is not null.
func merged(rows []any) any {
	out := map[string]any{}
	for _, r := range rows {
		m, ok := r.(map[string]any)
		if !ok {
			return rows[0]
		}
		for k, v := range m {
			if have, ok := out[k]; !ok || have == nil {
				out[k] = v
			}
		}
	}
	return out
}

// sameType takes null for any type, and "" for a number: both stand for no value.
func sameType(a, b any) bool {
	if a == nil || b == nil || a == "" || b == "" {
		return true
	}
	return fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b)
}

// compareXML compares the elements that occur, and errors by their numbers.
func compareXML(x exchange, got string) string {
	if x.cut || !strings.Contains(x.answer, "</prestashop>") {
		return ""
	}
	want, wantOK := elements(x.answer)
	have, haveOK := elements(got)
	if wantOK != haveOK {
		return fmt.Sprintf("readable as XML: %v, recorded %v", haveOK, wantOK)
	}
	if !wantOK {
		return ""
	}
	for e := range want {
		if !have[e] && !strings.Contains(e, "/associations/") {
			return "element " + e + " is missing"
		}
	}
	for e := range have {
		if !want[e] && !strings.Contains(e, "/associations/") {
			return "element " + e + " was not recorded"
		}
	}
	return ""
}

func elements(text string) (map[string]bool, bool) {
	d := xml.NewDecoder(strings.NewReader(text))
	seen := map[string]bool{}
	var path []string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return seen, true
		}
		if err != nil {
			return seen, false
		}
		switch e := tok.(type) {
		case xml.StartElement:
			path = append(path, e.Name.Local)
			seen[strings.Join(path, "/")] = true
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) > 0 && path[len(path)-1] == "code" {
				seen["error "+string(e)] = true
			}
		}
	}
}
