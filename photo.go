package relance

import (
	"time"

	"github.com/google/uuid"
)

// PhotoKept is how long a photo that is not shown any more is kept for an undo.
const PhotoKept = 30 * 24 * time.Hour

// ProfilePhoto is a person's picture.
type ProfilePhoto struct {
	ProfileID uuid.UUID
	Digest    string // SHA-256 of the file, in hex
	At        time.Time
}

// URL is where whoever may see the person sees the picture, on this server. It changes with the picture.
func (p *ProfilePhoto) URL() string { return "/photos/" + p.ProfileID.String() + "?v=" + p.Digest[:12] }
