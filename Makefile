# Everything runs from a checkout with nothing but python3 (3.11 or newer) and make.
UV_VERSION := 0.13.8
UV := .uv/bin/uv
BIN := .venv/bin
PACKAGES := tap-fortnox tap-kit tap-procountor tap-qonto target-bigquery sandbox

.PHONY: help setup demo sandbox test lint format storm bench clean

help:
	@echo "make setup    a .venv with every command"
	@echo "make demo     the whole pipeline, shown (sandbox, tap, target, local BigQuery)"
	@echo "make sandbox  the sandbox and the local BigQuery, until Ctrl-C"
	@echo "make test     lint, types and tests"
	@echo "make storm    the long random faults"
	@echo "make bench    the figures, measured on this machine"
	@echo "make format   format and fix the code"
	@echo "make clean    remove what the above made"

setup: .venv/.ready

$(UV):
	python3 -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: $(UV) .python-version uv.lock pyproject.toml $(PACKAGES:%=%/pyproject.toml) $(wildcard target-bigquery/native/*)
	$(UV) sync --quiet --locked --compile-bytecode
	@touch $@

demo: setup
	@$(BIN)/python -m sandbox.demo

sandbox: setup
	@$(BIN)/python -m sandbox

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

storm: setup
	$(BIN)/pytest -m storm

bench: setup
	@$(BIN)/python benchmarks/qonto.py
	@$(BIN)/python benchmarks/books.py
	@$(BIN)/python target-bigquery/benchmarks/speed.py
	@$(BIN)/python target-bigquery/benchmarks/memory.py

clean:
	rm -rf .venv .uv .local .meltano .mypy_cache .ruff_cache .pytest_cache .hypothesis
