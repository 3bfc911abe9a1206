# Sets itself up: python3, pip and make are all it needs.
#
#   make demo                       ask the documentation a question (ASK="..." and IN=folder for your own)
#   make test                       every check: lint, types, unit, property, doctest, architecture
#   make bench                      the benchmarks (BENCH="call --once" for some of them, or other options)
#   make PYTHON=python3.13 VENV=.venv-3.13 test     the same on another interpreter

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CHECKED := $(wildcard src tests property_tests benchmarks conftest.py)

.PHONY: demo test bench lint format lock clean
.DEFAULT_GOAL := test
.DELETE_ON_ERROR:

# ASK and IN reach the shell by the environment, so that quotes in a question need no escaping.
export ASK IN

demo: $(VENV)/.ready-to-run
	@$(BIN)/runlaw demo $(if $(value ASK),--ask "$$ASK") $(if $(value IN),--in "$$IN")

test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

bench: $(VENV)/.ready-to-test
	$(BIN)/python -m benchmarks $(BENCH)

lint: $(VENV)/.ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CHECKED)

format: $(VENV)/.ready-to-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
	find src tests property_tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# A virtual environment; where the interpreter comes without ensurepip, pip is put in from outside.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("runlaw needs Python 3.11 or later; \
	$(PYTHON) is %d.%d. Name another: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
	  $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	  $(PYTHON) -m pip --python $(VENV)/bin/python install --quiet pip; }

# Third-party packages by version and hash, then the project itself in place.
define install
$(PIP) install --quiet --require-hashes -r $(1)
$(PIP) install --quiet --no-deps --no-build-isolation --editable .
@touch $@
endef

$(VENV)/.ready-to-run: constraints/run.txt pyproject.toml | $(BIN)/python
	$(call install,constraints/run.txt)

$(VENV)/.ready-to-test: constraints/test.txt pyproject.toml | $(BIN)/python
	$(call install,constraints/test.txt)
	@touch $(VENV)/.ready-to-run

# Resolves anew, within the ranges of pyproject.toml, for every supported Python and platform.
lock:
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	scripts/lock $(VENV)-lock/bin/uv
	rm -rf $(VENV)-lock
