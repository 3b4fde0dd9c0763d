package prestashoptest

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

// element is one item in the body of a write.
type element struct {
	XMLName  xml.Name
	Children []child `xml:",any"`
}

type child struct {
	XMLName   xml.Name
	Text      string  `xml:",chardata"`
	Languages []lang  `xml:"language"`
	Children  []child `xml:",any"`
}

type lang struct {
	ID   string `xml:"id,attr"`
	Text string `xml:",chardata"`
}

// write answers POST, PUT, PATCH and DELETE. The lock is held.
func (s *Server) write(r *request, t *table) answer {
	if r.method == http.MethodDelete {
		return s.delete(r, t)
	}
	items, err := readItems(r)
	if err != nil {
		return r.fail(*err)
	}
	var rows []row
	var echoes []echo
	for _, item := range items {
		x, e, err := s.writeItem(r, t, item)
		if err != nil && err.code == 140 {
			return r.fail(*err, apiError{500, 46, "Unable to save resource"})
		}
		if err != nil {
			return r.fail(*err)
		}
		rows, echoes = append(rows, x), append(echoes, e)
	}
	a := s.writeAnswer(r, t, rows, echoes)
	if r.method == http.MethodPost {
		a.status = http.StatusCreated
	}
	return a
}

// readItems takes the body apart. A form field named xml is taken as the body.
func readItems(r *request) ([]element, *apiError) {
	body := make([]byte, 0, 1024)
	buf := make([]byte, 4096)
	for {
		n, err := r.Body.Read(buf)
		body = append(body, buf[:n]...)
		if err != nil || len(body) > 1<<20 {
			break
		}
	}
	text := strings.TrimPrefix(string(body), "xml=")
	var doc struct {
		XMLName xml.Name  `xml:"prestashop"`
		Items   []element `xml:",any"`
	}
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, &apiError{500, 127, "XML error : String could not be parsed as XML\nXML length : " + strconv.Itoa(len(text))}
	}
	return doc.Items, nil
}

// echo is what a write shows of a row: the values as they were sent, as text, and
// nothing for what was not.
type echo map[string]value

func (s *Server) writeItem(r *request, t *table, item element) (row, echo, *apiError) {
	given := map[string]child{}
	for _, c := range item.Children {
		if _, known := t.res.index[c.XMLName.Local]; known || c.XMLName.Local == "associations" {
			given[c.XMLName.Local] = c
		}
	}
	id := strings.TrimSpace(given["id"].Text)
	if r.method == http.MethodPost {
		if id != "" {
			return nil, nil, &apiError{400, 91, "id is forbidden when adding a new resource"}
		}
		return s.create(t, given)
	}
	if id == "" {
		return nil, nil, &apiError{400, 90, "id is required when modifying a resource"}
	}
	x := t.find(t.number(0, id))
	if x == nil {
		return nil, nil, &apiError{404, 92, "Invalid ID"}
	}
	if err := s.validate(t, given, r.method == http.MethodPut); err != nil {
		return nil, nil, err
	}
	return x, s.update(t, x, given, r.method == http.MethodPut), nil
}

// validate checks values as PrestaShop's object model does.
func (s *Server) validate(t *table, given map[string]child, whole bool) *apiError {
	class := className(t.res.node)
	for i := range t.res.fields {
		f := &t.res.fields[i]
		c, ok := given[f.name]
		if f.readOnly && ok {
			return &apiError{400, 93, `parameter "` + f.name + `" not writable. Please remove this attribute of this XML`}
		}
		if whole && f.required && !f.langs && strings.TrimSpace(c.Text) == "" {
			return &apiError{400, 41, `parameter "` + f.name + `" required`}
		}
		if ok && !f.langs && !validFormat(f.format, c.Text) {
			return &apiError{400, 85, `Validation error: "Property ` + class + "->" + f.name + ` is not valid"`}
		}
	}
	if c, ok := given["code"]; ok && t.res.name == "cart_rules" && len(c.Text) > 254 {
		return &apiError{400, 85, `Validation error: "The length of property CartRule->code is currently ` + strconv.Itoa(len(c.Text)) +
			` chars. It must be between 0 and 254 chars."`}
	}
	if whole && t.res.name == "cart_rules" && strings.TrimSpace(given["active"].Text) == "1" && given["name"].text(1) == "" {
		return &apiError{400, 84, `Validation error: "Property CartRule->name is not valid"`}
	}
	return nil
}

func (c child) text(language int) string {
	for _, l := range c.Languages {
		if l.ID == strconv.Itoa(language) {
			return strings.TrimSpace(l.Text)
		}
	}
	return ""
}

