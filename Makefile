# `make run` serves the sample district, `make test` runs the tests; both set up first, without root.
# Set-up may be interrupted and run again at any time: each step leaves its mark only when it is complete.
VENV ?= .venv
BIN := $(VENV)/bin
VENDOR := src/qingdan/web/static/vendor
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
OLD_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: run test setup lint clean
.DEFAULT_GOAL := run

run: setup
	@$(BIN)/qingdan run

test: setup
	@$(BIN)/python -m pytest -n auto --dist loadscope $(ARGS)

setup: $(VENV)/.complete $(VENDOR)/.complete $(VENV)/.catalogues

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy

clean:
	rm -rf $(VENV) build node_modules $(VENDOR)

# The environment: the first Python that is new enough, or the one named by PYTHON=….
$(BIN)/.made:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14 python); do \
	  if "$$python" -c '$(OLD_ENOUGH)' 2>/dev/null; then found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "Qingdan needs Python 3.11 or newer, and $(or $(PYTHON),python3) is not: install one, or name it with make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	echo "Making the environment with $$("$$found" --version) …"; \
	"$$found" -m venv --clear $(VENV) || { \
	  echo "This Python cannot make a virtual environment: install its venv module (on Debian: python3-venv), then run make again." >&2; exit 1; }
	@touch $@

# Packages as requirements.txt pins them, each held against its hash: by uv, or by pip where uv finds no way out.
$(VENV)/.complete: requirements.txt pyproject.toml $(BIN)/.made
	@echo "Setting up Python packages …"
	@awk '/^uv==/ {p = 1} p {print} p && !/\\$$/ {exit}' requirements.txt > $(VENV)/uv.txt
	@{ $(PIP) install --require-hashes -r $(VENV)/uv.txt && \
	   $(BIN)/uv pip sync --quiet --compile-bytecode --system-certs --python $(BIN)/python --require-hashes requirements.txt; } || \
	  { echo "uv could not fetch them; trying pip …" >&2; $(PIP) install --require-hashes -r requirements.txt; } || \
	  { echo "The packages could not be fetched: check the network, or name a mirror with PIP_INDEX_URL=…, then run make again." >&2; exit 1; }
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# Style sheets, scripts, icons and fonts from npm; Node.js comes with the Python packages.
$(VENDOR)/.complete: package.json package-lock.json scripts/assets.py src/qingdan/web/icons.txt | $(VENV)/.complete
	@echo "Setting up front-end files …"
	@$(BIN)/python scripts/assets.py

$(VENV)/.catalogues: $(wildcard src/qingdan/*/locale/*/LC_MESSAGES/*.po) scripts/catalogues.py | $(VENV)/.complete
	@$(BIN)/python scripts/catalogues.py compile
	@touch $@
