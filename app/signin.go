package app

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/password"
	"github.com/relance/relance/store"
)

// Failed sign-ins that are allowed within a quarter of an hour, for one e-mail address
// and from one network address (an office shares one).
const (
	failuresWindow     = 15 * time.Minute
	failuresPerEmail   = 10
	failuresPerAddress = 100
)

// SignIn is what somebody signs in with.
type SignIn struct {
	Email, Password string
	Code            string // of the second factor; a recovery code will do
	Agent           string // the browser, as it names itself
	Address         string // where the request comes from
}

// SignIn opens a session and gives the secret of its cookie. Its errors have the codes
// WRONG_CREDENTIALS, CODE_REQUIRED, WRONG_CODE and TOO_MANY_ATTEMPTS (Wait says how long).
func (a *App) SignIn(ctx context.Context, in SignIn) (secret string, err error) {
	who := [][]byte{emailSum(in.Email), sum("address " + in.Address)}
	if err := a.attemptsLeft(ctx, who, failuresPerEmail, failuresPerAddress); err != nil {
		return "", err
	}
	user, err := a.checkPassword(ctx, in)
	if err == nil {
		err = a.checkCode(ctx, user.MerchantID, user.ID, in.Code)
	}
	switch relance.CodeOf(err) {
	case "":
	case relance.CodeWrongCredentials, relance.CodeWrongCode:
		if err := a.Store.SignInFailed(ctx, who, a.Now()); err != nil {
			return "", err
		}
		return "", err
	default:
		return "", err
	}
	if err := a.Store.SignInForgiven(ctx, who[0]); err != nil {
		return "", err
	}
	return a.startSession(ctx, user.MerchantID, user.ID, in.Agent)
}

func sum(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:]
}

func emailSum(email string) []byte {
	return sum("email " + strings.ToLower(strings.TrimSpace(email)))
}

// attemptsLeft refuses where any of those failed as often as is allowed it a moment ago.
func (a *App) attemptsLeft(ctx context.Context, who [][]byte, allowed ...int64) error {
	failed, err := a.Store.SignInFailures(ctx, who, a.Now().Add(-failuresWindow))
	if err != nil {
		return err
	}
	for i, n := range failed {
		if n >= allowed[i] {
			return tooMany()
		}
	}
	return nil
}

// tooMany is the refusal of somebody who failed too often.
func tooMany() error {
	e := relance.Tell(relance.CodeTooManyAttempts, nil, "TOO_MANY_ATTEMPTS")
	e.Wait = failuresWindow
	return e
}

// checkPassword finds the user whom e-mail address and password name. Somebody on the
// staff of two merchants with the same password is let in at the older one.
func (a *App) checkPassword(ctx context.Context, in SignIn) (store.Candidate, error) {
	wrong := relance.Tell(relance.CodeWrongCredentials, nil, "WRONG_PAIR")
	if len(in.Password) > 4*password.MaxLength || len(in.Email) > 320 || !utf8.ValidString(in.Email) || strings.ContainsRune(in.Email, 0) {
		return store.Candidate{}, wrong
	}
	list, err := a.Store.SignInCandidates(ctx, strings.TrimSpace(in.Email))
	if err != nil {
		return store.Candidate{}, err
	}
	if len(list) == 0 {
		_, err := a.hasher().Matches(ctx, in.Password, "")
		if err != nil {
			return store.Candidate{}, err
		}
	}
	for _, c := range list {
		if ok, err := a.hasher().Matches(ctx, in.Password, c.PasswordHash); err != nil || ok {
			return c, err
		}
	}
	return store.Candidate{}, wrong
}

// checkCode checks the second factor of a user who has one. No code works twice.
func (a *App) checkCode(ctx context.Context, m, user uuid.UUID, code string) error {
	f, err := a.Store.TwoFactor(ctx, m, user)
	if err != nil || !f.On {
		return err
	}
	code = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(code), " ", ""))
	if code == "" {
		return relance.Tell(relance.CodeCodeRequired, nil, "CODE_MISSING")
	}
	wrong := relance.Tell(relance.CodeWrongCode, nil, "CODE_WRONG")
	if len(code) > 6 {
		known, err := a.Store.UseRecoveryCode(ctx, m, user, sum(code))
		if err == nil && !known {
			err = wrong
		}
		return err
	}
	step, ok, err := a.codeStep(f.Secret, m, user, code)
	if err != nil {
		return err
	}
	if !ok {
		return wrong
	}
	fresh, err := a.Store.UseCode(ctx, m, user, step)
	if err == nil && !fresh {
		err = wrong
	}
	return err
}

// codePeriod is the time step of RFC 6238 in seconds.
const codePeriod = 30

