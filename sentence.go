package relance

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Sentence is something said to people that programs can tell apart, so that each reader
// can be told in their own language. It holds no personal data.
type Sentence struct {
	Code   string            `json:"code"`
	Values map[string]string `json:"params,omitempty"`
}

// SentenceParam is what stands in a sentence under a name.
type SentenceParam struct{ Name, Value string }

// Say makes the sentence of the code; params are names and values in turn.
func Say(code string, params ...string) Sentence {
	s := Sentence{Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if s.Values == nil {
			s.Values = map[string]string{}
		}
		s.Values[params[i]] = params[i+1]
	}
	return s
}

// String is the sentence in English.
func (s Sentence) String() string {
	var pairs []string
	for name, value := range s.Values {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(sentences[s.Code])
}

// Params lists what stands in the sentence, by name.
func (s Sentence) Params() []SentenceParam {
	out := []SentenceParam{}
	for _, name := range slices.Sorted(maps.Keys(s.Values)) {
		out = append(out, SentenceParam{Name: name, Value: s.Values[name]})
	}
	return out
}

// Tell makes an Error whose message is a sentence; err is its cause, for logs, or nil.
func Tell(code Code, err error, sentence string, params ...string) *Error {
	s := Say(sentence, params...)
	return &Error{Code: code, Message: s.String(), Says: &s, Err: err}
}

// TellField makes an Error that points at an input field.
func TellField(field, sentence string, params ...string) *Error {
	return Tell(CodeBadInput, nil, sentence, params...).At(field)
}

// At points the Error at an input field, and gives it back.
func (e *Error) At(field string) *Error {
	e.Field = field
	return e
}

// SaidBy is the sentence of the first Error in err's chain, nil where that has none. What is
// no Error is our own fault.
func SaidBy(err error) *Sentence {
	var e *Error
	if errors.As(err, &e) {
		return e.Says
	}
	s := Say("INTERNAL")
	return &s
}
