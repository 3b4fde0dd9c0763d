// Package password keeps passwords as argon2id sums and makes the secrets of links,
// sessions and recovery codes.
//
// The cost follows the first recommendation of the OWASP password storage cheat sheet:
// 19 MiB, two passes, one lane. A sum carries its own parameters (PHC string format), so
// that they can be raised and old sums still be checked.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	memory = 19 << 10 // KiB
	passes = 2
	lanes  = 1
	length = 32
	// MinLength is the least number of characters of a password.
	MinLength = 10
	// MaxLength bounds what is hashed.
	MaxLength = 200
)

// Hasher bounds how many passwords are hashed at once: each takes 19 MiB.
type Hasher struct{ places chan struct{} }

// NewHasher makes a Hasher.
func NewHasher() *Hasher { return &Hasher{make(chan struct{}, 4)} }

// Hash gives a password's sum.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	sum, err := h.sum(ctx, password, salt, memory, passes, lanes)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, b64(salt), b64(sum)), nil
}

// Matches reports whether the sum is the password's. An empty sum matches nothing, and
// takes as long as another: nobody learns which addresses exist.
func (h *Hasher) Matches(ctx context.Context, password, sum string) (bool, error) {
	var version, m, t int
	var p uint8
	parts := strings.Split(sum, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		_, err := h.sum(ctx, password, make([]byte, 16), memory, passes, lanes)
		return false, err
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &m, &t, &p); err != nil || version != argon2.Version || m > 1<<20 || t > 20 {
		return false, fmt.Errorf("a stored password sum is unreadable")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("a stored password sum is unreadable")
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("a stored password sum is unreadable")
	}
	got, err := h.sum(ctx, password, salt, uint32(m), uint32(t), p)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

func (h *Hasher) sum(ctx context.Context, password string, salt []byte, memory, passes uint32, lanes uint8) ([]byte, error) {
	select {
	case h.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.places }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, length), nil
}

// Secret makes an unguessable text for a cookie or a link.
func Secret() (string, error) {
	raw := make([]byte, 32)
	_, err := rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// RecoveryCodes makes ten codes to be written down, such as "k7wm-3tqd-x9rh": no letter
// or digit that is taken for another.
func RecoveryCodes() ([]string, error) {
	const letters = "abcdefghjkmnpqrstuvwxyz023456789" // 32, so that five bits choose one
	codes := make([]string, 10)
	for i := range codes {
		raw := make([]byte, 12)
		if _, err := rand.Read(raw); err != nil {
			return nil, err
		}
		for j := range raw {
			raw[j] = letters[raw[j]&31]
		}
		codes[i] = string(raw[:4]) + "-" + string(raw[4:8]) + "-" + string(raw[8:])
	}
	return codes, nil
}
