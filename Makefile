# What can be done here: make help.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check verify bench build generate lint fmt

# Versions of the tools that check the code. They are installed into ./bin and are not
# part of go.mod, so that the product does not depend on them.
GOLANGCI_LINT := v2.15.0
STATICCHECK   := v0.8.2

# Packages that test beside each other; each may start a database.
TEST_PROCS ?= 2
TEST_TIME  ?= 40m
TESTS      ?= ./...

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: build ## show the product working; ARGS="--reset" empties its database first
	@exec ./bin/relance dev $(ARGS)

test: ## every test; installs or starts what it needs
	@sh scripts/need.sh
	go test -timeout $(TEST_TIME) -p $(TEST_PROCS) $(TESTS)

check: ## format, lint, generate and compare, then every test
	@$(MAKE) --no-print-directory verify
	@$(MAKE) --no-print-directory test

verify: ## the checks of `make check` without the tests
	@sh scripts/check.sh
	@$(MAKE) --no-print-directory lint

bench: ## the benchmarks, as ratios
	@sh scripts/need.sh
	go run ./bench $(ARGS)

build: ## ./bin/relance
	@mkdir -p bin
	go build -buildvcs=false -o bin/relance ./cmd/relance

generate: ## the Go of the GraphQL schema
	go run ./graph/generate

lint: bin/golangci-lint-$(GOLANGCI_LINT) bin/staticcheck-$(STATICCHECK) ## golangci-lint and staticcheck
	bin/golangci-lint-$(GOLANGCI_LINT) run ./...
	bin/staticcheck-$(STATICCHECK) ./...

fmt: bin/golangci-lint-$(GOLANGCI_LINT) ## format the Go files
	bin/golangci-lint-$(GOLANGCI_LINT) fmt ./...

# A tool is installed once; its version is in its name. Go's own proxy and checksum
# database see to it that it is what it says.
bin/golangci-lint-$(GOLANGCI_LINT):
	sh scripts/tool.sh github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(GOLANGCI_LINT) $@

bin/staticcheck-$(STATICCHECK):
	sh scripts/tool.sh honnef.co/go/tools/cmd/staticcheck $(STATICCHECK) $@
