package app

import (
	"context"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/password"
	"github.com/relance/relance/store"
)

// How long one-time links work.
const (
	inviteLasts = 7 * 24 * time.Hour
	resetLasts  = 24 * time.Hour
)

// checkPerson checks the name and the e-mail address of a user.
func checkPerson(u relance.User) error {
	at, err := mail.ParseAddress(u.Email)
	if err != nil || at.Address != u.Email || len(u.Email) > 254 || !strings.Contains(u.Email[strings.LastIndex(u.Email, "@"):], ".") {
		return relance.TellField("email", "EMAIL_FORM")
	}
	if utf8.RuneCountInString(u.Name) > 100 || strings.ContainsFunc(u.Name, unicode.IsControl) {
		return relance.TellField("name", "PERSON_NAME")
	}
	return nil
}

// newPassword checks a password that somebody chose and gives its sum.
func (a *App) newPassword(ctx context.Context, email, chosen string) (string, error) {
	n := utf8.RuneCountInString(chosen)
	switch {
	case n < password.MinLength:
		return "", relance.TellField("password", "PASSWORD_SHORT", "least", strconv.Itoa(password.MinLength))
	case n > password.MaxLength || len(chosen) > 4*password.MaxLength:
		return "", relance.TellField("password", "PASSWORD_LONG", "most", strconv.Itoa(password.MaxLength))
	case strings.EqualFold(chosen, email), strings.Count(chosen, string([]rune(chosen)[0])) == n:
		return "", relance.TellField("password", "PASSWORD_GUESSED")
	}
	return a.hasher().Hash(ctx, chosen)
}

// hasher bounds the memory of all hashing in this process.
func (a *App) hasher() *password.Hasher {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.passwords == nil {
		a.passwords = password.NewHasher()
	}
	return a.passwords
}

// checkShops accepts a limit to shops of the merchant, for clerks only.
func (a *App) checkShops(ctx context.Context, m uuid.UUID, role relance.Role, shops []uuid.UUID) error {
	if len(shops) == 0 {
		return nil
	}
	if role != relance.RoleClerk {
		return relance.TellField("shopIds", "SHOPS_OF_CLERKS")
	}
	known, err := a.Store.Shops(ctx, m, shops)
	if err == nil && len(known) != len(slices.Compact(slices.SortedFunc(slices.Values(shops), func(x, y uuid.UUID) int { return strings.Compare(x.String(), y.String()) }))) {
		err = relance.TellField("shopIds", "SHOP_NOT_CONNECTED")
	}
	return err
}

// Invite adds somebody to the staff and gives the secret of the link with which they
// choose their password. Inviting somebody again who has not joined gives a new link.
func (a *App) Invite(ctx context.Context, m uuid.UUID, u relance.User, actor string) (id uuid.UUID, secret string, err error) {
	u.Email, u.Name = strings.TrimSpace(u.Email), strings.TrimSpace(u.Name)
	if err := checkPerson(u); err != nil {
		return id, "", err
	}
	if err := a.checkShops(ctx, m, u.Role, u.ShopIDs); err != nil {
		return id, "", err
	}
	id, err = a.Store.AddUser(ctx, m, u, a.Now())
	if relance.CodeOf(err) == relance.CodeConflict {
		id, err = a.invitedBefore(ctx, m, u, err)
	}
	if err != nil {
		return id, "", err
	}
	secret, err = a.link(ctx, m, id, relance.LinkInvite, inviteLasts)
	if err != nil {
		return id, "", err
	}
	return id, secret, a.audit(ctx, m, actor, "invite_user", "user", id, map[string]any{"role": u.Role})
}

// invitedBefore finds the invited person of that address who has not joined, and gives
// them the role of the new invitation; else it gives the conflict.
func (a *App) invitedBefore(ctx context.Context, m uuid.UUID, u relance.User, conflict error) (uuid.UUID, error) {
	list, err := a.Store.Users(ctx, m, false)
	if err != nil {
		return uuid.Nil, err
	}
	for _, old := range list {
		if strings.EqualFold(old.Email, u.Email) && !old.Joined && old.DisabledAt == nil {
			return old.ID, a.Store.ChangeUser(ctx, m, old.ID, store.UserChange{Role: &u.Role, ShopIDs: ptr(notNil(u.ShopIDs))}, a.Now())
		}
	}
	return uuid.Nil, conflict
}

