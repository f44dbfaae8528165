# Everything a newcomer needs: each target makes .venv and installs into it first, once.
# Only Python >= 3.11 and make must be there. Another Python: make PYTHON=/path/to/python3.12 demo

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$name" && break; done)
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types faults bench docs clean setup

help: ## show this list
	@echo "make TARGET; each sets itself up first (about 6 GB in $(VENV), 2 to 5 minutes, once)"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(STAMP) ## everything at once on a bundled sample, on this machine alone; about a minute
	@$(BIN)/tideline demo $(ARGS)

# A process for each core, with one thread each: torch's own threads would wait for those of the other processes.
test: $(STAMP) ## the whole test suite, without the slow fault tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: lint types test ## what CI runs: lint, types, tests

lint: $(STAMP) ## ruff: style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

faults: $(STAMP) ## tests that kill processes and servers; slow
	TIDELINE_FAULTS=1 $(BIN)/python -m pytest tests/faults $(ARGS)

bench: $(STAMP) ## ratios measured in one run; also written to benchmarks/results/
	$(BIN)/python -m benchmarks.run $(ARGS)
	$(BIN)/python -m benchmarks.inference
	$(BIN)/python -m benchmarks.dashboards

docs: $(STAMP) ## write docs/commands.md from the commands' own help
	$(BIN)/python docs/reference.py

setup: $(STAMP) ## make .venv and install into it

clean: ## stop what the demo left running and remove .venv and caches; stored data in .tideline stays
	@if [ -x $(BIN)/tideline ] && [ -d .tideline/demo ]; then \
		TIDELINE_DATA_DIR=.tideline/demo $(BIN)/tideline down || true; fi
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# The stamp is younger than what was installed; a changed pyproject.toml or constraints.txt installs again.
$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 was found: install one (for example python3.11 and" \
		"python3.11-venv), or name yours: make PYTHON=/path/to/python3 ..." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) with $(PYTHON)"; "$(PYTHON)" -m venv $(VENV); } || { \
		echo "The virtual environment could not be made: install the venv module of $(PYTHON)" \
		"(Debian, Ubuntu: apt install python3-venv) and try again." >&2; rm -rf $(VENV); exit 1; }
	@echo "Installing Tideline and its tools: 2 to 5 minutes and 6 GB of disk, once (torch is most of it)."
	@$(PIP) install --progress-bar on -e '.[dev]' -c constraints.txt || { \
		echo "The installation failed (see above): check the network and the free disk space, then run make again;" \
		"what was fetched is kept." >&2; exit 1; }
	@touch $@
