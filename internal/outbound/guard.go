package outbound

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// ErrPrivateAddress is in the chain of the error of a request whose address is not
// on the public internet and not in [Options].AllowNetworks.
var ErrPrivateAddress = errors.New("the address is not a public one")

// guard judges the address of each connection at the moment it is dialled.
type guard struct {
	allow []netip.Prefix
}

// control is called by the dialer with the resolved address, before it connects.
func (g guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return fmt.Errorf("%w: network %s", ErrPrivateAddress, network)
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: unreadable address", ErrPrivateAddress)
	}
	if !g.allowed(ap.Addr()) {
		return ErrPrivateAddress
	}
	return nil
}

// allowed reports whether a connection to ip may be made.
func (g guard) allowed(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, p := range g.allow {
		if p.Contains(ip) {
			return true
		}
	}
	return IsPublic(ip)
}

// IsPublic reports whether ip is an ordinary address of the public internet: not
// loopback, private, link-local, shared (CGNAT), multicast, reserved, for
// documentation, nor one of the ranges that hide an IPv4 address inside IPv6.
func IsPublic(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range specialNetworks() {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// specialNetworks lists what the IANA special-purpose registries hold besides the
// ranges that netip knows itself.
func specialNetworks() []netip.Prefix {
	return []netip.Prefix{
		prefix4(0, 0, 0, 0, 8),       // "this network"
		prefix4(100, 64, 0, 0, 10),   // shared address space (CGNAT)
		prefix4(192, 0, 0, 0, 24),    // protocol assignments
		prefix4(192, 0, 2, 0, 24),    // documentation
		prefix4(192, 88, 99, 0, 24),  // 6to4 relays
		prefix4(198, 18, 0, 0, 15),   // benchmarks
		prefix4(198, 51, 100, 0, 24), // documentation
		prefix4(203, 0, 113, 0, 24),  // documentation
		prefix4(240, 0, 0, 0, 4),     // reserved, broadcast
		prefix6(96),                  // ::/96 IPv4-compatible
		prefix6(96, 0x00, 0x64, 0xff, 0x9b),
		prefix6(48, 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01), // local NAT64
		prefix6(64, 0x01, 0x00),                         // discard only
		prefix6(23, 0x20, 0x01, 0x00, 0x00),             // Teredo and protocol assignments
		prefix6(32, 0x20, 0x01, 0x0d, 0xb8),             // documentation
		prefix6(16, 0x20, 0x02),                         // 6to4
		prefix6(20, 0x3f, 0xff),                         // documentation
		prefix6(16, 0x5f, 0x00),                         // segment routing
		prefix6(10, 0xfe, 0xc0),                         // old site-local
	}
}

func prefix4(a, b, c, d byte, bits int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{a, b, c, d}), bits)
}

func prefix6(bits int, head ...byte) netip.Prefix {
	var b [16]byte
	copy(b[:], head)
	return netip.PrefixFrom(netip.AddrFrom16(b), bits)
}
