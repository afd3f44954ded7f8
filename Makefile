# Two commands do everything: `make report` and `make test`.
# Every target makes its own virtual environment first; nothing else on the machine is changed,
# but for Pango, which the PDF needs: it is installed where that needs no password.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# One process a core shares the tests out; one that is done takes over tests of another.
PYTEST := $(BIN)/python -m pytest -n logical --dist worksteal

.PHONY: report test test-all test-installed lint check format install dev pango clean

report: install pango ## train the quick preset and render HTML and PDF
	$(BIN)/python cli.py run-all --preset quick --pdf

test: dev pango ## the tests; of whole sweeps a sample
	$(PYTEST) -m "not slow"

test-all: dev pango ## the tests with every point of every sweep, and the share of lines that they run
	$(PYTEST) --cov --cov-report=term

test-installed: dev ## the command as `pip install .` gives it, from another folder
	sh scripts/try_installed.sh $(BIN)/python

lint: dev ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test ## format, lint, types and tests

format: dev ## lay the code out
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: $(VENV)/.installed
dev: $(VENV)/.dev

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Expected Python 3.11 or newer as $(PYTHON), got: $$($(PYTHON) --version 2>&1). \
	Name another one: make report PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Expected Python's venv module. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing the dependencies into $(VENV); torch is large, so the first time takes some minutes."
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $(VENV)/.installed $@

pango:
	@sh scripts/pango.sh $(BIN)/python

clean: ## remove the virtual environment and caches; results stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis rederive.egg-info
