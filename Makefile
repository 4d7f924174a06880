# Two commands do everything: `make run` and `make test`. The README has the plain
# `python` and `pip` equivalents for systems without make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NATIVE_SOURCES := $(wildcard sources/telegram/native/*.c)
COMPILED := setup.py $(wildcard sources/*.py sources/telegram/*.py sources/telegram/native/*)
COMPILED += $(wildcard etl/names/*.py etl/mapping/*.py etl/matching/*.py)

.PHONY: run test coverage lint format schema native sanitize test-faults bench bench-full bench-sources bench-matching clean

run: $(VENV)/.run $(VENV)/.native
	$(BIN)/python run_etl.py $(ARGS)

test: $(VENV)/.dev $(VENV)/.native
	$(BIN)/python -m pytest -n auto $(ARGS)

# The same tests, measured: runs and readers in processes of their own, too. Takes twice as long.
# Nothing that is compiled is used: its lines could not be told.
coverage: $(VENV)/.dev
	rm -rf build/coverage && mkdir -p build/coverage
	ETL_INTERPRETED=1 PYTHONPATH="$(CURDIR)" $(BIN)/python -m coverage run -m pytest -n auto $(ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

# The long numbers: half an hour on two cores. Prints what was tried, and what broke.
test-faults: $(VENV)/.dev $(VENV)/.native
	FAULTS_FULL=1 $(BIN)/python -m pytest -n auto -m faults $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What a compiler, where there is one, makes of the Telegram reader and of matching; without, they run as Python.
native: $(VENV)/.native

# The same under the address and undefined-behaviour sanitizers, for its tests only. Needs gcc.
sanitize: $(VENV)/.dev
	mkdir -p build/sanitized
	gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover -shared -fPIC -Wall -Wextra -Werror \
	  -I$$($(BIN)/python -c "import sysconfig; print(sysconfig.get_paths()['include'])") \
	  $(NATIVE_SOURCES) -o build/sanitized/_native.so
	LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so)" \
	  ASAN_OPTIONS=detect_leaks=0 NATIVE_LOOPS=build/sanitized/_native.so PYTHONMALLOC=malloc \
	  $(BIN)/python -m pytest -p no:xdist -q tests/sources/telegram/test_fast.py $(ARGS)

schema: $(VENV)/.dev
	$(BIN)/python -m etl.contract > docs/output.schema.json

# About six minutes, of which the reference takes nearly four.
bench: $(VENV)/.run $(VENV)/.native
	$(BIN)/python -m benchmarks speed --rounds 1 $(ARGS)
	$(BIN)/python -m benchmarks memory

# A quarter of an hour: three rounds, medians.
bench-full: $(VENV)/.run $(VENV)/.native
	$(BIN)/python -m benchmarks speed $(ARGS)
	$(BIN)/python -m benchmarks memory

# A quarter of an hour, most of it for memory at ten times the size; ARGS="--larger 1" does without.
bench-sources: $(VENV)/.run $(VENV)/.native
	$(BIN)/python -m benchmarks sources $(ARGS)

# Labelled records of our own making: to work with, to measure by, and many.
bench-matching: $(VENV)/.run $(VENV)/.native
	$(BIN)/python -m benchmarks matching tuning $(ARGS)
	$(BIN)/python -m benchmarks matching final $(ARGS)
	$(BIN)/python -m benchmarks matching tuning --records 100000 --companies 10000

clean:
	rm -rf $(VENV) build sources/telegram/_compiled etl/names/_compiled .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# Optional: a failure is said, and what was compiled of another version is not used.
$(VENV)/.native: $(COMPILED) | $(VENV)/.run
	@$(BIN)/python setup.py > $(VENV)/native.log 2>&1 \
	  || echo "Not compiled ($(VENV)/native.log says why): Telegram pages and matching take twice as long, nothing else changes."
	@touch $@
