package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// LinkPurpose tells what a signed link is for: one for one thing opens no other.
type LinkPurpose string

// LinkUnsubscribe leads to the page where a recipient objects; the thing is the message.
const LinkUnsubscribe LinkPurpose = "u"

// LinkConfirm leads to the page where a recipient confirms a consent; the thing is the request.
const LinkConfirm LinkPurpose = "c"

// linkLength is merchant, thing and half of the signature.
const linkLength = 16 + 16 + 16

// SignedLink makes an address of the public pages that nobody else can make: it names the merchant and
// the thing and is signed with a key that outlives all others, as mails are kept for years.
func (a *App) SignedLink(ctx context.Context, p LinkPurpose, m, thing uuid.UUID) (string, error) {
	key, err := a.linkKey(ctx, m)
	if err != nil {
		return "", err
	}
	return a.linkSigned(key, p, m, thing), nil
}

// linkSigned is an address signed with the merchant's key.
func (a *App) linkSigned(key []byte, p LinkPurpose, m, thing uuid.UUID) string {
	raw := append(append(append([]byte{}, m[:]...), thing[:]...), sign(key, p, m, thing)...)
	return strings.TrimRight(a.PublicURL, "/") + "/" + string(p) + "/" + base64.RawURLEncoding.EncodeToString(raw)
}

// OpenLink reads a token that SignedLink made; NOT_FOUND for any other.
func (a *App) OpenLink(ctx context.Context, p LinkPurpose, token string) (m, thing uuid.UUID, err error) {
	unknown := relance.Errorf(relance.CodeNotFound, "this link is not complete or not ours")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != linkLength {
		return m, thing, unknown
	}
	m, thing = uuid.UUID(raw[:16]), uuid.UUID(raw[16:32])
	sealed, err := a.Store.LinkKey(ctx, m)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return m, thing, unknown
	}
	if err != nil {
		return m, thing, err
	}
	key, err := a.Secrets.Unseal(sealed, m, uuid.Nil)
	if err != nil {
		return m, thing, err
	}
	if !hmac.Equal(raw[32:], sign(key, p, m, thing)) {
		return m, thing, unknown
	}
	return m, thing, nil
}

func sign(key []byte, p LinkPurpose, m, thing uuid.UUID) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(p))
	h.Write(m[:])
	h.Write(thing[:])
	return h.Sum(nil)[:16]
}

// linkKey gives the merchant's key, made at its first use.
func (a *App) linkKey(ctx context.Context, m uuid.UUID) ([]byte, error) {
	sealed, err := a.Store.LinkKey(ctx, m)
	if relance.CodeOf(err) == relance.CodeNotFound {
		var fresh [32]byte
		_, _ = rand.Read(fresh[:]) // never fails
		if sealed, err = a.Secrets.Seal(fresh[:], m, uuid.Nil); err == nil {
			sealed, err = a.Store.MakeLinkKey(ctx, m, sealed, a.Now())
		}
	}
	if err != nil {
		return nil, err
	}
	key, err := a.Secrets.Unseal(sealed, m, uuid.Nil)
	if err != nil {
		return nil, errors.Join(relance.Errorf(relance.CodeInternal, "the key that signs links cannot be read: RELANCE_SECRET_KEY lacks the key that sealed it"), err)
	}
	return key, nil
}
