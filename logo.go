package relance

import "time"

// Logo is the picture at the head of a shop's e-mails.
type Logo struct {
	MediaType string // image/png or image/jpeg
	Width     int    // pixels
	Height    int    // pixels
	Bytes     int    // size of the file
	Digest    string // SHA-256 of it, in hex
	At        time.Time
	URL       string // where anybody can see it who was given the address
}
