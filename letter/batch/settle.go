package batch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// What pdfcpu writes differs from run to run in the numbers and the order of its objects, in the
// dates and in the file's id. settle writes the same file with objects in the order in which one
// comes upon them from the trailer, the batch's date and an id made of the rest. It takes files
// with a plain table of objects (ISO 32000-1, 7.5.4), as pdfcpu is told to write.
func settle(pdf []byte, date time.Time) ([]byte, error) {
	head, objects, trailer, err := take(pdf)
	if err != nil {
		return nil, err
	}
	entry := func(name string) int {
		m := regexp.MustCompile(`/` + name + `\s+(\d+)\s+0\s+R`).FindSubmatch(trailer)
		if m == nil {
			return 0
		}
		n, _ := strconv.Atoi(string(m[1]))
		return n
	}
	root, info := entry("Root"), entry("Info")
	if objects[root] == nil || objects[info] == nil {
		return nil, errors.New("the trailer names no root or no info")
	}
	order, number := reached(objects, root, info)
	day := []byte("(D:" + date.UTC().Format("20060102150405") + "Z)")
	objects[info] = regexp.MustCompile(`(/(?:CreationDate|ModDate)\s*)\(D:[^)]*\)`).ReplaceAll(objects[info], slices.Concat([]byte("${1}"), day))

	out := bytes.NewBuffer(slices.Clone(head))
	var offsets []int
	for i, n := range order {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(out, "%d 0 obj\n", i+1)
		out.Write(renumbered(objects[n], number))
		out.WriteString("\nendobj\n")
	}
	id, start := sha256.Sum256(out.Bytes()), out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(order)+1)
	for _, at := range offsets {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(out, "trailer\n<</ID[<%x><%x>]/Info %d 0 R/Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", id[:16], id[:16], number[info], number[root], len(order)+1, start)
	return out.Bytes(), nil
}

// take takes a file apart: what is before its objects, the objects by number, the trailer.
func take(pdf []byte) (head []byte, objects map[int][]byte, trailer []byte, err error) {
	at := bytes.LastIndex(pdf, []byte("startxref"))
	if at < 0 {
		return nil, nil, nil, errors.New("no startxref")
	}
	fields := bytes.Fields(pdf[at:])
	start, err := strconv.Atoi(string(fields[min(1, len(fields)-1)]))
	if err != nil || start <= 0 || start >= at || !bytes.HasPrefix(pdf[start:], []byte("xref")) {
		return nil, nil, nil, errors.New("no plain table of objects")
	}
	table, trailer, found := bytes.Cut(pdf[start+len("xref"):at], []byte("trailer"))
	rows := regexp.MustCompile(`(\d{10}) \d{5} n`).FindAllSubmatch(table, -1)
	if !found || len(rows) == 0 {
		return nil, nil, nil, errors.New("no table of objects")
	}
	ends := []int{start}
	for _, r := range rows {
		n, _ := strconv.Atoi(string(r[1]))
		ends = append(ends, n)
	}
	slices.Sort(ends)
	if ends[len(ends)-1] != start {
		return nil, nil, nil, errors.New("an object lies after the table")
	}
	objects = map[int][]byte{}
	opens := regexp.MustCompile(`^(\d+) 0 obj\s`)
	for i, from := range ends[:len(ends)-1] {
		o := bytes.TrimSpace(pdf[from:ends[i+1]])
		m := opens.FindSubmatch(o)
		body, closed := bytes.CutSuffix(o, []byte("endobj"))
		if m == nil || !closed {
			return nil, nil, nil, fmt.Errorf("no object at byte %d", from)
		}
		n, _ := strconv.Atoi(string(m[1]))
		objects[n] = bytes.TrimRight(body[len(m[0]):], "\r\n")
	}
	return pdf[:ends[0]], objects, trailer, nil
}

// reached lists the objects in the order in which one comes upon them, with their new numbers.
func reached(objects map[int][]byte, from ...int) (order []int, number map[int]int) {
	number = map[int]int{}
	come := func(n int) {
		if _, seen := number[n]; !seen && objects[n] != nil {
			order = append(order, n)
			number[n] = len(order)
		}
	}
	for _, n := range from {
		come(n)
	}
	for i := 0; i < len(order); i++ {
		for _, r := range references(objects[order[i]]) {
			come(r.to)
		}
	}
	return order, number
}

// reference is where a body says "n 0 R".
type reference struct{ from, until, to int }

// references finds them in an object, outside of strings, names and the bytes of a stream.
func references(body []byte) (out []reference) {
	pattern := regexp.MustCompile(`^(\d+)\s+0\s+R\b`)
	for i := 0; i < len(body); {
		switch c := body[i]; {
		case c == '(':
			i = pastString(body, i)
		case c == '<' && i+1 < len(body) && body[i+1] != '<':
			i += max(bytes.IndexByte(body[i:], '>'), 0) + 1
		case c == '<':
			i += 2
		case bytes.IndexByte([]byte(" \t\r\n\f\x00[]{}>)"), c) >= 0:
			i++
		case c >= '0' && c <= '9':
			if m := pattern.FindSubmatch(body[i:min(i+40, len(body))]); m != nil {
				n, _ := strconv.Atoi(string(m[1]))
				out = append(out, reference{i, i + len(m[0]), n})
				i += len(m[0])
				continue
			}
			i = pastWord(body, i)
		case bytes.HasPrefix(body[i:], []byte("stream")):
			return out
		default:
			i = pastWord(body, i)
		}
	}
	return out
}

// pastString is where a string in parentheses that begins at i has ended.
func pastString(body []byte, i int) int {
	for open := 0; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return i + 1
			}
		}
	}
	return len(body)
}

// pastWord is where a name, a number or a keyword that begins at i has ended.
func pastWord(body []byte, i int) int {
	for i++; i < len(body); i++ {
		if bytes.IndexByte([]byte(" \t\r\n\f\x00()<>[]{}/%"), body[i]) >= 0 {
			return i
		}
	}
	return i
}

func renumbered(body []byte, number map[int]int) []byte {
	var out []byte
	last := 0
	for _, r := range references(body) {
		out = append(out, body[last:r.from]...)
		if n, is := number[r.to]; is {
			out = fmt.Appendf(out, "%d 0 R", n)
		} else {
			out = append(out, "null"...) // as a reference to nothing is read (7.3.10)
		}
		last = r.until
	}
	return append(out, body[last:]...)
}
