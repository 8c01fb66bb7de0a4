# Everything a newcomer types. Each target builds .venv first, from pinned packages only.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable
TO_RUN := .venv/.to-run
TO_DEVELOP := .venv/.to-develop
TO_STORE := .venv/.to-store

.PHONY: demo test test-s3 check bench balance run doctor clean

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dead Reckoning needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv

$(TO_RUN): .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing what the bot and its demo need into .venv; this takes a minute or two."
	$(INSTALL) '.[demo]'
	touch $@

$(TO_DEVELOP): .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing what the tests need into .venv; this takes a few minutes."
	$(INSTALL) '.[dev]'
	touch $@ $(TO_RUN)

$(TO_STORE): .venv/bin/python tests/s3/requirements.txt
	$(PYTHON) -m venv .venv/s3-server
	.venv/s3-server/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/s3/requirements.txt
	touch $@

demo: $(TO_RUN)
	$(BIN)/python -m bot demo

run: $(TO_RUN)
	$(BIN)/python -m bot run

doctor: $(TO_RUN)
	@$(BIN)/python -m bot doctor || test $$? -eq 1  # 1: something was found, and said

test: $(TO_DEVELOP)
	$(BIN)/python -m pytest -n auto -m "not s3"

# A real S3 server, in an environment of its own: its packages are none of ours.
test-s3: $(TO_DEVELOP) $(TO_STORE)
	REQUIRE_S3=1 $(BIN)/python -m pytest -q -m s3 tests/s3

check: $(TO_DEVELOP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/python -m pytest -q tests/test_import_law.py

bench: $(TO_DEVELOP)
	$(BIN)/python -m benchmarks

balance: $(TO_DEVELOP)
	$(BIN)/python -m engine.balance

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache
