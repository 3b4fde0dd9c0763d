package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// privacyNews reads one of the three webhooks about privacy that every app must take
// (customers/data_request, customers/redact, shop/redact). It must be signed with the app's
// secret: where a shop was connected by a pasted token alone we have none, and nothing is believed for it.
func privacyNews(c relance.Credentials, header http.Header, body []byte) (connectors.PrivacyNews, error) {
	var out connectors.PrivacyNews
	said, err := base64.StdEncoding.DecodeString(header.Get("X-Shopify-Hmac-Sha256"))
	mac := hmac.New(sha256.New, []byte(c.ClientSecret))
	mac.Write(body)
	if err != nil || c.ClientSecret == "" || !hmac.Equal(said, mac.Sum(nil)) {
		return out, relance.Tell(relance.CodeUnauthorized, nil, "HOOK_FORGED")
	}
	var in struct {
		ShopID   int64 `json:"shop_id"`
		Customer struct {
			ID int64 `json:"id"`
		} `json:"customer"`
		Request struct {
			ID int64 `json:"id"`
		} `json:"data_request"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return out, relance.WrapError(relance.CodeBadInput, err, "the webhook cannot be read")
	}
	if in.Customer.ID != 0 {
		out.CustomerID = strconv.FormatInt(in.Customer.ID, 10)
	}
	switch header.Get("X-Shopify-Topic") {
	case "customers/data_request":
		out.Kind, out.ID = relance.PrivacyAccess, "data_request/"+strconv.FormatInt(in.Request.ID, 10)
	case "customers/redact":
		out.Kind, out.ID = relance.PrivacyErasure, "redact/"+out.CustomerID
	case "shop/redact":
		out.Kind, out.ID, out.WholeShop = relance.PrivacyErasure, "shop_redact/"+strconv.FormatInt(in.ShopID, 10), true
	default:
		return out, relance.Errorf(relance.CodeBadInput, "this topic is not about privacy")
	}
	if !out.WholeShop && out.CustomerID == "" {
		return out, relance.Errorf(relance.CodeBadInput, "the webhook names no customer")
	}
	return out, nil
}
