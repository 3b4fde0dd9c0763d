package template

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/osteele/liquid"

	"github.com/relance/relance"
)

// at says where in the source the fault is, and what it is: the library has no kinds of errors,
// so they are told apart by its words.
func at(part, source string, err liquid.SourceError) error {
	said := regexp.MustCompile(`^Liquid error( \(line \d+\))?: `).ReplaceAllString(err.Error(), "")
	what, tag, _ := strings.Cut(strings.TrimSpace(said), " in {")
	if tag != "" {
		tag = "{" + tag
	}
	line, column := place(source, tag, err.LineNumber())
	named := regexp.MustCompile(`"([^"]*)"`).FindStringSubmatch(what)
	name := strings.TrimSpace(strings.Trim(tag, "{}%- "))
	if named != nil {
		name = named[1]
	}
	switch {
	case what == relance.Say("TEXT_GROWS").String():
		return relance.TellField(part, "TEXT_GROWS")
	case strings.HasPrefix(what, "undefined variable"):
		return relance.TellField(part, "TEXT_VARIABLE", "line", line, "column", column, "name", name)
	case strings.HasPrefix(what, "undefined tag"):
		return relance.TellField(part, "TEXT_TAG", "line", line, "column", column, "name", name)
	case strings.HasPrefix(what, "undefined filter"):
		return relance.TellField(part, "TEXT_FILTER", "line", line, "column", column, "name", name)
	case strings.HasPrefix(what, "unterminated"):
		return relance.TellField(part, "TEXT_NOT_CLOSED", "line", line, "column", column, "name", name, "end", "end"+name)
	case strings.Contains(what, " not inside "):
		name, _, _ = strings.Cut(what, " ")
		return relance.TellField(part, "TEXT_NOT_OPEN", "line", line, "column", column, "name", name)
	}
	if tag != "" {
		what = tag
	}
	return relance.TellField(part, "TEXT_SYNTAX", "line", line, "column", column, "what", what)
}

// place is where the tag stands first, lines and columns counted from 1; the line that the
// library names where the tag is not known.
func place(source, tag string, named int) (line, column string) {
	pos := strings.Index(source, tag)
	if tag == "" || pos < 0 {
		return strconv.Itoa(max(named, 1)), "1"
	}
	before := source[:pos]
	return strconv.Itoa(1 + strings.Count(before, "\n")), strconv.Itoa(1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:])))
}
