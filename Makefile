# Everything runs from a checkout with nothing but python3 (3.11 or newer) and make.
UV := .uv/bin/uv
UV_VERSION := 0.13.8
RUN := .venv/bin
PACKAGES := tap-kit tap-qonto target-bigquery sandbox

.PHONY: setup demo test lint format storm bench sandbox clean

setup: .venv/.ready

$(UV):
	python3 -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: $(UV) uv.lock pyproject.toml $(PACKAGES:%=%/pyproject.toml)
	$(UV) sync --quiet --locked --compile-bytecode
	@touch $@

lint: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy

format: setup
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

test: lint
	$(RUN)/pytest
