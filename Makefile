# Everything that a person or a CI job runs. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# More for the command that a target ends with: make lab ARGS=--no-browser, make unit ARGS='-k cells'
ARGS ?=
# Workers of the test run; "logical" is one a core.
JOBS ?= logical
# Jupyter refuses to run as root unless told that it is meant, as in a container.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab test lint types unit browser format strip pictures bench binder-lock lowest clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: $(VENV)/.ready-lab  ## set up, and open JupyterLab on the first notebook (ARGS=--no-browser on a server)
	$(BIN)/jupyter lab $(AS_ROOT) --LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb $(ARGS)

test: lint types browser  ## set up, and run every check
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

lint: $(VENV)/.ready-test  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready-test  ## mypy --strict on the package
	$(BIN)/mypy

unit: $(VENV)/.ready-test  ## tests without JupyterLab, Chromium and Binder: the quick ones
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not notebook and not browser and not binder" $(ARGS)

browser: $(VENV)/.ready-test  ## find Chromium for the browser tests, or install one
	@$(BIN)/python scripts/chromium.py

format: $(VENV)/.ready-test  ## ruff: mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

strip: $(VENV)/.ready-test  ## take outputs and run counts out of the notebooks
	$(BIN)/python scripts/strip_notebooks.py

pictures: $(VENV)/.ready-test  ## draw the pictures of the documentation anew
	$(BIN)/python scripts/pictures.py

bench: $(VENV)/.ready-test  ## measure on a cluster of Kubernetes' own largest size
	$(BIN)/python -m benchmarks $(ARGS)

binder-lock:  ## pin anew what Binder installs (needs uv)
	uv pip compile --quiet --upgrade pyproject.toml --extra notebook --extra playground --extra live --python-version 3.11 \
	    --python-platform x86_64-unknown-linux-gnu --custom-compile-command "make binder-lock" \
	    --output-file binder/requirements.txt

OLDEST := uv run --isolated --no-project --resolution lowest-direct
# Releases of that age warn of what has become of them since.
lowest:  ## the quick tests with the oldest releases that pyproject.toml allows (needs uv)
	$(OLDEST) --with-editable '.[test]' python -m pytest \
	    -n $(JOBS) -m "not notebook and not browser and not binder" -W default $(ARGS)
	@# What tests need beside it asks for newer releases of the client, of HTTPS and of YAML than people need.
	$(OLDEST) --with-editable '.[live,playground]' --with 'hypothesis>=6.100' --with 'pytest>=8.3' python -m pytest \
	    -W default tests/playground/test_live.py tests/sources/test_objects_yaml.py

clean:  ## remove the environment and the caches
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache

# What `make test` needs holds what `make lab` needs. Both are set up again only when one of these files has changed.
$(VENV)/.ready-lab $(VENV)/.ready-test: $(VENV)/.ready-%: pyproject.toml scripts/bootstrap.py binder/overrides.json
	$(PYTHON) scripts/bootstrap.py $*
	@touch $@
