package outbound

import (
	"errors"
	"io"
	"net/http"
)

// ErrTooLarge is the error of reading a body beyond [Options].MaxBody.
var ErrTooLarge = errors.New("the answer is larger than allowed")

// cappedTransport bounds the body of every response.
type cappedTransport struct {
	next *http.Transport
	max  int64
}

// RoundTrip does one exchange. A body whose announced length is already too large
// fails at the first read rather than after the limit has been transferred.
func (t *cappedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	left := t.max
	if res.ContentLength > t.max {
		left = -1
	}
	res.Body = &cappedBody{body: res.Body, left: left}
	return res, nil
}

// CloseIdleConnections closes what no request uses; http.Client calls it.
func (t *cappedTransport) CloseIdleConnections() { t.next.CloseIdleConnections() }

// cappedBody gives up to left bytes and then ErrTooLarge, unless the body ends
// exactly there. left is -1 once it has been exceeded.
type cappedBody struct {
	body io.ReadCloser
	left int64
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if len(p) == 0 {
		return 0, nil
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		b.left = -1
		return n, ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}

func (b *cappedBody) Close() error { return b.body.Close() }
