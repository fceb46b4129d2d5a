# Every target does its own set-up, into .venv; CI, the commit hook and hand run the same lines.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo test search check bench docs format clean
help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 10

demo: $(READY) ## the whole story on the sample monolith
	$(BIN)/strangler demo

test: $(READY) ## all tests that need nothing but Python
	$(BIN)/python -m pytest -q -n auto

search: $(READY) ## the property tests once more, with examples that nobody has seen
	HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -q -n auto -m hypothesis tests

check: $(READY) ## lint, types, contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell README.md ARCHITECTURE.md CHANGELOG.md docs strangler analyzers facade scaffolds deploy

bench: $(READY) ## every performance figure, as one table of ratios
	$(BIN)/python benchmarks/run.py

docs: $(READY) ## the documentation as a site, in build/docs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[docs]'
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs

format: $(READY) ## rewrite the source in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove the environment
	rm -rf .venv

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("strangler needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)
