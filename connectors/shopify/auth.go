package shopify

import (
	"context"
	"errors"
	"strings"
	"time"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"github.com/relance/relance"
)

// tokenSource gives the access token of a request. The two ways there are now are a
// pasted token and client credentials; the OAuth code flow with its rotating refresh
// tokens will be a third.
type tokenSource interface {
	token(ctx context.Context) (string, error)
	// renew is told that the shop refused the token; it reports whether another may
	// do better.
	renew(ctx context.Context) bool
}

func newTokenSource(s *Connector, c relance.Credentials) (tokenSource, error) {
	switch {
	case strings.HasPrefix(c.ClientSecret, "shpat_"):
		return nil, relance.TellField("apiSecretKey", "API_SECRET_IS_TOKEN")
	case c.Key != "":
		return pasted(c.Key), nil
	case c.ClientID != "" && c.ClientSecret != "":
		return &clientCredentials{shop: s, id: c.ClientID, secret: c.ClientSecret, lock: make(chan struct{}, 1)}, nil
	default:
		return nil, relance.TellField("accessToken", "CREDENTIALS_INCOMPLETE")
	}
}

// pasted is an admin token that a person pasted. It does not expire.
type pasted string

func (p pasted) token(context.Context) (string, error) { return string(p), nil }
func (pasted) renew(context.Context) bool              { return false }

// clientCredentials asks for a token with the app's own id and secret and keeps it
// until shortly before it expires. One request at a time asks.
type clientCredentials struct {
	shop       *Connector
	id, secret string
	lock       chan struct{} // a mutex that a context can leave
	current    string
	expires    time.Time
	refused    bool // the shop refused the id or the secret
}

// early is how long before its end a token is replaced.
const early = 5 * time.Minute

func (c *clientCredentials) token(ctx context.Context) (string, error) {
	select {
	case c.lock <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-c.lock }()
	if c.current != "" && c.shop.now().Before(c.expires) {
		return c.current, nil
	}
	if err := c.refresh(ctx); err != nil {
		return "", err
	}
	return c.current, nil
}

// renew forgets the refused token so that the next request asks for another.
func (c *clientCredentials) renew(ctx context.Context) bool {
	select {
	case c.lock <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-c.lock }()
	c.current = ""
	return !c.refused
}

// refresh does the client credentials grant. The caller holds the lock.
func (c *clientCredentials) refresh(ctx context.Context) error {
	client, err := goshopify.NewClient(goshopify.App{}, c.shop.shop.domain, "", goshopify.WithRetry(1),
		goshopify.WithHTTPClient(c.shop.http), goshopify.WithLogger(silent{}))
	if err != nil {
		return relance.Tell(relance.CodeShopAddress, err, "ADDRESS_UNUSABLE")
	}
	form := map[string]string{"grant_type": "client_credentials", "client_id": c.id, "client_secret": c.secret}
	var answer struct {
		Token   string  `json:"access_token"`
		Expires float64 `json:"expires_in"` // seconds
	}
	bounded, cancel := context.WithTimeout(ctx, c.shop.timeout)
	defer cancel()
	err = client.Post(bounded, "oauth/access_token", form, &answer)
	var refusal goshopify.ResponseError
	switch {
	case errors.As(err, &refusal) && (refusal.Status == 400 || refusal.Status == 401 || refusal.Status == 403):
		c.refused = true
		return relance.Tell(relance.CodeShopAuth, nil, "CLIENT_REFUSED")
	case err != nil:
		return translate(ctx, err)
	case answer.Token == "":
		return relance.Tell(relance.CodeShopGarbage, nil, "NOT_ITS_FORMAT")
	}
	c.refused = false
	life := time.Duration(answer.Expires) * time.Second
	if life <= 0 || life > 24*time.Hour {
		life = 24 * time.Hour
	}
	c.current, c.expires = answer.Token, c.shop.now().Add(life-min(early, life/2))
	return nil
}
