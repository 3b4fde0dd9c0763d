package relance

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of thing went wrong, for programs: each edge translates it
// once (a GraphQL error code, an exit code, retry or give up).
type Code string

// The codes of the product.
const (
	CodeBadInput     Code = "BAD_INPUT"    // the caller must change what was sent
	CodeBadValue     Code = "BAD_VALUE"    // a value of an outside record cannot be read
	CodeNotFound     Code = "NOT_FOUND"    // no such thing, or not yours
	CodeConflict     Code = "CONFLICT"     // the state does not allow it (already there, already done)
	CodeUnauthorized Code = "UNAUTHORIZED" // no or bad token
	// Of signing in.
	CodeWrongCredentials  Code = "WRONG_CREDENTIALS"   // no such e-mail address and password
	CodeCodeRequired      Code = "CODE_REQUIRED"       // the password is right; the code of the second factor is missing
	CodeWrongCode         Code = "WRONG_CODE"          // the code of the second factor is wrong, or was used
	CodeTooManyAttempts   Code = "TOO_MANY_ATTEMPTS"   // wait before the next try
	CodeTwoFactorRequired Code = "TWO_FACTOR_REQUIRED" // signed in, but the second factor must be set up first

	CodeForbidden     Code = "FORBIDDEN"      // a good token without the right
	CodeTooComplex    Code = "TOO_COMPLEX"    // the query asks for too much at once
	CodeShopAddress   Code = "SHOP_ADDRESS"   // the address is wrong, private or not a shop of that platform
	CodeShopAuth      Code = "SHOP_AUTH"      // the shop refuses the key or token
	CodeShopRights    Code = "SHOP_RIGHTS"    // the key or token lacks a right
	CodeShopBusy      Code = "SHOP_BUSY"      // the shop asks to come back later (throttle, maintenance)
	CodeShopDown      Code = "SHOP_DOWN"      // the shop does not answer or fails
	CodeShopGarbage   Code = "SHOP_GARBAGE"   // the shop answers something that is not its format
	CodeCursorRefused Code = "CURSOR_REFUSED" // the shop no longer accepts the place to continue from
	CodeInternal      Code = "INTERNAL"       // our fault
)

// Error is the one error type of the product. Message is for people, names what to
// do and never holds personal data; Err is for logs.
type Error struct {
	Code    Code
	Field   string        // the input field at fault, if one is
	Message string        // one sentence, no personal data
	Says    *Sentence     // the same for programs, where it can be told in other languages
	Wait    time.Duration // with CodeShopBusy: how long the shop asks to wait; 0 if it did not say
	Err     error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// FieldErrorf makes an Error that points at an input field.
func FieldErrorf(field, format string, args ...any) *Error {
	return &Error{Code: CodeBadInput, Field: field, Message: fmt.Sprintf(format, args...)}
}

// WrapError makes an Error around a cause that is logged but not shown.
func WrapError(code Code, err error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// CodeOf returns the code of the first Error in err's chain, CodeInternal if there
// is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Temporary reports whether trying the same again later may succeed.
func Temporary(err error) bool {
	switch CodeOf(err) {
	case CodeShopBusy, CodeShopDown, CodeShopGarbage, CodeInternal:
		return true
	default:
		return false
	}
}