func ptr[T any](v T) *T { return &v }

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ResetPassword gives the secret of a link with which a user chooses a new password.
func (a *App) ResetPassword(ctx context.Context, m, user uuid.UUID, actor string) (string, error) {
	u, err := a.Store.User(ctx, m, user)
	if err != nil {
		return "", err
	}
	if u.DisabledAt != nil {
		return "", relance.Tell(relance.CodeConflict, nil, "MAY_NOT_SIGN_IN")
	}
	kind, lasts := relance.LinkReset, resetLasts
	if !u.Joined {
		kind, lasts = relance.LinkInvite, inviteLasts
	}
	secret, err := a.link(ctx, m, user, kind, lasts)
	if err != nil {
		return "", err
	}
	return secret, a.audit(ctx, m, actor, "reset_password", "user", user, nil)
}

func (a *App) link(ctx context.Context, m, user uuid.UUID, kind relance.LinkKind, lasts time.Duration) (string, error) {
	secret, err := password.Secret()
	if err != nil {
		return "", err
	}
	return secret, a.Store.AddLink(ctx, m, user, kind, sum(secret), a.Now(), lasts)
}

// Link tells what a one-time link is for and whom.
func (a *App) Link(ctx context.Context, secret string) (relance.LinkKind, string, error) {
	l, err := a.Store.Link(ctx, sum(secret), a.Now())
	return l.Kind, l.Email, err
}

// UseLink gives a link's user a password (and a name, where it is not empty) and signs
// them in. session is empty where a second factor is to be asked for: they sign in as usual.
func (a *App) UseLink(ctx context.Context, secret, name, chosen, agent string) (session string, err error) {
	l, err := a.Store.Link(ctx, sum(secret), a.Now())
	if err != nil {
		return "", err
	}
	name = strings.TrimSpace(name)
	if err := checkPerson(relance.User{Email: l.Email, Name: name}); err != nil {
		return "", err
	}
	hash, err := a.newPassword(ctx, l.Email, chosen)
	if err != nil {
		return "", err
	}
	if err := a.Store.UseLink(ctx, l, name, hash, a.Now()); err != nil {
		return "", err
	}
	if err := a.audit(ctx, l.MerchantID, "user "+l.UserID.String(), "choose_password", "user", l.UserID, nil); err != nil {
		return "", err
	}
	if f, err := a.Store.TwoFactor(ctx, l.MerchantID, l.UserID); err != nil || f.On {
		return "", err
	}
	return a.startSession(ctx, l.MerchantID, l.UserID, agent)
}

// ChangeRole gives a user another role, and a clerk other shops.
func (a *App) ChangeRole(ctx context.Context, m, user uuid.UUID, role relance.Role, shops []uuid.UUID, actor string) error {
	if err := a.checkShops(ctx, m, role, shops); err != nil {
		return err
	}
	before, err := a.Store.User(ctx, m, user)
	if err != nil {
		return err
	}
	if err := a.Store.ChangeUser(ctx, m, user, store.UserChange{Role: &role, ShopIDs: ptr(notNil(shops))}, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_role", "user", user, map[string]any{"before": before.Role, "after": role})
}

// Disable keeps a user from signing in and ends their sessions, or allows it again.
func (a *App) Disable(ctx context.Context, m, user uuid.UUID, disabled bool, actor string) error {
	if err := a.Store.ChangeUser(ctx, m, user, store.UserChange{Disabled: &disabled}, a.Now()); err != nil {
		return err
	}
	action := "enable_user"
	if disabled {
		action = "disable_user"
	}
	return a.audit(ctx, m, actor, action, "user", user, nil)
}

// ChangeOwnProfile changes the bearer's name and language, and whether the monthly report is mailed
// to them; nil leaves that.
func (a *App) ChangeOwnProfile(ctx context.Context, b relance.Bearer, name, language string, monthlyReport *bool) error {
	name = strings.TrimSpace(name)
	if err := checkPerson(relance.User{Email: "x@example.com", Name: name}); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "en", "fr", "de"}, language) {
		return relance.TellField("language", "DASHBOARD_LANGUAGE")
	}
	if monthlyReport != nil && *monthlyReport {
		if err := a.canGetReports(ctx, b); err != nil {
			return err
		}
	}
	return a.Store.ChangeUser(ctx, b.MerchantID, b.UserID, store.UserChange{Name: &name, Language: &language, MonthlyReport: monthlyReport}, a.Now())
}

