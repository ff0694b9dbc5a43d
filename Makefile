# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
PAIRS ?= deploy/sample/pairs.tsv
DB ?= demo.duckdb
CORPUS ?= tests/labelled
SECONDS_A_KIND ?= 60
BIN := $(VENV)/bin
# pip of the system, working on the environment's Python: needs no ensurepip, which Debian packages apart
PIP := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check --no-input
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo check check-duckdb2 unit test eval bench fuzz format clean

help: ## say what there is
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.run ## run the whole pipeline on the sample newsroom, offline
	@$(BIN)/copydesk demo

# percent of the lines of ingest/ and storage/ that the fast tests run: 97.1, less what depends on
# timing; lower it only on purpose
COVERED := 96

check: $(VENV)/.dev ## lint, types, import rules and the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -m "not slow" --cov=ingest --cov=storage --cov-report= --cov-fail-under=$(COVERED)

# what DuckDB itself may do otherwise in its next version: everything in storage/
check-duckdb2: $(VENV)/.duckdb2 ## the fast tests of storage/ on DuckDB 2
	PYTHONPATH=$(VENV)/duckdb2 $(BIN)/python -c 'import duckdb; assert duckdb.__version__ >= "2"'
	PYTHONPATH=$(VENV)/duckdb2 $(BIN)/pytest -m "not slow" tests/storage

# the rooms of ingest/
UNIT_TESTS := $(addprefix tests/,base feeds fetch agencies metadata extract workers dedup evaluation)

unit: $(VENV)/.dev ## the tests of plain functions: no database, no Prefect
	$(BIN)/pytest -m "not slow" $(UNIT_TESTS)

test: $(VENV)/.dev ## every test, those with a Prefect server included; ONLY=slow leaves out the others
	$(BIN)/pytest $(if $(ONLY),-m "$(ONLY)")

eval: demo ## measure extraction and folding: CORPUS=pages.zip PAIRS=pairs.tsv DB=file.duckdb, else on our own
	$(BIN)/copydesk eval text $(CORPUS)
	$(BIN)/copydesk eval pairs $(PAIRS) --db $(DB) --plot sweep.svg

bench: $(VENV)/.dev ## measure the figures of docs/figures.md: polling, filing, copies, bombs, load, endurance
	$(BIN)/python tests/benchmarks/speed.py
	-@$(PIP) install --quiet 'rensa>=0.5,<0.6'
	$(BIN)/python tests/benchmarks/fold.py --plot fold.svg
	$(BIN)/python tests/benchmarks/storage_rows.py
	$(BIN)/python tests/benchmarks/load.py --bombs
	$(BIN)/python tests/benchmarks/load.py
	$(BIN)/python tests/benchmarks/soak.py
	$(BIN)/python tests/benchmarks/schedule.py

fuzz: $(VENV)/.dev ## feed the parsers 200,000 damaged inputs, the workers 2,000 pages; then by coverage
	$(BIN)/python tests/fuzz/parsers.py --inputs 200000
	$(BIN)/python tests/fuzz/pages.py --inputs 2000
	@$(PIP) install --quiet --editable '.[dev,fuzz]'
	$(BIN)/python tests/fuzz/guided.py --seconds $(SECONDS_A_KIND)

format: $(VENV)/.dev ## rewrite the code in the house's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## forget the environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@echo "Making a Python environment in $(VENV) ..."
	@$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Copydesk and what it runs on (a minute or two, once) ..."
	@$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Copydesk and what its tests need (a minute or two, once) ..."
	@$(PIP) install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.run

# DuckDB 2 in a folder of its own, which PYTHONPATH puts before the environment's
$(VENV)/.duckdb2: $(VENV)/.dev
	@PIP_CONSTRAINT= $(PIP) install --quiet --no-deps --upgrade --target $(VENV)/duckdb2 duckdb==2.0.0
	@touch $@
