package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// Links in letters are short: people may have to type them. They hold the letter's code and four
// letters that only we could have put there, other ones for each purpose.
const (
	LinkScan   LinkPurpose = "q" // the code beside the voucher leads to the shop
	LinkObject LinkPurpose = "o" // "no more letters"
)

// letterLinks is how long a letter's code leads to the voucher; later it says that it is over.
const letterLinks = 400 * 24 * time.Hour

const (
	codeLength = 8
	markLength = 4
)

// letterLink makes the address behind a code of a letter.
func (a *App) letterLink(ctx context.Context, p LinkPurpose, m uuid.UUID, code string) (string, error) {
	key, err := a.linkKey(ctx, m)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(a.PublicURL, "/") + "/" + string(p) + "/" + code + mark(key, p, code), nil
}

// mark is what only we can put behind a code.
func mark(key []byte, p LinkPurpose, code string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("letter " + string(p) + " " + code))
	sum := h.Sum(nil)
	var b strings.Builder
	for _, x := range sum {
		if int(x) < 256/len(codeLetters)*len(codeLetters) && b.Len() < markLength {
			b.WriteByte(codeLetters[int(x)%len(codeLetters)])
		}
	}
	return b.String()
}

// openLetter reads a token that letterLink made, however it was typed; NOT_FOUND for any other.
func (a *App) openLetter(ctx context.Context, p LinkPurpose, token string) (m, followUp uuid.UUID, err error) {
	unknown := relance.Errorf(relance.CodeNotFound, "this link is not complete or not ours")
	token = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(token))
	if len(token) != codeLength+markLength || strings.Trim(token, codeLetters) != "" {
		return m, followUp, unknown
	}
	code := token[:codeLength]
	merchants, letters, err := a.Store.LettersOfCode(ctx, code)
	if err != nil {
		return m, followUp, err
	}
	for i := range merchants {
		key, err := a.linkKey(ctx, merchants[i])
		if err != nil {
			return m, followUp, err
		}
		if hmac.Equal([]byte(token[codeLength:]), []byte(mark(key, p, code))) {
			return merchants[i], letters[i], nil
		}
	}
	return m, followUp, unknown
}

// isTest reports whether a token is that of every test letter.
func isTest(token string) bool { return strings.EqualFold(token, testToken) }

// Scan says where the code of a letter leads, and counts that somebody, or a machine, followed it.
// A link that is over leads nowhere: GONE is told by an empty address. That of a test letter leads
// nowhere either, and nothing is counted.
func (a *App) Scan(ctx context.Context, token string, human bool) (address string, about relance.Subscription, err error) {
	if isTest(token) {
		return "", relance.Subscription{Test: true}, nil
	}
	m, followUp, err := a.openLetter(ctx, LinkScan, token)
	if err != nil {
		return "", about, err
	}
	if about, err = a.Store.LetterSubscription(ctx, m, followUp); err != nil {
		return "", about, err
	}
	now := a.Now()
	t, err := a.Store.LetterTarget(ctx, m, followUp, now)
	if err != nil {
		return "", about, err
	}
	if now.After(t.MadeAt.Add(letterLinks)) {
		return "", about, nil
	}
	if err := a.Store.Scanned(ctx, m, followUp, human, now); err != nil {
		return "", about, err
	}
	address, err = a.landing(ctx, m, &t)
	return address, about, err
}

// landing is the page of the shop that a letter leads to: the cart again where the shop can, else
// the shop with the voucher where it takes one from a link. Only addresses of the shop come out.
func (a *App) landing(ctx context.Context, m uuid.UUID, t *store.LetterTarget) (string, error) {
	home := strings.TrimRight(t.ShopURL, "/")
	page := home + "/"
	if t.CartID != nil {
		if _, restore, err := a.Store.CartContent(ctx, m, *t.CartID); err != nil && relance.CodeOf(err) != relance.CodeNotFound {
			return "", err
		} else if sameSite(restore, home) {
			page = restore
		}
	}
	if t.Code != "" && t.Platform == relance.Shopify && page == home+"/" {
		page = home + "/discount/" + t.Code + "?redirect=%2F"
	}
	return taggedBy(page, "letter", t.Campaign), nil
}

// sameSite reports whether an address is a page of the shop.
func sameSite(address, home string) bool {
	return address != "" && (address == home || strings.HasPrefix(address, home+"/"))
}

// LetterSubscription reads what the way out in a letter is about. It changes nothing.
func (a *App) LetterSubscription(ctx context.Context, token string) (relance.Subscription, error) {
	if isTest(token) {
		return relance.Subscription{Test: true}, nil
	}
	m, followUp, err := a.openLetter(ctx, LinkObject, token)
	if err != nil {
		return relance.Subscription{}, err
	}
	return a.Store.LetterSubscription(ctx, m, followUp)
}

// ObjectToLetters takes the objection of whoever got a letter, or with undo takes it back. What is
// not printed yet is not printed.
func (a *App) ObjectToLetters(ctx context.Context, token string, undo bool) (relance.Subscription, error) {
	if isTest(token) {
		return relance.Subscription{Test: true}, nil
	}
	m, followUp, err := a.openLetter(ctx, LinkObject, token)
	if err != nil {
		return relance.Subscription{}, err
	}
	if err := a.StopLetters(ctx, m, followUp, undo, "recipient"); err != nil {
		return relance.Subscription{}, err
	}
	return a.Store.LetterSubscription(ctx, m, followUp)
}

// StopLetters notes that whoever got the letter wants no more, or with undo that they do again.
func (a *App) StopLetters(ctx context.Context, m, followUp uuid.UUID, undo bool, actor string) error {
	action, change := "stop_letters", a.Store.StopLetters
	if undo {
		action, change = "stop_letters_undo", a.Store.ResumeLetters
	}
	if err := change(ctx, m, followUp, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, action, "follow_up", followUp, nil)
}

// LetterLinks are the addresses behind the codes of a letter: the way out, and to the shop.
func (a *App) LetterLinks(ctx context.Context, m uuid.UUID, code string) (object, scan string, err error) {
	if object, err = a.letterLink(ctx, LinkObject, m, code); err != nil {
		return "", "", err
	}
	scan, err = a.letterLink(ctx, LinkScan, m, code)
	return object, scan, err
}