// ChangePassword gives the bearer a new password; their other browsers are signed out.
func (a *App) ChangePassword(ctx context.Context, b relance.Bearer, old, chosen string) error {
	u, err := a.provePassword(ctx, b, old)
	if err != nil {
		return err
	}
	hash, err := a.newPassword(ctx, u.Email, chosen)
	if err != nil {
		return err
	}
	if err := a.Store.ChangeUser(ctx, b.MerchantID, b.UserID, store.UserChange{PasswordHash: &hash}, a.Now()); err != nil {
		return err
	}
	if err := a.Store.EndOtherSessions(ctx, b.MerchantID, b.UserID, b.SessionID); err != nil {
		return err
	}
	return a.audit(ctx, b.MerchantID, b.Actor(), "change_password", "user", b.UserID, nil)
}

// provePassword asks the bearer for their password again before something that somebody
// at an unlocked desk must not do. Wrong ones count as failed sign-ins.
func (a *App) provePassword(ctx context.Context, b relance.Bearer, pass string) (relance.User, error) {
	u, err := a.Store.User(ctx, b.MerchantID, b.UserID)
	if err != nil {
		return u, err
	}
	who := [][]byte{emailSum(u.Email)}
	if err := a.attemptsLeft(ctx, who, failuresPerEmail); err != nil {
		return u, err
	}
	list, err := a.Store.SignInCandidates(ctx, u.Email)
	if err != nil {
		return u, err
	}
	for _, c := range list {
		if c.ID != u.ID {
			continue
		}
		if ok, err := a.hasher().Matches(ctx, pass, c.PasswordHash); err != nil || ok {
			return u, err
		}
	}
	if err := a.Store.SignInFailed(ctx, who, a.Now()); err != nil {
		return u, err
	}
	return u, relance.Tell(relance.CodeWrongCredentials, nil, "NOT_YOUR_PASSWORD").At("password")
}

// StartTwoFactor makes a secret for the bearer's authenticator app, and its otpauth
// address (the Key URI format that authenticator apps read from a QR code). It is in
// force once ConfirmTwoFactor has seen a code.
func (a *App) StartTwoFactor(ctx context.Context, b relance.Bearer) (secret, uri string, err error) {
	u, err := a.Store.User(ctx, b.MerchantID, b.UserID)
	if err != nil {
		return "", "", err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Relance", AccountName: u.Email, Period: codePeriod})
	if err != nil {
		return "", "", err
	}
	sealed, err := a.Secrets.Seal([]byte(key.Secret()), b.MerchantID, b.UserID)
	if err != nil {
		return "", "", err
	}
	return key.Secret(), key.URL(), a.Store.OfferTwoFactor(ctx, b.MerchantID, b.UserID, sealed)
}

// ConfirmTwoFactor puts the offered secret in force after a first code, and gives the
// recovery codes, each of which works once in place of a code.
func (a *App) ConfirmTwoFactor(ctx context.Context, b relance.Bearer, code string) ([]string, error) {
	f, err := a.Store.TwoFactor(ctx, b.MerchantID, b.UserID)
	if err != nil {
		return nil, err
	}
	if f.On || f.Secret == nil {
		return nil, relance.Tell(relance.CodeConflict, nil, "TWO_FACTOR_ANEW")
	}
	step, ok, err := a.codeStep(f.Secret, b.MerchantID, b.UserID, strings.ReplaceAll(code, " ", ""))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, relance.Tell(relance.CodeWrongCode, nil, "CODE_WRONG").At("code")
	}
	codes, err := password.RecoveryCodes()
	if err != nil {
		return nil, err
	}
	sums := make([][]byte, len(codes))
	for i, c := range codes {
		sums[i] = sum(c)
	}
	if err := a.Store.ConfirmTwoFactor(ctx, b.MerchantID, b.UserID, step, sums, a.Now()); err != nil {
		return nil, err
	}
	return codes, a.audit(ctx, b.MerchantID, b.Actor(), "two_factor_on", "user", b.UserID, nil)
}

// StopTwoFactor switches the bearer's second factor off.
func (a *App) StopTwoFactor(ctx context.Context, b relance.Bearer, pass string) error {
	if _, err := a.provePassword(ctx, b, pass); err != nil {
		return err
	}
	return a.ResetTwoFactor(ctx, b.MerchantID, b.UserID, b.Actor())
}

// ResetTwoFactor switches the second factor of somebody off who lost it.
func (a *App) ResetTwoFactor(ctx context.Context, m, user uuid.UUID, actor string) error {
	if err := a.Store.DropTwoFactor(ctx, m, user); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "two_factor_off", "user", user, nil)
}
