# Needs Python 3.11 or newer, make and git; everything else goes into .venv, from requirements.lock.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
# The lock names all there is, so pip has nothing to resolve: it would look for the newest sqlalchemy[asyncio], whose name
# the lock has without the extra. By their hashes only the files that the lock names are installed, whatever indexes a pip configuration adds.
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST ?= -n 2 --dist loadfile
ARGS ?=
SEED ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench evals lock clean

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv from requirements.lock (the others do it themselves)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Seedwatch needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Say: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --quiet --no-deps --require-hashes --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## a newsroom on this machine, polled three times; SEED=tarnholm-2025, san-telmo-2025 or velmark-2025 shows another
	$(BIN)/seedwatch demo $(if $(SEED),--seed $(SEED)) $(ARGS)

test: $(STAMP) ## the tests; ARGS="-k fetch" chooses
	$(BIN)/python -m pytest $(PYTEST) $(ARGS)

lint: $(STAMP) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP) ## what the work costs on this machine, as ratios; ARGS=--quick is shorter
	$(BIN)/python -m tests.benchmarks $(ARGS)

evals: $(STAMP) ## how good the verdicts are; ARGS="--data DIR" adds the public sets that are in DIR
	$(BIN)/python -m tests.evals.pairs $(ARGS)

# Without pip configuration: the hashes are those of the public index, not of what this machine adds.
lock: ## choose versions anew and write requirements.lock (from the public index)
	@test -x $(BIN)/pip-compile || { $(PYTHON) -m venv $(VENV) && $(PIP) install --quiet 'pip-tools>=7.5'; }
	env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_CONSTRAINT PIP_CONFIG_FILE=/dev/null \
	  CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --no-config --upgrade --extra dev --extra draft --strip-extras --allow-unsafe \
	  --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	  --output-file requirements.lock pyproject.toml

clean: ## remove .venv, caches and what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
