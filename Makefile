# Newsroom's commands. Each may be repeated and interrupted; what is done already takes no time.

SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
NEWSROOM_DATA_DIR ?= var

BIN := .venv/bin
PY := $(BIN)/python

# Nothing is written but below .venv and the data folder, compiled modules and caches included.
KEPT := $(abspath .venv)
export NEWSROOM_DATA_DIR
export PYTHONPYCACHEPREFIX := $(KEPT)/pycache
export RUFF_CACHE_DIR := $(KEPT)/cache/ruff
export MYPY_CACHE_DIR := $(KEPT)/cache/mypy
export HYPOTHESIS_STORAGE_DIRECTORY := $(KEPT)/cache/hypothesis

.PHONY: help setup demo serve speech test chaos lint bench screenshots lock

help:
	@echo "make setup | demo | serve | speech | test | chaos | lint | bench | screenshots   (PORT=$(PORT) NEWSROOM_DATA_DIR=$(NEWSROOM_DATA_DIR))"

setup: .venv/runtime.stamp
	@:

demo: setup
	@exec $(PY) manage.py serve --demo --port $(PORT)

serve: setup
	@exec $(PY) manage.py serve --port $(PORT)

test: .venv/dev.stamp
	@exec $(PY) -m pytest -n 3 --dist loadgroup -o cache_dir=$(KEPT)/cache/pytest

lint: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	find templates articles media -name '*.html' -path '*templates*' -exec $(BIN)/djade --target-version 5.2 --check {} +
	$(BIN)/mypy articles media newsroom demo_footage

# The program behind NEWSROOM_SPEECH_MODEL; the model itself is put on the machine by hand.
speech: setup
	@$(UV) -r requirements/speech.txt

# As many kills as wanted: make chaos KILLS=200; NEWSROOM_SEED=… repeats a run.
KILLS ?= 30
chaos: .venv/dev.stamp
	@exec env NEWSROOM_KILLS=$(KILLS) $(PY) -m pytest --timeout=0 -o cache_dir=$(KEPT)/cache/pytest -s tests/chaos

bench: .venv/dev.stamp
	@exec $(PY) -m benchmarks.run

# Of a demo that runs meanwhile, on the port given.
screenshots: .venv/dev.stamp
	@exec $(PY) -m tests.screenshots http://127.0.0.1:$(PORT)

# Versions and hashes, and no address of where a package came from.
lock: .venv/tools.stamp
	for name in tools runtime dev speech; do \
	  $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-emit-find-links --no-header \
	    requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

# --- The environment ------------------------------------------------------------------------------
# A stamp is written last, so that what was interrupted is done again.

PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
UV := $(BIN)/uv pip install --quiet --python $(PY) --require-hashes

.venv/tools.stamp: requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Newsroom needs Python 3.11 or newer: install it, or name it with make PYTHON=python3.11." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "$(PYTHON) cannot make an environment: install python3-venv (Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(PIP) -r $<
	@touch $@

.venv/runtime.stamp: requirements/runtime.txt .venv/tools.stamp
	@$(UV) -r $<
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/tools.stamp
	@$(UV) -r $<
	@touch $@ .venv/runtime.stamp
