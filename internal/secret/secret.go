// Package secret seals shop credentials with an authenticated cipher (Tink AEAD). What
// is sealed for one merchant and shop cannot be opened for another. The key is a
// keyset: a new primary key can be added while old ones still open what they sealed.
package secret

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Box seals and opens.
type Box struct{ aead tink.AEAD }

// NewKeyset makes a fresh keyset in the form of RELANCE_SECRET_KEY (base64).
func NewKeyset() (string, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", fmt.Errorf("make keyset: %w", err)
	}
	return encode(h)
}

// Rotate adds a fresh key to a keyset: it seals from now on, and the old ones still open
// what they sealed.
func Rotate(encoded string) (string, error) {
	h, err := decode(encoded)
	if err != nil {
		return "", err
	}
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", fmt.Errorf("add key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return "", fmt.Errorf("use the new key: %w", err)
	}
	if h, err = m.Handle(); err != nil {
		return "", fmt.Errorf("add key: %w", err)
	}
	return encode(h)
}

func encode(h *keyset.Handle) (string, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b)); err != nil {
		return "", fmt.Errorf("write keyset: %w", err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

func decode(encoded string) (*keyset.Handle, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) == 0 {
		return nil, fmt.Errorf("RELANCE_SECRET_KEY is not a keyset; make one with `relance key`")
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fmt.Errorf("RELANCE_SECRET_KEY is not a keyset; make one with `relance key`")
	}
	return h, nil
}

// Open reads a keyset made by NewKeyset or Rotate.
func Open(encoded string) (*Box, error) {
	h, err := decode(encoded)
	if err != nil {
		return nil, err
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, fmt.Errorf("use keyset: %w", err)
	}
	return &Box{aead: a}, nil
}

// Seal encrypts plain for the merchant and shop.
func (b *Box) Seal(plain []byte, merchant, shop uuid.UUID) ([]byte, error) {
	return b.aead.Encrypt(plain, binding(merchant, shop))
}

// Unseal decrypts what Seal made for the same merchant and shop.
func (b *Box) Unseal(sealed []byte, merchant, shop uuid.UUID) ([]byte, error) {
	plain, err := b.aead.Decrypt(sealed, binding(merchant, shop))
	if err != nil {
		return nil, fmt.Errorf("the stored credentials cannot be opened with this RELANCE_SECRET_KEY")
	}
	return plain, nil
}

func binding(merchant, shop uuid.UUID) []byte { return append(merchant[:], shop[:]...) }
