# Everything a newcomer types. Each target builds .venv first, from pinned packages only.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: demo test check bench balance run doctor clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dead Reckoning needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(STAMP)
	$(BIN)/python -m bot demo

run: $(STAMP)
	$(BIN)/python -m bot run

doctor: $(STAMP)
	$(BIN)/python -m bot doctor

test: $(STAMP)
	$(BIN)/python -m pytest -n auto

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/python -m pytest -q tests/test_import_law.py

bench: $(STAMP)
	$(BIN)/python -m benchmarks

balance: $(STAMP)
	$(BIN)/python -m engine.balance

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache
