package campaign

// The guards of entering a campaign, in the order of cost.
var entryGuards = []guard{state, beforeStart, profiling, audience, reentry, alreadyOrdered, tooOld, cartContent, soldOut} //nolint:gochecknoglobals // a table

// The guards of going on with the next step; what ends the way comes before what may pass.
var goOnGuards = []guard{state, alreadyOrdered, tooOld, otherWay, profiling, audience, cartContent, soldOut} //nolint:gochecknoglobals // a table

// The guards of sending by whatever channel.
var sendGuards = []guard{text, voucher, shippingFree, restricted, doNotContact, returnOpen, complaintOpen, invoiceOverdue, gamedCart, recipient} //nolint:gochecknoglobals // a table

// The guards of an e-mail, consent last.
var emailGuards = []guard{mailbox, sender, consent} //nolint:gochecknoglobals // a table

// The guards of a letter, consent last.
var letterGuards = []guard{letterhead, printer, postalAddress, noLetters, letterConsent} //nolint:gochecknoglobals // a table

// What moves the time of sending; quiet hours come last, as they look at the time that the
// others came to.
var delays = []func(*situation){cartRests, frequencyCap, recentContact, openVoucher, householdCap, householdVoucher, orderUnderWay, dailyBudget, quietHours} //nolint:gochecknoglobals // a table
