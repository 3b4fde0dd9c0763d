package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/picture"
	"github.com/relance/relance/template"
)

// LinkLogo leads to the picture at the head of a shop's e-mails; the thing is the shop, so that
// the address stays when the logo changes, and mails of last year show the one of today.
const LinkLogo LinkPurpose = "l"

// SetLogo takes a picture as a shop's logo. It is written anew, so that nothing but the picture is
// kept.
func (a *App) SetLogo(ctx context.Context, m, shop uuid.UUID, file io.Reader, actor string) error {
	raw, err := io.ReadAll(io.LimitReader(file, picture.MaxBytes+1))
	if err != nil {
		return relance.TellField("file", "LOGO_UNREADABLE")
	}
	p, err := picture.Clean(raw)
	if err != nil {
		return refusedLogo(err)
	}
	if _, err := a.Store.Shop(ctx, m, shop); err != nil {
		return err
	}
	sum := sha256.Sum256(p.Content)
	l := relance.Logo{MediaType: p.MediaType, Width: p.Width, Height: p.Height, Digest: hex.EncodeToString(sum[:])}
	if err := a.Store.SetLogo(ctx, m, shop, l, p.Content, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "set_logo", "shop", shop, map[string]any{"digest": l.Digest})
}

// refusedLogo says why a file is not taken.
func refusedLogo(err error) error {
	switch {
	case errors.Is(err, picture.ErrVector):
		return relance.TellField("file", "LOGO_VECTOR")
	case errors.Is(err, picture.ErrTooLarge):
		return relance.TellField("file", "LOGO_TOO_LARGE", "most", strconv.Itoa(picture.MaxBytes>>10))
	case errors.Is(err, picture.ErrTooWide):
		return relance.TellField("file", "LOGO_TOO_WIDE", "most", strconv.Itoa(picture.MaxSide))
	case errors.Is(err, picture.ErrUnreadable):
		return relance.TellField("file", "LOGO_UNREADABLE")
	}
	return relance.TellField("file", "LOGO_FORMAT")
}

// RemoveLogo takes a shop's logo away; mails that were sent show its name instead.
func (a *App) RemoveLogo(ctx context.Context, m, shop uuid.UUID, actor string) error {
	if _, err := a.Store.Shop(ctx, m, shop); err != nil {
		return err
	}
	if err := a.Store.RemoveLogo(ctx, m, shop); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "remove_logo", "shop", shop, nil)
}

// Logo is what is known of a shop's logo and where it can be seen; nil where it has none.
func (a *App) Logo(ctx context.Context, m, shop uuid.UUID) (*relance.Logo, error) {
	l, err := a.Store.Logo(ctx, m, shop)
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.URL, err = a.SignedLink(ctx, LinkLogo, m, shop)
	return &l, err
}

// logoData is the logo as an e-mail shows it; nil where there is none, or no address at which
// recipients could see it.
func (a *App) logoData(ctx context.Context, m, shop uuid.UUID) (*template.Logo, error) {
	if a.PublicURL == "" {
		return nil, nil
	}
	l, err := a.Logo(ctx, m, shop)
	if l == nil || err != nil {
		return nil, err
	}
	return template.NewLogo(l.URL, l.Width, l.Height), nil
}

// LogoOf gives the picture that a link leads to; NOT_FOUND where the link is none of ours, or
// the shop has no logo any more.
func (a *App) LogoOf(ctx context.Context, token string) (relance.Logo, []byte, error) {
	m, shop, err := a.OpenLink(ctx, LinkLogo, token)
	if err != nil {
		return relance.Logo{}, nil, err
	}
	l, err := a.Store.Logo(ctx, m, shop)
	if err != nil {
		return l, nil, err
	}
	content, err := a.Store.LogoContent(ctx, m, shop)
	return l, content, err
}
