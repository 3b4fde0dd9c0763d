import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Reason } from '../gql/graphql'

type Text = { name: MessageDescriptor; why: MessageDescriptor }

/** Why somebody gets nothing, or not yet: in a few words, and what that means. A test compares with the schema. */
export const reasons: Record<Reason, Text> = {
  SENDING_STOPPED: { name: msg`Sending is stopped`, why: msg`Somebody stopped all sending. Let it go on under Campaigns.` },
  CAMPAIGN_STATE: { name: msg`The campaign is not running`, why: msg`Nothing is sent until it is started.` },
  BEFORE_START: {
    name: msg`Happened before the start`,
    why: msg`The event is older than the campaign, which does not reach back.`,
  },
  ENDED: { name: msg`Over for this person`, why: msg`Their way through the campaign has ended.` },
  NO_PROFILING: {
    name: msg`Objected to profiling`,
    why: msg`This person does not want to be chosen by what they buy, as this campaign does.`,
  },
  NOT_IN_AUDIENCE: {
    name: msg`Not in the audience`,
    why: msg`The segment or filter of the campaign does not hold for this person.`,
  },
  REENTRY: { name: msg`Was in the campaign already`, why: msg`The campaign does not let the same person in again so soon.` },
  ALREADY_ORDERED: { name: msg`Ordered already`, why: msg`There is an order after the event: nothing to remind of.` },
  TOO_YOUNG: { name: msg`Too recent`, why: msg`The campaign waits longer after the event before it writes.` },
  TOO_OLD: { name: msg`Too long ago`, why: msg`The event is older than the campaign still follows up.` },
  EMPTY_CART: {
    name: msg`Cart empty or too small`,
    why: msg`Nothing is in the cart, or less than the least value of the campaign.`,
  },
  SOLD_OUT: {
    name: msg`Sold out`,
    why: msg`Nothing in the cart can be ordered now. It is looked at again in case it comes back.`,
  },
  NEWER_CART: { name: msg`A younger cart is open`, why: msg`Only a person’s latest cart is followed up.` },
  GAMED_CART: {
    name: msg`Carts left for vouchers`,
    why: msg`This person leaves carts in series after vouchers; another voucher would reward it.`,
  },
  HOLDOUT: { name: msg`In the holdout`, why: msg`Kept aside by chance and gets nothing, so that the effect can be measured.` },
  NO_ADDRESS: { name: msg`No e-mail address`, why: msg`No address of this person can be used.` },
  OBJECTED: { name: msg`Objected`, why: msg`This person does not want to be written to.` },
  BOUNCED: { name: msg`The address takes no e-mail`, why: msg`An earlier message came back from this address.` },
  NO_CONSENT: { name: msg`No consent`, why: msg`The law of that country needs a consent that is not there.` },
  DO_NOT_CONTACT: { name: msg`Not to be contacted`, why: msg`Labelled as deceased, or as not to be contacted.` },
  MINOR: { name: msg`Under age`, why: msg`Known to be under age: no advertising.` },
  INACTIVE_RECORD: { name: msg`The customer account is closed`, why: msg`The shop has closed or deleted this customer.` },
  STAFF: { name: msg`Own staff`, why: msg`An address of your own business.` },
  MASKED_ADDRESS: { name: msg`Address of a marketplace`, why: msg`Marketplaces forbid advertising to their masked addresses.` },
  RETURN_OPEN: { name: msg`A return is under way`, why: msg`Nobody is advertised to while a return is open.` },
  COMPLAINT_OPEN: { name: msg`Waits for an answer`, why: msg`This person wrote to a shop and has no answer yet.` },
  INVOICE_OVERDUE: { name: msg`An invoice is overdue`, why: msg`An order of this person is unpaid for a month or longer.` },
  ORDER_UNDER_WAY: { name: msg`An order is on its way`, why: msg`The last order has not arrived yet.` },
  FREQUENCY_CAP: { name: msg`Enough messages for now`, why: msg`This person got as many messages as the sending rules allow.` },
  RECENTLY_CONTACTED: {
    name: msg`Written to a short while ago`,
    why: msg`The sending rules ask for more time between two messages.`,
  },
  HOUSEHOLD_CAP: {
    name: msg`Enough messages for the household`,
    why: msg`People at the same address and of the same family name got as many messages as the sending rules allow.`,
  },
  HOUSEHOLD_VOUCHER: {
    name: msg`The household has a voucher`,
    why: msg`Somebody at the same address and of the same family name holds a voucher that is still good.`,
  },
  OPEN_VOUCHER: { name: msg`Has a voucher`, why: msg`An earlier voucher of this person is still good.` },
  QUIET_HOURS: {
    name: msg`Quiet hours`,
    why: msg`Nothing is sent at night, on Sundays and on public holidays; it follows after.`,
  },
  BUDGET: {
    name: msg`Budget used up`,
    why: msg`The campaign has sent as many messages as it may, or its letters have cost as much as they may.`,
  },
  VOUCHER_CURRENCY: { name: msg`Another currency`, why: msg`The voucher is in another currency than the shop.` },
  VOUCHER_MINIMUM: { name: msg`Cart below the voucher’s minimum`, why: msg`The voucher asks for more than is in the cart.` },
  SHIPPING_FREE: { name: msg`Shipping is free already`, why: msg`A cart of this value is shipped free without a voucher.` },
  VOUCHER_RIGHT: {
    name: msg`No right to make vouchers`,
    why: msg`The shop does not let us make vouchers. The shop’s page tells which right is missing.`,
  },
  NO_TEXT: { name: msg`No text`, why: msg`The step has no text in any language.` },
  EXPIRED: { name: msg`Due too long ago`, why: msg`The message was due longer ago than the campaign allows.` },
  DONE: { name: msg`Every step is done`, why: msg`This person got all messages of the campaign.` },
  STEP_UNDER_WAY: { name: msg`A message is under way`, why: msg`The step before is being sent or waits for a decision.` },
  STEP_WAITS: { name: msg`The step waits`, why: msg`Its waiting time is not over.` },
  NO_SENDER: { name: msg`No sender`, why: msg`The shop’s settings name no sender. Enter one under Settings, Shops and senders.` },
  NO_POSTAL_ADDRESS: { name: msg`No postal address`, why: msg`No address of this person is known to which a letter would come.` },
  UNDELIVERABLE: {
    name: msg`A letter came back`,
    why: msg`An earlier letter to this address came back, so none is sent there again.`,
  },
  NEVER_BOUGHT: {
    name: msg`Never bought anything`,
    why: msg`Letters go to people who bought, unless the campaign says otherwise.`,
  },
  ROBINSON: {
    name: msg`On a Robinson list`,
    why: msg`The person is on a list of people who want no advertising letters, and did not ask for yours.`,
  },
  NO_LETTERHEAD: {
    name: msg`The letterhead is not complete`,
    why: msg`The shop’s settings lack what a letter must say of its sender. Complete them under Settings, Shops and senders, Letters.`,
  },
  NO_PRINTER: {
    name: msg`Nobody prints`,
    why: msg`The shop has no printer, or the provider’s data processing agreement is not noted. Choose one under Settings, Shops and senders, Letters.`,
  },
  DECLINED: { name: msg`Not approved`, why: msg`Somebody decided not to send it.` },
}
