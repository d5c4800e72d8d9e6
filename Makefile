# SPDX-License-Identifier: GPL-3.0-or-later
# The two commands that matter: `make run` and `make test`; both set up a fresh Debian 12 first.

PREFIX ?= /usr/local
ARGUMENTS ?= --sparsity 0.5
SWIFT_BUILD := swift build -c release

PACKAGES := pkg-config libgsl-dev libtorch-dev libopenblas0-openmp libsqlite3-dev libyaml-dev \
  zlib1g-dev libpng-dev libssl-dev gnuplot-nox dataset-fashion-mnist wordnet-base

.PHONY: run test build deps install bench lint check

# Installs what is missing, and nothing where all is there.
deps:
	@missing=$$(for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; \
	done); \
	if [ -n "$$missing" ]; then \
	  echo "installing: $$missing" | tr '\n' ' '; echo; \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing >/dev/null; \
	fi

build: deps
	$(SWIFT_BUILD)

run: build
	.build/release/robust-eval $(ARGUMENTS)

test: deps
	swift test

# Speed, each figure beside its baseline from the same run.
bench: build
	.build/release/robust-eval-bench

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

check: lint test

install: build
	install -d $(PREFIX)/bin $(PREFIX)/lib $(PREFIX)/share/robust-eval
	install .build/release/robust-eval $(PREFIX)/bin/
	install .build/release/libTorchBridge.so $(PREFIX)/lib/
	cp -r datasets $(PREFIX)/share/robust-eval/
