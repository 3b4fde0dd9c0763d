// Package ratelimit shares a shop's allowance of points between all workers that
// talk to it.
//
// A shop such as Shopify gives each app a bucket of points that refills at a steady
// rate; every request costs some of it. The limiter keeps its picture of that bucket
// in Redis, one key per shop, and changes it only inside one Lua script with Redis's
// own clock, so that any number of processes agree. A request reserves its cost
// before it is sent, even into debt, and is told how long to sleep until the refill
// has paid the debt: first come, first served, with one round trip and no polling.
//
// The shop's answer tells what is really left. [Limiter.Report] takes that over,
// less what other requests have reserved and the shop has not yet seen.
//
// Redis only hints: where it is down, each process goes on with a bucket of its own,
// begun from the last picture it saw; where it was flushed, the next call restores
// the picture from there.
package ratelimit
