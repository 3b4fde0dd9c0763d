package relance

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LabelName tidies a label up, and refuses one that is none at the field.
func LabelName(name, field string) (string, error) {
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 60 || strings.ContainsFunc(name, unicode.IsControl) {
		return "", TellField(field, "LABEL_FORM")
	}
	return name, nil
}
