package relance

import (
	"time"

	"github.com/shopspring/decimal"
)

// SendState is where a follow-up stands. Each change is a row change in Postgres.
type SendState string

// The states of a follow-up.
const (
	SendHeld      SendState = "HELD"      // decided; somebody approves it first
	SendDue       SendState = "DUE"       // decided; a worker sends it
	SendSending   SendState = "SENDING"   // handed to the mail relay: from here on it may have gone out
	SendSent      SendState = "SENT"      // the relay took it
	SendRefused   SendState = "REFUSED"   // a guard said no just before
	SendExpired   SendState = "EXPIRED"   // too late
	SendFailed    SendState = "FAILED"    // the relay or the shop refuses it for good
	SendBounced   SendState = "BOUNCED"   // the address does not exist
	SendUncertain SendState = "UNCERTAIN" // may or may not have gone out; a person decides
	SendHanded    SendState = "HANDED"    // nothing goes out: somebody tells its voucher
)

// Final reports whether nothing more happens by itself.
func (s SendState) Final() bool { return s != SendHeld && s != SendDue && s != SendSending }

// Detail is what happened to a message, told to whoever asks why. It holds no personal data.
type Detail struct {
	Text  string    // in English
	Cause *Sentence // the same for programs; nil where there is no sentence for it
}

// Telling is a detail that is a sentence.
func Telling(s Sentence) Detail { return Detail{Text: s.String(), Cause: &s} }

// As makes an Error that tells the detail; err is its cause, for logs.
func (d Detail) As(code Code, err error) *Error {
	return &Error{Code: code, Message: d.Text, Says: d.Cause, Err: err}
}

// Email is a message ready for the relay.
type Email struct {
	MessageID   string // the same for every try of one follow-up
	FromName    string
	From        string
	ReplyTo     string
	To          string
	Subject     string
	Text        string
	HTML        string
	Unsubscribe string // https address that takes the one-click POST of RFC 8058
	At          time.Time
	Attachments []Attachment
}

// Attachment is a file that comes with an e-mail.
type Attachment struct {
	Name        string
	ContentType string
	Data        []byte
}

// PlannedVoucher is a voucher as it is noted before the shop is asked to make it.
type PlannedVoucher struct {
	Code       string
	Kind       VoucherKind
	Value      decimal.Decimal
	Minimum    decimal.Decimal
	Currency   string
	ValidFrom  time.Time
	ValidUntil time.Time // the last second
}

// Subscription is what the page behind an unsubscribe link, or a letter's, shows.
type Subscription struct {
	ShopName string
	ShopURL  string // of letters
	Language string // the recipient's
	Stopped  bool   // the person objected
	Test     bool   // the link is that of a test letter: it is nobody's and does nothing
}
