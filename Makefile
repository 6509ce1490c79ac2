# `make run` and `make test` need Python 3.11 or later, pip and make, and nothing else; they set up .venv themselves.

PYTHON ?= python3
# One more than there are cores: many tests wait for a process to end, or to be killed.
WORKERS ?= $(shell echo $$(($$(nproc) + 1)))
SECONDS ?= 60
SEED ?= 1
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools
# pip of the machine installs into .venv: Debian's Python has no venv module of its own that could bring a pip along.
PIP := $(PYTHON) -m pip --python $(BIN)/python install -qq --no-input --disable-pip-version-check --no-compile
LOCKED := --require-hashes --no-deps

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check cover check-mail planted soak matrix mailchimp fuzz bench judges mailman proxies service lint format lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'

run: $(READY) ## set up, write the demonstration site once, and run it at http://127.0.0.1:8000
	@test -e demo/config.yaml || $(BIN)/notifier init demo
	@exec $(BIN)/notifier run --config demo/config.yaml

test: $(TOOLS) ## set up and run the tests
	@$(BIN)/python -m pytest -q -n $(WORKERS)

check: lint ## everything that must hold: format, lint, types, import contracts, tests
	@echo "Tests ..."
	@$(BIN)/python -m pytest -q -n $(WORKERS)

cover: $(TOOLS) ## the tests once more, slower, with what they pass through: 95 % of all and 99 % of the core, else it fails
	@$(BIN)/python -m pytest -q -n $(WORKERS) --cov --cov-report=term
	@$(BIN)/python -m coverage report --include='notifier/core/*' --omit='notifier/core/reading/*,notifier/core/proposal/*' --fail-under=99
	@$(BIN)/python -m coverage report --include='notifier/core/reading/*,notifier/core/proposal/*' --fail-under=99

planted: $(TOOLS) ## plant faults one by one and see that the tests bite (about ten minutes)
	@$(BIN)/python scripts/planted_faults

soak: $(TOOLS) ## the whole of the long matrices, of which `make test` runs a fixed tenth
	@NOTIFIER_SOAK=1 $(BIN)/python -m pytest -q -n $(WORKERS) --timeout=3600

matrix: $(TOOLS) ## the table of every fault, crash and staff act against an emulated Mailchimp (about half an hour)
	@$(BIN)/python -m tests.mailchimp.matrix

mailchimp: $(TOOLS) ## an emulated Mailchimp account to try things with, as docs/mailchimp-walkthrough.md does
	@exec $(BIN)/python -m tests.mailchimp.emulator --yaml --port 8899 --control 8898

fuzz: $(TOOLS) ## reading against bytes that a fuzzer makes up, for a minute: make fuzz SECONDS=600 SEED=2
	@$(BIN)/python -m tests.fuzz $(SECONDS) --seed $(SEED)

bench: $(TOOLS) ## measurements, one after another; NOTIFIER_BENCH=full: the large sizes too
	@$(BIN)/python -m pytest -q -s -n 0 -p no:randomly -m bench --timeout=3600

judges: $(TOOLS) ## real calendar programs read our calendars and follow our feeds (installs them on Debian; some ten minutes)
	@tests/acceptance/calendars/run
	@tests/acceptance/calendars/run --follow

mailman: $(TOOLS) ## our mails to the lists of a real GNU Mailman on loopback (installs it; some three minutes)
	@tests/acceptance/mailman/run

proxies: $(TOOLS) ## nginx and Caddy, as examples/ sets them up, before a running notifier (installs them; a minute)
	@tests/acceptance/proxies/run

service: $(TOOLS) ## the steps of the Dockerfile, the unit for systemd and the compose files, tried (installs what judges them; a minute)
	@tests/acceptance/service/run

check-mail: $(TOOLS) ## every kind of mail before vnu, caniemail and axe (installs them from Debian and npm; some three minutes)
	@tests/acceptance/mail/run

lint: $(TOOLS) ## format check, lint, types, import contracts
	@echo "Format, lint, types, import contracts ..."
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@# Without the cache, which goes by file times.
	@found=$$($(BIN)/lint-imports --no-cache --no-logo) || { echo "$$found"; exit 1; }

format: $(TOOLS) ## rewrite the code as the format check wants it
	@$(BIN)/ruff check --quiet --fix-only --select I .
	@$(BIN)/ruff format .

lock: ## pin the newest versions that pyproject.toml allows (needs uv)
	@scripts/lock

clean: ## remove what was set up and cached; demo/ stays
	rm -rf $(VENV) dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find notifier tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt pyproject.toml
	@$(ENSURE_PYTHON)
	@echo "Setting up .venv from requirements.txt (about half a minute, once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@$(PIP) $(LOCKED) -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(TOOLS): requirements-dev.txt $(READY)
	@$(ENSURE_PYTHON)
	@echo "Adding the tools of requirements-dev.txt (about half a minute, once) ..."
	@$(PIP) $(LOCKED) -r requirements-dev.txt
	@touch $@

define ENSURE_PYTHON
command -v $(PYTHON) > /dev/null || { \
	echo "$(PYTHON) is not there. Install Python 3.11 or later (Debian: apt install python3), or name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "$(PYTHON) is $$($(PYTHON) -V). Python 3.11 or later is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }; \
$(PYTHON) -c 'import pip, sys; sys.exit([int(n) for n in pip.__version__.split(".")[:2]] < [22, 3])' 2> /dev/null || { \
	echo "$(PYTHON) has no pip of 22.3 or later. Install it (Debian: apt install python3-pip)." >&2; exit 1; }
endef
