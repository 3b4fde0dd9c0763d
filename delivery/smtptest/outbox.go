package smtptest

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
)

// Outbox shows what was taken: for people who try the product.
func (s *Sink) Outbox() http.Handler {
	list := template.Must(template.New("list").Parse(listPage))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		var rows []Letter
		for _, m := range slices.Backward(s.Mails()) {
			rows = append(rows, Read(m))
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		_ = list.Execute(w, rows)
	})
	mux.HandleFunc("GET /{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		for _, m := range s.Mails() {
			if m.N == n {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; sandbox allow-popups allow-top-navigation-by-user-activation")
				_, _ = io.WriteString(w, Read(m).HTML)
				return
			}
		}
		http.NotFound(w, r)
	})
	return mux
}

// Letter is a message read as a mail program reads it.
type Letter struct {
	N                                int
	From, To, Subject, Date          string
	Text, HTML, Unsubscribe, Message string
	Files                            map[string][]byte // attachments by name
}

// Read takes a message apart.
func Read(m Mail) Letter {
	out := Letter{N: m.N, To: m.To}
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return out
	}
	words := &mime.WordDecoder{}
	header := func(name string) string {
		s, err := words.DecodeHeader(msg.Header.Get(name))
		if err != nil {
			return msg.Header.Get(name)
		}
		return s
	}
	out.From, out.Subject, out.Date, out.Unsubscribe, out.Message = header("From"), header("Subject"), header("Date"), strings.Trim(header("List-Unsubscribe"), "<>"), header("Message-Id")
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		return out
	}
	out.readParts(msg.Body, params["boundary"])
	return out
}

// readParts takes what lies between two boundaries apart, and what lies in that.
func (l *Letter) readParts(r io.Reader, boundary string) {
	parts := multipart.NewReader(r, boundary)
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return
		}
		kind, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if strings.HasPrefix(kind, "multipart/") {
			l.readParts(p, params["boundary"])
			continue
		}
		var body io.Reader = quotedprintable.NewReader(p)
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, p)
		}
		data, err := io.ReadAll(body)
		switch {
		case err != nil:
			return
		case p.FileName() != "":
			if l.Files == nil {
				l.Files = map[string][]byte{}
			}
			name, err := (&mime.WordDecoder{}).DecodeHeader(p.FileName())
			if err != nil {
				name = p.FileName()
			}
			l.Files[name] = data
		case kind == "text/html":
			l.HTML = string(data)
		default:
			l.Text = string(data)
		}
	}
}

const listPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Outbox</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #8884}</style></head>
<body><h1>Outbox</h1><p>Nothing here left this machine: this is what would have been mailed.</p>
{{if .}}<table><thead><tr><th>#</th><th>To</th><th>Subject</th><th>From</th><th>Date</th></tr></thead><tbody>
{{range .}}<tr><td>{{.N}}</td><td>{{.To}}</td><td><a href="{{.N}}">{{.Subject}}</a></td><td>{{.From}}</td><td>{{.Date}}</td></tr>
{{end}}</tbody></table>{{else}}<p>No mail yet. Start a campaign.</p>{{end}}</body></html>
`
