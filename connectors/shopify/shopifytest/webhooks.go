package shopifytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// webhook is a subscription. Delivery gets an issue of its own; what is here keeps
// its place: subscribing, listing, and the signature of a body.
type webhook struct {
	id         int64
	topic, uri string
}

func (w webhook) record() record {
	return record{"WebhookSubscription", map[string]any{"id": gid("WebhookSubscription", w.id), "topic": w.topic, "uri": w.uri}}
}

func (x *run) webhookList() []any {
	all := []any{}
	for _, w := range x.data.webhooks {
		all = append(all, w.record())
	}
	return all
}

func (x *run) createWebhook(args map[string]any) any {
	in, _ := args["webhookSubscription"].(map[string]any)
	x.data.nextID++
	w := webhook{id: x.data.nextID}
	w.topic, _ = args["topic"].(string)
	w.uri, _ = in["uri"].(string)
	for _, other := range x.data.webhooks {
		if other.topic == w.topic && other.uri == w.uri {
			return record{"WebhookSubscriptionCreatePayload", map[string]any{"userErrors": []any{
				record{"UserError", map[string]any{"message": "Address for this topic has already been taken", "field": []string{"webhookSubscription", "uri"}}},
			}}}
		}
	}
	x.data.webhooks = append(x.data.webhooks, w)
	return record{"WebhookSubscriptionCreatePayload", map[string]any{"userErrors": []any{}, "webhookSubscription": w.record()}}
}

func (x *run) deleteWebhook(args map[string]any) any {
	id, _ := args["id"].(string)
	for i, w := range x.data.webhooks {
		if gid("WebhookSubscription", w.id) == id {
			x.data.webhooks = append(x.data.webhooks[:i:i], x.data.webhooks[i+1:]...)
			return record{"WebhookSubscriptionDeletePayload", map[string]any{"deletedWebhookSubscriptionId": id, "userErrors": []any{}}}
		}
	}
	return record{"WebhookSubscriptionDeletePayload", map[string]any{"userErrors": []any{
		record{"UserError", map[string]any{"message": "Webhook subscription does not exist", "field": []string{"id"}}},
	}}}
}

// Sign is the value of X-Shopify-Hmac-Sha256 for a webhook's body: the base64 HMAC of
// the raw bytes with the app's client secret.
func (s *Server) Sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(s.opts.ClientSecret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
