package relance

// MailboxProvider reports whether a mail domain, in lower case, belongs to one who gives
// mailboxes to everybody: sharing it says nothing of two people, and nobody but the provider can
// let a relay send for it.
func MailboxProvider(domain string) bool {
	switch domain {
	case "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "outlook.de", "hotmail.com", "hotmail.fr", "hotmail.de", "live.com", "live.fr", "live.de", "msn.com",
		"yahoo.com", "yahoo.fr", "yahoo.de", "ymail.com", "aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com",
		"gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de", "posteo.de",
		"orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "neuf.fr", "bbox.fr", "bluewin.ch":
		return true
	}
	return false
}
