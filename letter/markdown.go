package letter

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// run is text in one style.
type run struct {
	style style
	text  string
}

// block is a paragraph, a heading or an item of a list.
type block struct {
	runs   []run
	marker string // of an item: "•", "1."
	indent int    // how many lists it is in
	title  bool
	broken bool // begins a line within the paragraph before: no gap
}

// parse makes blocks of Markdown. Raw HTML and pictures are left out, as in e-mails; of a link
// both the words and the address are printed, because paper cannot be clicked on.
func parse(md goldmark.Markdown, source, language string) []block {
	b := blocks{source: []byte(source), language: language}
	b.walk(md.Parser().Parse(text.NewReader(b.source)), 0, "")
	return b.out
}

type blocks struct {
	source   []byte
	language string
	out      []block
}

// walk goes through the blocks below a node; marker is that of the first.
func (b *blocks) walk(parent ast.Node, indent int, marker string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.List:
			number := n.Start
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				mark := "•"
				if n.IsOrdered() {
					mark = strconv.Itoa(number) + "."
					number++
				}
				b.walk(item, indent+1, mark)
			}
		case *ast.Blockquote:
			b.walk(n, indent+1, "")
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
			_, title := n.(*ast.Heading)
			at := len(b.out)
			b.out = append(b.out, block{indent: indent, marker: marker, title: title})
			b.inline(n, regular)
			for i := range b.out[at:] {
				b.finish(&b.out[at+i])
			}
			marker = ""
		}
	}
}

// finish sets the runs and makes titles bold.
func (b *blocks) finish(of *block) {
	for i := range of.runs {
		of.runs[i].text = set(of.runs[i].text, b.language)
		if of.title {
			of.runs[i].style = bold
		}
	}
}

func (b *blocks) add(s style, text string) {
	last := &b.out[len(b.out)-1]
	if n := len(last.runs); n > 0 && last.runs[n-1].style == s {
		last.runs[n-1].text += text
		return
	}
	last.runs = append(last.runs, run{s, text})
}

// inline goes through the words of a block.
func (b *blocks) inline(parent ast.Node, s style) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.add(s, unescaped(string(n.Segment.Value(b.source))))
			switch last := b.out[len(b.out)-1]; {
			case n.HardLineBreak():
				b.out = append(b.out, block{indent: last.indent, title: last.title, broken: true})
			case n.SoftLineBreak():
				b.add(s, " ")
			}
		case *ast.String:
			b.add(s, string(n.Value))
		case *ast.CodeSpan:
			b.inline(n, s)
		case *ast.Emphasis:
			inner := italic
			if n.Level > 1 || s == bold {
				inner = bold
			}
			b.inline(n, inner)
		case *ast.AutoLink:
			b.add(s, string(n.URL(b.source)))
		case *ast.Link:
			b.inline(n, s)
			if to := string(n.Destination); !strings.Contains(b.words(n), to) {
				b.add(s, " ("+to+")")
			}
		}
	}
}

// unescaped resolves backslashes and entities, which the parser leaves to whoever writes HTML.
func unescaped(s string) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations([]byte(s)))))
}

// words are those below a node, without their styles.
func (b *blocks) words(parent ast.Node) string {
	out := ""
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if t, is := n.(*ast.Text); is {
			out += string(t.Segment.Value(b.source))
			continue
		}
		out += b.words(n)
	}
	return out
}
