# Two commands do everything: `make run` and `make test`. The README has the plain
# `python` and `pip` equivalents for systems without make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint format schema bench bench-full bench-sources bench-matching clean

run: $(VENV)/.run
	$(BIN)/python run_etl.py $(ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.dev
	$(BIN)/python -m etl.contract > docs/output.schema.json

# About five minutes: the reference reads one chat of 13, ours reads all of them.
bench: $(VENV)/.run
	$(BIN)/python -m benchmarks speed --reference 1/13 $(ARGS)
	$(BIN)/python -m benchmarks memory

# A quarter of an hour and more: the reference reads everything, too.
bench-full: $(VENV)/.run
	$(BIN)/python -m benchmarks speed $(ARGS)
	$(BIN)/python -m benchmarks memory

# A quarter of an hour, most of it for memory at ten times the size; ARGS="--larger 1" does without.
bench-sources: $(VENV)/.run
	$(BIN)/python -m benchmarks sources $(ARGS)

# Labelled records of our own making: to work with, to measure by, and many.
bench-matching: $(VENV)/.run
	$(BIN)/python -m benchmarks matching tuning $(ARGS)
	$(BIN)/python -m benchmarks matching final $(ARGS)
	$(BIN)/python -m benchmarks matching tuning --records 100000 --companies 10000

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
