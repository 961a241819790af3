# Everything is made here: two commands for a newcomer, `make run` and `make test`.
VENV ?= .venv
PYTHON ?= python3
PORT ?= 8080
SPEED ?= 10
PYTEST_ARGS ?=
WORKERS ?= 2

# the service is started hundreds of times by the tests: it is compiled once
export PYTHONDONTWRITEBYTECODE :=

BIN := $(VENV)/bin
LOCKS := deploy/locks
CATALOGUES := $(wildcard sportello/locale/*/LC_MESSAGES/*.po)
SOURCES := pyproject.toml deploy/hatch_build.py deploy/fonts.py web/package-lock.json web/assets.json $(CATALOGUES) $(wildcard charters/*.toml)
CODE := $(wildcard sportello kiosk counter display admin printers phone deploy tests benchmarks)

# `$(call install,dev)` installs one lock, which names every package and so leaves nothing to resolve;
# uv does it faster where there is one
ifneq ($(shell command -v uv),)
install = uv pip install -q -p $(BIN)/python --no-deps --require-hashes -r $(LOCKS)/$(1).lock
self = uv pip install -q -p $(BIN)/python --no-deps --no-build-isolation -e .
environment = uv venv -q --allow-existing -p '>=3.11' $(VENV)
else
install = $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r $(LOCKS)/$(1).lock
self = $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
environment = $(PYTHON) -m venv $(VENV)
endif
# a machine without Node gets npm from an ordinary package, for the build alone
node = command -v npm >/dev/null || $(call install,node)

.DEFAULT_GOAL := help
.PHONY: help run test check lint bench messages screens lock clean

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

run: $(VENV)/.ready-to-run  ## a centre at work, on 127.0.0.1:8080 (PORT=, SPEED=)
	@$(BIN)/sportello demo --port $(PORT) --speed $(SPEED)

test: $(VENV)/.ready-to-test  ## every test, with a real Chromium and a real PostgreSQL (PYTEST_ARGS=, WORKERS=)
	@VENV=$(VENV) deploy/prerequisites.sh test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: lint test  ## what must hold before a change goes in: lint, then test

lint: $(VENV)/.ready-to-test  ## style, types, and what may import what
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.ready-to-test  ## the figures, beside the floor under them
	@$(BIN)/python -m benchmarks

messages: $(VENV)/.ready-to-test  ## look for sentences to translate, and say which are missing
	@$(BIN)/python -m deploy.catalogues

screens: $(VENV)/.ready-to-test  ## take the pictures of the README from the demo
	@SCREENS=docs/screens $(BIN)/python -m pytest -q tests/browser/test_screens.py

lock:  ## choose the newest versions that pyproject.toml allows (needs uv)
	@deploy/lock.sh

clean:  ## forget everything that was made
	rm -rf $(VENV) build dist sportello/static/vendor web/node_modules .pytest_cache .mypy_cache .ruff_cache
	find sportello -name '*.mo' -delete

$(VENV)/.ready-to-run: $(SOURCES) $(LOCKS)/run.lock
	@deploy/prerequisites.sh run
	@$(environment)
	@$(call install,run)
	@$(node)
	@PATH="$(abspath $(BIN)):$$PATH" $(self)
	@touch $@

$(VENV)/.ready-to-test: $(VENV)/.ready-to-run $(LOCKS)/dev.lock
	@$(call install,dev)
	@touch $@
