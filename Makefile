# Two commands: `make run` serves the sample district, `make test` runs the tests. Both set up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM_STAMP := $(VENV)/.assets

.PHONY: setup run test lint check clean
.DEFAULT_GOAL := run

setup: $(VENV)/.python $(NPM_STAMP) $(VENV)/.catalogues

$(VENV)/.python: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Qingdan needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up Python packages …"
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[0-9.]+' requirements.txt)"
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(NPM_STAMP): package.json package-lock.json scripts/assets.py $(VENV)/.python
	@echo "Setting up front-end files …"
	@$(BIN)/python scripts/assets.py
	@touch $@

$(VENV)/.catalogues: $(shell find src -name '*.po' 2>/dev/null) $(VENV)/.python
	@$(BIN)/python scripts/catalogues.py compile
	@touch $@

run: setup
	@$(BIN)/qingdan run

test: setup
	@$(BIN)/pytest -n auto

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy

clean:
	rm -rf $(VENV) build node_modules src/qingdan/web/static/vendor
