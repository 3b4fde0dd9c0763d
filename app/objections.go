package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// Subscription reads what a link is about. It changes nothing: mail scanners open links.
func (a *App) Subscription(ctx context.Context, token string) (relance.Subscription, error) {
	m, followUp, err := a.OpenLink(ctx, LinkUnsubscribe, token)
	if err != nil {
		return relance.Subscription{}, err
	}
	_, shop, language, stopped, err := a.Store.EmailOf(ctx, m, followUp)
	return relance.Subscription{ShopName: shop, Language: language, Stopped: stopped}, err
}

// Unsubscribe takes the objection of whoever got the message, or with undo takes it back.
func (a *App) Unsubscribe(ctx context.Context, token string, undo bool) (relance.Subscription, error) {
	m, followUp, err := a.OpenLink(ctx, LinkUnsubscribe, token)
	if err != nil {
		return relance.Subscription{}, err
	}
	address, shop, language, _, err := a.Store.EmailOf(ctx, m, followUp)
	if err != nil {
		return relance.Subscription{}, err
	}
	action := "unsubscribe"
	if undo {
		action = "unsubscribe_undo"
		err = a.Store.LiftStop(ctx, m, address, relance.StoppedByObjection, a.Now())
	} else {
		err = a.Store.StopAddress(ctx, m, address, relance.StoppedByObjection, followUp, a.Now())
	}
	if err != nil {
		return relance.Subscription{}, err
	}
	return relance.Subscription{ShopName: shop, Language: language, Stopped: !undo}, a.audit(ctx, m, "recipient", action, "follow_up", followUp, nil)
}

// RecordObjection writes down that a person said they want no more e-mail or letters, or took it back.
func (a *App) RecordObjection(ctx context.Context, m, profile uuid.UUID, channel relance.ConsentChannel, undo bool, actor string) error {
	if channel != relance.ChannelEmail && channel != relance.ChannelLetter {
		return relance.TellField("channel", "OBJECTION_CHANNEL")
	}
	if err := a.Store.Objects(ctx, m, profile, channel, undo, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "record_objection", "profile", profile, map[string]any{"channel": channel, "undo": undo})
}
