package relance

import "time"

// SenderCheck is what the DNS says of the domain that a shop sends from.
type SenderCheck struct {
	Domain    string // of the sender address, in ASCII
	CheckedAt time.Time
	Findings  []SenderFinding
}

// Level is the worst level among the findings.
func (c *SenderCheck) Level() FindingLevel {
	worst := FindingGood
	for _, f := range c.Findings {
		if f.Level.weight() > worst.weight() {
			worst = f.Level
		}
	}
	return worst
}

// SenderFinding is one thing that was looked at.
type SenderFinding struct {
	About  SenderSubject
	Level  FindingLevel
	Says   Sentence   // what is so, and what to do
	Found  string     // the record as it is, shortened; empty where there is none
	Record *DNSRecord // what to add, or to change the record to; nil where nothing is to be done, or only the relay's operator knows
}

// Message is what is found, in English.
func (f SenderFinding) Message() string { return f.Says.String() }

// DNSRecord is a record as one enters it at the domain's DNS provider.
type DNSRecord struct {
	Name  string // whole, without the dot at the end
	Type  string // TXT or MX
	Value string
}

// SenderSubject is what a finding is about.
type SenderSubject string

// The subjects, in the order in which they are shown.
const (
	SubjectDomain  SenderSubject = "DOMAIN"  // whose domain it is
	SubjectSPF     SenderSubject = "SPF"     // who may send for it: RFC 7208
	SubjectDKIM    SenderSubject = "DKIM"    // by which key messages are signed: RFC 6376
	SubjectDMARC   SenderSubject = "DMARC"   // what becomes of messages without either: RFC 7489
	SubjectBounces SenderSubject = "BOUNCES" // whether bounces and answers can come back: RFC 5321, section 5.1
)

// FindingLevel says how much a finding matters.
type FindingLevel string

// The levels.
const (
	FindingGood    FindingLevel = "GOOD"
	FindingUnknown FindingLevel = "UNKNOWN" // could not be looked up now, or nobody told what to look for
	FindingAdvice  FindingLevel = "ADVICE"  // mail arrives, but it could be better
	FindingFault   FindingLevel = "FAULT"   // mail is refused or lands in spam
)

func (l FindingLevel) weight() int {
	switch l {
	case FindingFault:
		return 3
	case FindingAdvice:
		return 2
	case FindingUnknown:
		return 1
	}
	return 0
}
