# `make` alone lists what can be done here.

SHELL         := /bin/bash
MAKEFLAGS     += --no-print-directory
.DEFAULT_GOAL := help

PREFIX        ?= /usr/local
CONFIGURATION ?= release

# A warning fails the build in CI, never on a user's newer toolchain.
ifeq ($(CI),true)
export AURELIS_WARNINGS_AS_ERRORS := 1
endif

SWIFT_SOURCES := Package.swift Sources Tests Fuzz/AurelisFuzz
SWIFT_FORMAT  := --recursive --parallel --configuration .swift-format $(SWIFT_SOURCES)

# In runs of their own, so that tests that wait for sockets within real time limits have the machine: rooms whose tests speak to
# nobody and keep every core busy, those that run the whole app, and the gateway's, where most sockets are.
VALUE_TESTS   := ^(AurelisTests|AurelisJSONTests|AurelisFuzzTests|AurelisPrometheusTests|AurelisSigningTests)\.
APP_TESTS     := ^(AurelisAppTests|AurelisCommandTests)\.
GATEWAY_TESTS := ^AurelisGatewayTests\.

.PHONY: help build release test compatibility demo bench bench-day fuzz man format lint clean install uninstall

help: ## Show this list
	@echo "Aurelis"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo KEEP=1      stay up afterwards, with a curl line to try"
	@echo "  make fuzz T=3600      an hour for each target; TARGET=json for one"
	@echo "  make bench QUICK=1    a rough table in about two minutes"
	@echo "  make install PREFIX=$$HOME/.local"

build: ## Build for development (.build/debug/aurelis)
	@scripts/require build
	@swift build

release: ## Build for use (.build/release/aurelis)
	@scripts/require build
	@scripts/build release

test: ## Run every test: Swift, then the Python clients against the gateway
	@scripts/require build tests
	@swift test --disable-xctest --filter '$(VALUE_TESTS)'
	@swift test --disable-xctest --filter '$(APP_TESTS)'
	@swift test --disable-xctest --filter '$(GATEWAY_TESTS)'
	@swift test --disable-xctest --skip '$(VALUE_TESTS)' --skip '$(APP_TESTS)' --skip '$(GATEWAY_TESTS)'
	@Compatibility/run

compatibility: ## Run only the Python clients against the gateway
	@scripts/require build python
	@scripts/build debug
	@Compatibility/run

demo: ## See it work: simulator, gateway and real requests, no account needed
	@scripts/require build
	@scripts/build $(CONFIGURATION)
	@.build/$(CONFIGURATION)/aurelis demo $(if $(KEEP),--keep)

bench: ## Measure against nginx and the LiteLLM proxy, one core each
	@scripts/require build bench
	@scripts/build release
	@python3 Benchmarks/run.py $(if $(QUICK),--quick)

bench-day: ## Live through a day on a free plan in minutes, beside a plain client
	@scripts/require build python
	@scripts/build release
	@"$$(scripts/venv compatibility Compatibility/requirements.txt)/bin/python" -B Benchmarks/day.py $(if $(QUICK),--quick)

fuzz: ## Feed garbage to everything that reads what comes from outside, T seconds each
	@scripts/require build
	@scripts/fuzz $(or $(T),30) $(TARGET)

format: ## Format the Swift code in place
	@swift format --in-place $(SWIFT_FORMAT)

lint: ## Check format and style, change nothing
	@swift format lint --strict $(SWIFT_FORMAT)
	@if command -v shellcheck >/dev/null; then shellcheck $$(scripts/shell-files); fi

clean: ## Remove build products (keeps downloaded Python packages)
	@rm -rf .build .build-fuzz Benchmarks/results .pytest_cache

man: release ## Write the manual page to .build/aurelis.1
	@.build/release/aurelis manual >.build/aurelis.1
	@echo "wrote .build/aurelis.1; read it with: man -l .build/aurelis.1"

SHARE = $(DESTDIR)$(PREFIX)/share
INSTALLED = "$(DESTDIR)$(PREFIX)/bin/aurelis" "$(SHARE)/man/man1/aurelis.1" \
	"$(SHARE)/bash-completion/completions/aurelis" "$(SHARE)/zsh/site-functions/_aurelis" \
	"$(SHARE)/fish/vendor_completions.d/aurelis.fish"

install: release ## Install command, manual page and completions below PREFIX (default /usr/local)
	@for file in $(INSTALLED); do install -d "$$(dirname "$$file")"; done
	@install -m 0755 .build/release/aurelis "$(DESTDIR)$(PREFIX)/bin/aurelis"
	@.build/release/aurelis manual | install -m 0644 /dev/stdin "$(SHARE)/man/man1/aurelis.1"
	@.build/release/aurelis completions bash | install -m 0644 /dev/stdin "$(SHARE)/bash-completion/completions/aurelis"
	@.build/release/aurelis completions zsh | install -m 0644 /dev/stdin "$(SHARE)/zsh/site-functions/_aurelis"
	@.build/release/aurelis completions fish | install -m 0644 /dev/stdin "$(SHARE)/fish/vendor_completions.d/aurelis.fish"
	@echo "installed $(DESTDIR)$(PREFIX)/bin/aurelis, its manual page and completions for bash, zsh and fish"

uninstall: ## Remove what was installed
	@rm -f $(INSTALLED)