// className turns cart_rule into CartRule.
func className(node string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(node, "_") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func validFormat(format, s string) bool {
	s = strings.TrimSpace(s)
	if s == "" {
		return true
	}
	switch format {
	case "isPercentage":
		f, err := strconv.ParseFloat(s, 64)
		return err == nil && f >= 0 && f <= 100
	case "isFloat", "isPrice", "isUnsignedFloat":
		_, err := strconv.ParseFloat(s, 64)
		return err == nil
	case "isUnsignedId", "isUnsignedInt":
		_, err := strconv.ParseUint(s, 10, 63)
		return err == nil
	case "isBool":
		return s == "0" || s == "1"
	case "isDate":
		_, ok := parseWall(s)
		return ok && !strings.Contains(s, "T")
	}
	return true
}

// parse turns sent text into the value that the database will show.
func (s *Server) parse(f *field, c child) value {
	text := strings.TrimSpace(c.Text)
	if f.langs {
		out := make([]string, len(s.opts.Languages))
		for i := range out {
			out[i] = c.text(i + 1)
		}
		return langs(out...)
	}
	number := func(unit float64) int64 {
		n, _ := strconv.ParseFloat(text, 64)
		return int64(n*unit + 0.5)
	}
	switch d := defaultOf(*f); d.kind {
	case kInt:
		return num(number(1))
	case kDecimal:
		return dec(number(1e6))
	case kPercent:
		return value{kind: kPercent, n: number(100)}
	case kDate:
		w, _ := parseWall(text)
		return date(w)
	}
	return str(text)
}

// update writes given fields over a row. PUT resets what is not given; PATCH keeps it.
func (s *Server) update(t *table, x row, given map[string]child, whole bool) echo {
	id := x.rowID()
	out := echo{}
	t.change(x, func() {
		for i := range t.res.fields[1:] {
			f := &t.res.fields[i+1]
			c, ok := given[f.name]
			switch {
			case f.isDateCol:
			case ok:
				t.set(id, f.name, s.parse(f, c))
				out[f.name] = sent(s, f, c)
			case whole && s.nullable(t.res.name, f.name):
				t.set(id, f.name, str(""))
			case whole && !f.readOnly:
				t.set(id, f.name, defaultOf(*f))
			}
		}
		if t.res.name == "cart_rules" && whole {
			t.set(id, "reduction_currency", num(1))
		}
		if !t.res.noUpd {
			t.set(id, "date_upd", date(s.now()))
		}
	})
	if !whole {
		return s.patched(t, x, out)
	}
	out["id"] = num(id)
	out["date_add"], out["date_upd"] = date(s.now()), date(s.now())
	if t.res.name == "cart_rules" {
		out["reduction_currency"] = num(1)
	}
	return out
}

// patched shows the whole row, with what was sent as it was sent.
func (s *Server) patched(t *table, x row, sentValues echo) echo {
	out := echo{}
	for i, f := range t.res.fields {
		out[f.name] = t.value(x, i)
	}
	for name, v := range sentValues {
		out[name] = v
	}
	out["id"] = str(itoa(x.rowID()))
	return out
}

// sent is a value as it came, before the database has seen it.
func sent(s *Server, f *field, c child) value {
	if f.langs {
		return s.parse(f, c)
	}
	return str(strings.TrimSpace(c.Text))
}

// writeAnswer shows written rows; JSON leaves falsy fields out.
func (s *Server) writeAnswer(r *request, t *table, rows []row, echoes []echo) answer {
	var b []byte
	if !r.json {
		b = append(b, xmlHead...)
	}
	for i, x := range rows {
		view := &table{res: t.res, keys: map[string]*keyIndex{}, over: map[int64]map[string]value{x.rowID(): {}}}
		sel := selection{}
		for j, f := range t.res.fields {
			v, ok := echoes[i][f.name]
			if !ok && f.langs {
				v = langs(make([]string, len(s.opts.Languages))...)
			}
			view.over[x.rowID()][f.name] = v
			sel.fields = append(sel.fields, j)
		}
		for j, a := range t.res.assocs {
			sel.assocs = append(sel.assocs, selectedAssoc{j, allColumns(a)})
		}
		if r.json {
			b = s.jsonSingle(view, x, sel)
			break
		}
		b = s.xmlRow(b, r, view, x, sel)
	}
	if !r.json {
		b = append(b, "</prestashop>\n"...)
	}
	return r.ok(b)
}

// delete removes rows: /cart_rules/7 or /cart_rules/?id=[9,10].
func (s *Server) delete(r *request, t *table) answer {
	ids := []string{r.id}
	if r.id == "" {
		ids = strings.Split(strings.Trim(r.raw.last("id"), "[]"), ",")
	}
	var missing []string
	for _, id := range ids {
		if t.find(t.number(0, id)) == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		return r.fail(apiError{404, 87, "Id(s) not exists: " + strings.Join(missing, ", ")})
	}
	for _, id := range ids {
		t.remove(t.number(0, id))
	}
	return answer{status: 200, ctype: "text/html; charset=utf-8"}
}
