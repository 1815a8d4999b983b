# What a person needs: make run, make test. Each installs or starts what it needs, and says what it cannot.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# An address nobody else uses, so that the demo never meets a firm's data.
DEMO ?= target/demo

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: web ## Build everything and serve the demo company on http://127.0.0.1:8080
	cargo build -p celota
	@scripts/run-demo $(DEMO)

test: lint web ## Run everything: both databases, the browser
	cargo build --workspace
	scripts/with-postgres cargo test --workspace --no-fail-fast
	cd web && npm run --silent test
	scripts/api-tests
	scripts/browser-tests
	scripts/with-postgres scripts/browser-tests story

lint: ## Formats, lints, types, licences
	cargo fmt --all --check
	cargo clippy --workspace -- -D warnings
	scripts/cargo-deny
	scripts/npm-install web
	cd web && npm run --silent lint && npm run --silent check

web: ## The web app, as the binary embeds it
	scripts/npm-install web
	cd web && npm run --silent build

build: web ## The binary for a server: target/release/celota
	cargo build --release -p celota

bench: web ## Benchmarks beside their floors; writes target/bench.json
	cargo build --release -p bench
	CELOTA_TEST_POSTGRES_OPTIONS="-c fsync=on" scripts/with-postgres target/release/bench

schema: ## Write the first migration anew from what is declared (before a release only)
	rm -rf target/schema && cargo build -p celota
	target/debug/celota --data target/schema schema diff > target/schema.sql && mv target/schema.sql migrations/0001_ground.sql

.PHONY: help run test lint web build bench schema
