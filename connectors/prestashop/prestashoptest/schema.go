package prestashoptest

import (
	"strconv"
)

// root lists the resources the key may use, with its methods. In JSON it fails.
func (s *Server) root(r *request) answer {
	if r.json {
		return answer{status: 500, ctype: "text/html; charset=utf-8"}
	}
	b := append([]byte(xmlHead), `<api shopName=`...)
	b = strconv.AppendQuote(b, s.opts.Shops[0].Name)
	b = append(b, ">\n"...)
	for _, name := range resourceNames() {
		if !r.key.mayUse(name) {
			continue
		}
		rights := ` xlink:href="` + r.host + "/api/" + name + `"`
		for _, m := range []string{"GET", "PUT", "POST", "PATCH", "DELETE", "HEAD"} {
			rights += " " + lower(m) + `="` + strconv.FormatBool(r.key.may(m, name)) + `"`
		}
		b = append(b, "<"+name+rights+">\n<description"+rights+">\nThe "+name+"</description>\n"...)
		for _, kind := range []string{"blank", "synopsis"} {
			b = append(b, `<schema xlink:href="`+r.host+"/api/"+name+"?schema="+kind+`" type="`+kind+"\"/>\n"...)
		}
		b = append(b, "</"+name+">\n"...)
	}
	return r.ok(append(b, "</api>\n</prestashop>\n"...))
}

func lower(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] |= 0x20
	}
	return string(b)
}

// schema answers schema=blank (an item to fill in) and schema=synopsis (the rules).
func (s *Server) schema(r *request, t *table, kind string) answer {
	if r.json {
		return r.ok(jsonSchema(t.res))
	}
	b := append([]byte(xmlHead), "<"+t.res.node+">\n"...)
	for i, f := range t.res.fields {
		if kind == "blank" && f.readOnly || kind == "synopsis" && i == 0 {
			continue
		}
		b = append(b, "\t<"+f.name+f.attributes(kind)+">"...)
		if f.langs {
			b = s.xmlLangs(b, r, langs())
		} else {
			b = append(b, "<![CDATA[]]>"...)
		}
		b = append(b, "</"+f.name+">\n"...)
	}
	if len(t.res.assocs) > 0 {
		b = append(b, "<associations>\n"...)
		for _, a := range t.res.assocs {
			b = append(b, "<"+a.name+">\n\t<"+a.node+">\n"...)
			for _, f := range a.fields {
				b = append(b, "\t<"+f+"><![CDATA[]]></"+f+">\n"...)
			}
			b = append(b, "\t</"+a.node+">\n</"+a.name+">\n"...)
		}
		b = append(b, "</associations>\n"...)
	}
	return r.ok(append(b, "</"+t.res.node+">\n</prestashop>\n"...))
}

func (f field) attributes(kind string) string {
	if kind == "blank" {
		return ""
	}
	out := ""
	if f.dynamic {
		out += ` notFilterable="true"`
	}
	if f.required {
		out += ` required="true"`
	}
	if f.readOnly {
		out += ` read_only="true"`
	}
	if f.format != "" {
		out += ` format="` + f.format + `"`
	}
	if f.readOnly {
		out += ` readOnly="true"`
	}
	return out
}

// jsonSchema is what is left of a schema in JSON: the fields are empty and vanish.
func jsonSchema(res *resource) []byte {
	b := []byte(`{"` + res.node + `":{`)
	if len(res.assocs) > 0 {
		b = append(b, `"associations":{`...)
		for i, a := range res.assocs {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `"`+a.name+`":[{`...)
			for j, f := range a.fields {
				if j > 0 {
					b = append(b, ',')
				}
				b = append(b, `"`+f+`":null`...)
			}
			b = append(b, "}]"...)
		}
		b = append(b, '}')
	}
	return append(b, "}}"...)
}
