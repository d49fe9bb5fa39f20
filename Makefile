# Everything runs inside .venv and handheld/node_modules, both made from lock files.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := VIRTUAL_ENV=$(VENV) $(BIN)/uv
STAMP := $(VENV)/.installed
HANDHELD := $(wildcard handheld/package-lock.json)
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
HOST ?= $(or $(DOORSTEP_HOST),127.0.0.1)
PORT ?= $(or $(DOORSTEP_PORT),8080)

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: $(STAMP) handheld ## the whole product with a demo organisation on http://127.0.0.1:8080 (HOST, PORT, TLS=1)
	@DOORSTEP_DEMO=$${DOORSTEP_DEMO:-1} DOORSTEP_HOST=$(HOST) DOORSTEP_PORT=$(PORT) exec $(BIN)/doorstep run

.PHONY: test
test: $(STAMP) handheld $(if $(HANDHELD),browser) ## all tests: Python on SQLite and PostgreSQL; the handheld's, once it is there
	@$(call npm,run test)
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)
	@$(call npm,run journeys)

.PHONY: test-deep
test-deep: $(STAMP) handheld $(if $(HANDHELD),browser) ## the long ones: convergence checker with planted bugs, kill storms, API fuzzing
	@HYPOTHESIS_PROFILE=deep DOORSTEP_TEST_DEEP=1 $(BIN)/pytest -m deep -p schemathesis --timeout 3600 $(PYTEST_ARGS)
	@HYPOTHESIS_PROFILE=deep DOORSTEP_TEST_DEEP=1 $(BIN)/pytest -k "any_order or kill_9 or any_one_write" tests/proof
	@export DOORSTEP_TEST_DEEP=1; $(call npm,run journeys)

.PHONY: check check-python check-handheld
check: check-python check-handheld ## lint, format, types, import walls, documents up to date
check-python: $(STAMP)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "not formatted: make format" >&2; exit 1; }
	@$(BIN)/mypy
	@$(MAKE) walls
	@$(BIN)/doorstep docs --check > /dev/null
check-handheld: node
	@$(call npm,run check)

.PHONY: screens
screens: $(STAMP) handheld browser ## pictures of every screen of the handheld into handheld/screenshots/ (NAMES="today visit")
	@cd handheld && node e2e/screens.mjs $(NAMES) && node e2e/kiosk_screens.mjs $(NAMES)

.PHONY: format
format: $(STAMP) ## put Python source into the one format
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

.PHONY: docs
docs: $(STAMP) ## write what the code declares: openapi.json, settings.md, problems.md, the handheld's types
	@$(BIN)/doorstep docs

.PHONY: bench
bench: $(STAMP) ## benchmarks: prints ratios, writes JSON under benchmarks/results/
	@mkdir -p benchmarks/results
	@$(BIN)/python -m benchmarks $(BENCH_ARGS)

# import-linter stops at a root package that does not exist; one that is still to be written is left out.
.PHONY: walls
walls: $(STAMP)
	@for package in mobile_api kiosk notifications; do test -e $$package/__init__.py || echo "/^    \"$$package\",$$/d"; done \
	  | sed --file=- pyproject.toml > $(VENV)/walls.toml
	@$(BIN)/lint-imports --no-logo --config $(VENV)/walls.toml

# ---- environment ----

.PHONY: env
env: $(STAMP) ## make .venv from the lock files

# Pinned uv and setuptools come first, so that nothing is resolved or built from outside the lock.
$(STAMP): requirements/uv.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Doorstep needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(UV) pip sync --quiet --compile-bytecode --no-build-isolation --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: lock
LOCK := $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links
lock: $(STAMP) ## bring the lock files to the newest versions that fit together
	@printf 'setuptools\nuv\n' | $(LOCK) - --output-file requirements/uv.txt > /dev/null
	@$(LOCK) pyproject.toml --output-file requirements/runtime.txt > /dev/null
	@$(LOCK) pyproject.toml --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt > /dev/null
	@! grep -nE '://|^-' requirements/*.txt || { echo "a lock file names an address of this machine" >&2; exit 1; }

.PHONY: clean
clean: ## remove environments, caches and build products; data in var/ stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info \
	  handheld/node_modules handheld/dist benchmarks/results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the handheld, once there is one: needs Node 20; without it the rest still runs, except in CI ----

NODE := $(shell command -v node > /dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && echo yes)
NO_NODE := no Node 20 or newer: the handheld is not built and not tested; everything else is
NPM := $(and $(NODE),$(HANDHELD))
npm = $(if $(NPM),cd handheld && npm --silent $(1),:)

.PHONY: node handheld
node: $(if $(NPM),handheld/node_modules/.installed)
	@$(if $(if $(HANDHELD),$(NODE),none),:,echo "$(NO_NODE)" >&2; test -z "$${CI:-}")

handheld: node $(if $(NPM),handheld/dist/index.html)

handheld/node_modules/.installed: handheld/package-lock.json
	@cd handheld && npm ci --loglevel=error --no-audit --no-fund
	@touch $@

HANDHELD_SOURCES := $(shell find handheld \( -name node_modules -o -name dist \) -prune -o -type f -print 2> /dev/null)
handheld/dist/index.html: handheld/node_modules/.installed $(HANDHELD_SOURCES)
	@$(call npm,run build)
	@touch $@

# ---- what the journeys need from the system ----

.PHONY: browser
browser:
	@missing=""; \
	command -v chromium > /dev/null || command -v google-chrome > /dev/null || missing="chromium"; \
	fc-list :lang=zh 2> /dev/null | grep -q . || missing="$$missing fonts-wqy-microhei"; \
	if test -z "$${missing// /}"; then exit 0; fi; \
	if test "$$(id -u)" = 0 && command -v apt-get > /dev/null; then \
	  export DEBIAN_FRONTEND=noninteractive; echo "installing$${missing:+ $$missing}"; \
	  apt-get update -qq; apt-get install -qq --no-install-recommends -y $$missing fontconfig > /dev/null; \
	else echo "missing for the journeys in a browser: $$missing (apt-get install $$missing)" >&2; test -z "$${CI:-}"; fi
