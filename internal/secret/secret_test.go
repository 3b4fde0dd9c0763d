package secret_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance/internal/secret"
)

func TestSealedForOneShopOnly(t *testing.T) {
	key, err := secret.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	box, err := secret.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	merchant, shop := uuid.New(), uuid.New()
	sealed, err := box.Seal([]byte("token"), merchant, shop)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := box.Unseal(sealed, merchant, shop); err != nil || string(plain) != "token" {
		t.Errorf("own shop: %q, %v", plain, err)
	}
	for name, ids := range map[string][2]uuid.UUID{"other shop": {merchant, uuid.New()}, "other merchant": {uuid.New(), shop}, "swapped": {shop, merchant}} {
		if _, err := box.Unseal(sealed, ids[0], ids[1]); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestNoKeysetNoBox(t *testing.T) {
	for _, key := range []string{"", "x", "aGVsbG8="} {
		if _, err := secret.Open(key); err == nil {
			t.Errorf("%q: accepted", key)
		}
	}
}

func TestRotatedKeysetOpensWhatTheOldOneSealed(t *testing.T) {
	old, err := secret.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	both, err := secret.Rotate(old)
	if err != nil {
		t.Fatal(err)
	}
	oldBox, err := secret.Open(old)
	if err != nil {
		t.Fatal(err)
	}
	newBox, err := secret.Open(both)
	if err != nil {
		t.Fatal(err)
	}
	merchant, shop := uuid.New(), uuid.New()
	before, err := oldBox.Seal([]byte("before"), merchant, shop)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := newBox.Unseal(before, merchant, shop); err != nil || string(plain) != "before" {
		t.Errorf("sealed before: %q, %v", plain, err)
	}
	after, err := newBox.Seal([]byte("after"), merchant, shop)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := oldBox.Unseal(after, merchant, shop); err == nil {
		t.Error("the new key is not the one that seals")
	}
	if _, err := secret.Rotate("x"); err == nil {
		t.Error("a broken keyset was rotated")
	}
}