// codeStep finds the time step, now or one before or after it, that a code belongs to.
func (a *App) codeStep(sealed []byte, m, user uuid.UUID, code string) (step int64, ok bool, err error) {
	secret, err := a.Secrets.Unseal(sealed, m, user)
	if err != nil {
		return 0, false, err
	}
	for _, d := range []int64{0, -1, 1} {
		at := a.Now().Unix()/codePeriod + d
		ok, err := totp.ValidateCustom(code, string(secret), time.Unix(at*codePeriod, 0), totp.ValidateOpts{Period: codePeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return at, true, nil
		}
	}
	return 0, false, nil
}

func (a *App) startSession(ctx context.Context, m, user uuid.UUID, agent string) (string, error) {
	secret, err := password.Secret()
	if err != nil {
		return "", err
	}
	return secret, a.Store.StartSession(ctx, m, user, sum(secret), clip(agent, 200), a.Now())
}

// clip shortens a text that others send us.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most])
	}
	return s
}

// Session finds out whose session a cookie's secret belongs to.
func (a *App) Session(ctx context.Context, secret string) (relance.Bearer, error) {
	return a.Store.SessionBearer(ctx, sum(secret), a.Now())
}

// SignOut ends the session of the bearer.
func (a *App) SignOut(ctx context.Context, b relance.Bearer) error {
	return a.Store.EndSession(ctx, b.MerchantID, b.UserID, b.SessionID)
}

// EndSession signs out another browser of the bearer.
func (a *App) EndSession(ctx context.Context, b relance.Bearer, session uuid.UUID) error {
	return a.Store.EndSession(ctx, b.MerchantID, b.UserID, session)
}

// Setup is what the first-run page asks for.
type Setup struct {
	Merchant, Name, Email, Password string
	// Token is an owner's API token, needed where the command line made a merchant before:
	// whoever finds the page first must not get its customers.
	Token string
	Agent string
}

// FirstRun reports whether nobody can sign in yet, and whether [Setup] needs a token.
func (a *App) FirstRun(ctx context.Context) (first, needsToken bool, err error) {
	merchants, users, err := a.Store.Installation(ctx)
	return users == 0, merchants > 0, err
}

// Setup makes the first owner, and the first merchant where there is none. Of two that
// come at once, one is told that the installation is set up.
func (a *App) Setup(ctx context.Context, in Setup) (secret string, err error) {
	err = a.Store.Alone(ctx, "set up the installation", func(ctx context.Context) error {
		secret, err = a.setup(ctx, in)
		return err
	})
	return secret, err
}

func (a *App) setup(ctx context.Context, in Setup) (secret string, err error) {
	first, needsToken, err := a.FirstRun(ctx)
	if err != nil {
		return "", err
	}
	if !first {
		return "", relance.Tell(relance.CodeConflict, nil, "SET_UP_ALREADY")
	}
	u := relance.User{Email: strings.TrimSpace(in.Email), Name: strings.TrimSpace(in.Name), Role: relance.RoleOwner}
	hash, err := a.newPassword(ctx, u.Email, in.Password)
	if err == nil {
		err = checkPerson(u)
	}
	if err != nil {
		return "", err
	}
	var m uuid.UUID
	if needsToken {
		b, err := a.Store.Bearer(ctx, strings.TrimSpace(in.Token))
		if err != nil || b.Role != relance.RoleOwner {
			return "", relance.TellField("token", "OWNER_TOKEN")
		}
		m = b.MerchantID
	} else {
		name := strings.TrimSpace(in.Merchant)
		if name == "" || utf8.RuneCountInString(name) > 100 {
			return "", relance.TellField("merchant", "BUSINESS_NAME")
		}
		if m, err = a.Store.CreateMerchant(ctx, name); err != nil {
			return "", err
		}
	}
	id, err := a.addOwner(ctx, m, u, hash)
	if err != nil {
		return "", err
	}
	return a.startSession(ctx, m, id, in.Agent)
}

// addOwner adds an owner who can sign in at once.
func (a *App) addOwner(ctx context.Context, m uuid.UUID, u relance.User, hash string) (uuid.UUID, error) {
	id, err := a.Store.AddUser(ctx, m, u, a.Now())
	if err != nil {
		return id, err
	}
	if err := a.Store.ChangeUser(ctx, m, id, store.UserChange{PasswordHash: &hash}, a.Now()); err != nil {
		return id, err
	}
	return id, a.audit(ctx, m, "user "+id.String(), "set_up", "user", id, nil)
}

// DevOwner makes sure that the merchant has an owner of that address and password, for
// `relance dev`.
func (a *App) DevOwner(ctx context.Context, m uuid.UUID, email, pass string) error {
	hash, err := a.hasher().Hash(ctx, pass)
	if err != nil {
		return err
	}
	list, err := a.Store.Users(ctx, m, false)
	if err != nil {
		return err
	}
	for _, u := range list {
		if u.Email == email { // from the last run
			return a.Store.ChangeUser(ctx, m, u.ID, store.UserChange{PasswordHash: &hash}, a.Now())
		}
	}
	_, err = a.addOwner(ctx, m, relance.User{Email: email, Name: "Robin Owner", Role: relance.RoleOwner}, hash)
	return err
}
