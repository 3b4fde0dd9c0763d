// Package dnstest is a DNS server that says what it is told: for tests, and for `relance dev`,
// whose invented shops send from invented domains. It speaks UDP, and TCP for what does not fit,
// and can be told to misbehave as name servers do.
package dnstest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Fault is how a name is answered wrongly.
type Fault string

// The faults.
const (
	Silent   Fault = "silent"   // no answer at all
	Failing  Fault = "failing"  // SERVFAIL
	Refused  Fault = "refused"  // REFUSED
	Garbled  Fault = "garbled"  // bytes that are no message
	CutShort Fault = "cutshort" // a message that ends in the middle
)

// Records is what a name has.
type Records struct {
	TXT       []string // any length; they are cut into strings of 255 bytes as the format wants it
	MX        []string // hosts, in the order of preference; "." takes no mail
	Addresses []string // IPv4 or IPv6
	Alias     string   // CNAME
	Fault     Fault
}

// Server answers for its names and says NXDOMAIN to all others.
type Server struct {
	Names map[string]Records // without the dot at the end, in lower case

	mu    sync.Mutex
	asked map[string]int
}

// mostUDP is what fits into an answer by UDP; more is asked for again by TCP.
const mostUDP = 1232

// Listen serves on a free port of the loopback until stop is called, and gives a resolver that
// asks nobody else.
func (s *Server) Listen(ctx context.Context) (r *net.Resolver, stop func(), err error) {
	var lc net.ListenConfig
	stream, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	packets, err := lc.ListenPacket(ctx, "udp", stream.Addr().String())
	if err != nil {
		_ = stream.Close()
		return nil, nil, err
	}
	var done sync.WaitGroup
	done.Go(func() { s.servePackets(packets) })
	done.Go(func() { s.serveStreams(stream, &done) })
	r = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, strings.TrimRight(network, "46"), stream.Addr().String())
	}}
	return r, func() {
		_ = stream.Close()
		_ = packets.Close()
		done.Wait()
	}, nil
}

// Asked is how many questions came for a name, of any type.
func (s *Server) Asked(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[name]
}

func (s *Server) servePackets(conn net.PacketConn) {
	buf := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if out := s.answer(buf[:n], mostUDP); out != nil {
			_, _ = conn.WriteTo(out, from)
		}
	}
}

func (s *Server) serveStreams(l net.Listener, done *sync.WaitGroup) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		done.Go(func() {
			defer func() { _ = conn.Close() }()
			s.serveStream(conn)
		})
	}
}

// serveStream answers one question: the resolver asks one by a connection.
func (s *Server) serveStream(conn net.Conn) {
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return
	}
	question := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, question); err != nil {
		return
	}
	if out := s.answer(question, 1<<16-1); out != nil {
		_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...)) //nolint:gosec // not larger than was allowed
	}
}

// answer makes the answer to a question, of at most so many bytes; nil for none.
func (s *Server) answer(question []byte, most int) []byte {
	var p dnsmessage.Parser
	head, err := p.Start(question)
	if err != nil {
		return nil
	}
	q, err := p.Question()
	if err != nil {
		return nil
	}
	name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	s.mu.Lock()
	if s.asked == nil {
		s.asked = map[string]int{}
	}
	s.asked[name]++
	s.mu.Unlock()
	records, known := s.Names[name]
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: head.ID, Response: true, Authoritative: true, RecursionDesired: head.RecursionDesired, RecursionAvailable: true}, Questions: []dnsmessage.Question{q}}
	switch records.Fault {
	case Silent:
		return nil
	case Garbled:
		return append(question[:2:2], "\xff\xff not a message"...)
	case Failing:
		m.RCode = dnsmessage.RCodeServerFailure
	case Refused:
		m.RCode = dnsmessage.RCodeRefused
	case "", CutShort:
		if !known {
			m.RCode = dnsmessage.RCodeNameError
		}
		m.Answers = s.resources(q, records)
	}
	out, err := m.Pack()
	if err != nil || len(out) > most {
		m.Truncated, m.Answers = true, nil
		if out, err = m.Pack(); err != nil {
			return nil
		}
	}
	if records.Fault == CutShort {
		return out[:len(out)*2/3]
	}
	return out
}

func (s *Server) resources(q dnsmessage.Question, records Records) []dnsmessage.Resource {
	var out []dnsmessage.Resource
	add := func(t dnsmessage.Type, body dnsmessage.ResourceBody) {
		if t == q.Type || t == dnsmessage.TypeCNAME {
			out = append(out, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: t, Class: dnsmessage.ClassINET, TTL: 60}, Body: body})
		}
	}
	if records.Alias != "" {
		to := dnsmessage.MustNewName(records.Alias + ".")
		add(dnsmessage.TypeCNAME, &dnsmessage.CNAMEResource{CNAME: to})
		q.Name = to
		records = s.Names[records.Alias]
	}
	for _, text := range records.TXT {
		add(dnsmessage.TypeTXT, &dnsmessage.TXTResource{TXT: pieces(text)})
	}
	for i, host := range records.MX {
		add(dnsmessage.TypeMX, &dnsmessage.MXResource{Pref: uint16(i * 10), MX: dnsmessage.MustNewName(strings.TrimSuffix(host, ".") + ".")}) //nolint:gosec // a handful
	}
	for _, address := range records.Addresses {
		ip := net.ParseIP(address)
		if four := ip.To4(); four != nil {
			add(dnsmessage.TypeA, &dnsmessage.AResource{A: [4]byte(four)})
		} else {
			add(dnsmessage.TypeAAAA, &dnsmessage.AAAAResource{AAAA: [16]byte(ip)})
		}
	}
	return out
}

// pieces cuts a text into strings as the format wants them.
func pieces(text string) []string {
	out := []string{}
	for len(text) > 255 {
		out, text = append(out, text[:255]), text[255:]
	}
	return append(out, text)
}
