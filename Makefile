# Everything a person or a CI job runs. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := nodeportkit tests benchmarks scripts
# Workers of the test run: one a core.
JOBS ?= auto
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help lab test lint format types unit

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lint:  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format:  ## ruff: mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types:  ## mypy --strict on the package
	$(BIN)/mypy

unit:  ## unit and property tests and doctests, without browser and Binder
	$(BIN)/python -m pytest -n $(JOBS) -m "not browser and not binder"

test: lint types  ## every check
	$(BIN)/python -m pytest -n $(JOBS)
