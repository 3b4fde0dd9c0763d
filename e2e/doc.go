// Package e2e holds the tests of whole flows: simulated shops over HTTP, real workers,
// Postgres and Redis, and GraphQL as another program would ask it.
package e2e
