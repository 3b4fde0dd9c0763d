package prestashoptest

import "strconv"

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">` + "\n"

// jsonList writes {"customers":[…]}, or [] where there is nothing.
func (s *Server) jsonList(r *request, t *table, rows []row, sel selection) []byte {
	if len(rows) == 0 {
		return []byte("[]")
	}
	b := make([]byte, 0, 64+len(rows)*(16+24*len(sel.fields)))
	b = append(b, `{"`...)
	b = append(b, t.res.plural...)
	b = append(b, `":[`...)
	for i, x := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.jsonRow(b, t, x, sel, false)
	}
	return append(b, "]}"...)
}

// jsonSingle writes {"customer":{…}}; falsy fields are left out.
func (s *Server) jsonSingle(t *table, x row, sel selection) []byte {
	b := append([]byte(`{"`), t.res.node...)
	b = append(b, `":`...)
	b = s.jsonRow(b, t, x, sel, true)
	return append(b, '}')
}

func (s *Server) jsonRow(b []byte, t *table, x row, sel selection, dropFalsy bool) []byte {
	b = append(b, '{')
	first := true
	for _, i := range sel.fields {
		v := inLanguage(t.value(x, i), sel.lang)
		if dropFalsy && v.falsy() {
			continue
		}
		b = appendKey(b, t.res.fields[i].name, &first)
		b = v.appendJSON(b)
	}
	for _, p := range sel.prices {
		b = appendKey(b, p.name, &first)
		b = s.price(x, p).appendJSON(b)
	}
	b = appendAssocs(b, t.res, x, sel, &first)
	return append(b, '}')
}

func appendKey(b []byte, name string, first *bool) []byte {
	if !*first {
		b = append(b, ',')
	}
	*first = false
	b = append(b, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

// appendAssocs writes the nested lists that are not empty.
func appendAssocs(b []byte, res *resource, x row, sel selection, first *bool) []byte {
	if sel.noAssocs {
		return b
	}
	opened := false
	for _, sa := range sel.assocs {
		a := res.assocs[sa.place]
		rows := a.get(x)
		if len(rows) == 0 {
			continue
		}
		if !opened {
			b = appendKey(b, "associations", first)
			b = append(b, '{')
			opened = true
		} else {
			b = append(b, ',')
		}
		b = appendAssoc(b, a, sa.cols, rows)
	}
	if opened {
		b = append(b, '}')
	}
	return b
}

func appendAssoc(b []byte, a assoc, cols []int, rows [][]value) []byte {
	b = append(b, '"')
	b = append(b, a.name...)
	b = append(b, `":[`...)
	for i, cells := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		first := true
		for _, c := range cols {
			b = appendKey(b, a.fields[c], &first)
			b = cells[c].appendJSON(b)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// inLanguage turns texts in all languages into the one asked for.
func inLanguage(v value, lang int) value {
	if v.kind != kLangs || lang == 0 {
		return v
	}
	if lang <= len(v.langs) {
		return str(v.langs[lang-1])
	}
	return str("")
}

func (s *Server) xmlList(r *request, t *table, rows []row, sel selection) []byte {
	b := append([]byte(xmlHead), '<')
	b = append(b, t.res.plural...)
	b = append(b, ">\n"...)
	for _, x := range rows {
		if sel.idsOnly {
			b = append(b, '<')
			b = append(b, t.res.node...)
			b = append(b, ` id="`...)
			b = strconv.AppendInt(b, x.rowID(), 10)
			b = append(b, `" xlink:href="`...)
			b = r.appendLink(b, t.res.name, strconv.FormatInt(x.rowID(), 10))
			b = append(b, "\"/>\n"...)
			continue
		}
		b = s.xmlRow(b, r, t, x, sel)
	}
	b = append(b, "</"...)
	b = append(b, t.res.plural...)
	return append(b, ">\n</prestashop>\n"...)
}

func (s *Server) xmlSingle(r *request, t *table, x row, sel selection) []byte {
	return append(s.xmlRow([]byte(xmlHead), r, t, x, sel), "</prestashop>\n"...)
}

func (r *request) appendLink(b []byte, resource, id string) []byte {
	b = append(b, r.host...)
	b = append(b, "/api/"...)
	b = append(b, resource...)
	b = append(b, '/')
	return append(b, id...)
}

func (s *Server) xmlRow(b []byte, r *request, t *table, x row, sel selection) []byte {
	b = append(b, '<')
	b = append(b, t.res.node...)
	b = append(b, ">\n"...)
	for _, i := range sel.fields {
		b = s.xmlField(b, r, t.res.fields[i], inLanguage(t.value(x, i), sel.lang))
	}
	for _, p := range sel.prices {
		b = s.xmlField(b, r, field{name: p.name}, s.price(x, p))
	}
	if len(sel.assocs) > 0 && !sel.noAssocs {
		b = append(b, "<associations>\n"...)
		for _, sa := range sel.assocs {
			b = s.xmlAssoc(b, r, t.res.assocs[sa.place], sa.cols, x)
		}
		b = append(b, "</associations>\n"...)
	}
	b = append(b, "</"...)
	b = append(b, t.res.node...)
	return append(b, ">\n"...)
}

func (s *Server) xmlField(b []byte, r *request, f field, v value) []byte {
	b = append(b, "\t<"...)
	b = append(b, f.name...)
	if f.link != "" && v.text() != "" && v.text() != "0" {
		b = append(b, ` xlink:href="`...)
		b = r.appendLink(b, f.link, v.text())
		b = append(b, '"')
	}
	b = append(b, '>')
	if v.kind == kLangs {
		b = s.xmlLangs(b, r, v)
	} else {
		b = v.appendCDATA(b)
	}
	b = append(b, "</"...)
	b = append(b, f.name...)
	return append(b, ">\n"...)
}

func (s *Server) xmlLangs(b []byte, r *request, v value) []byte {
	for i := range s.opts.Languages {
		id := strconv.Itoa(i + 1)
		b = append(b, `<language id="`...)
		b = append(b, id...)
		b = append(b, `" xlink:href="`...)
		b = r.appendLink(b, "languages", id)
		b = append(b, `">`...)
		b = inLanguage(v, i+1).appendCDATA(b)
		b = append(b, "</language>"...)
	}
	return b
}

func (s *Server) xmlAssoc(b []byte, r *request, a assoc, cols []int, x row) []byte {
	rows := a.get(x)
	b = append(b, '<')
	b = append(b, a.name...)
	b = append(b, ` nodeType="`...)
	b = append(b, a.node...)
	b = append(b, '"')
	if len(rows) == 0 {
		return append(b, "/>\n"...)
	}
	b = append(b, ">\n"...)
	for _, cells := range rows {
		b = append(b, "\t<"...)
		b = append(b, a.node...)
		b = append(b, ">\n"...)
		for _, c := range cols {
			b = s.xmlField(b, r, field{name: a.fields[c]}, cells[c])
		}
		b = append(b, "\t</"...)
		b = append(b, a.node...)
		b = append(b, ">\n"...)
	}
	b = append(b, "</"...)
	b = append(b, a.name...)
	return append(b, ">\n"...)
}
