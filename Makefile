# Everything a fresh machine needs is Python 3.11 or newer and make. `make help` lists what there is.

PYTHON ?= python3
BIN := .venv/bin
BENCH := .venv-bench/bin
PIP_INSTALL := pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install train test check format bench accuracy kill kill-save kill-train fuzz memory checkpoint-cost faults screenshots clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## set up .venv with homespun and all that it is developed with

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "homespun needs Python 3.11 or newer: make install PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make environments: install its venv module" \
		"(Debian: apt install python3-venv), or name another: make install PYTHON=..." >&2; exit 2; }
	@echo "installing into .venv (about a minute)"
	@$(BIN)/python -m $(PIP_INSTALL) --editable '.[test]'
	@touch $@

train: install ## train on Fashion-MNIST; shows accuracy and where the report lies
	@$(BIN)/python -m homespun train --run runs/first

test: install ## run all tests
	@$(BIN)/python -m pytest

check: install ## format, lint, types, import contracts and tests: what must pass before a commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: install ## format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv-bench/installed: pyproject.toml constraints.txt
	@$(PYTHON) -m venv .venv-bench
	@echo "installing PyTorch and homespun into .venv-bench (some minutes)"
	@$(BENCH)/python -m $(PIP_INSTALL) torch==2.13.0 skorch --editable '.[plot]'
	@touch $@

bench: install .venv-bench/installed ## compare speed with others (ONLY="mlp conv": these); writes benchmarks/results.md
	@$(BENCH)/python benchmarks/run.py $(ONLY)

accuracy: install ## train every recipe over several seeds (hours); writes benchmarks/accuracy.md
	@$(BIN)/python benchmarks/accuracy.py $(RECIPES)

kill: kill-save kill-train ## kill processes while they save and while they train; prints what was lost

kill-save: install ## kill 1,000 times while a model is saved: minutes
	@$(BIN)/python proofs/kill_save.py

kill-train: install ## kill 50 times while a network is trained, and compare the ends: a minute
	@$(BIN)/python proofs/kill_train.py

SECONDS ?= 60
fuzz: install ## read files changed at random for SECONDS=60; prints what refused them
	@$(BIN)/python proofs/fuzz.py $(SECONDS)

memory: install ## peak resident memory: Fashion-MNIST, and 200,000 pictures on the disk: minutes
	@$(BIN)/python proofs/memory.py

checkpoint-cost: install ## the share of the training time that checkpoints take: a minute
	@$(BIN)/python proofs/checkpoint_cost.py

faults: install ## all of these proofs (about half an hour); writes docs/reliability.md
	@$(BIN)/python proofs/run.py

RUN ?= runs/first
screenshots: install ## pictures for the documentation from RUN=runs/first; needs Chromium
	@$(BIN)/python docs/screenshots.py $(RUN)

clean: ## remove environments and caches; runs and data stay
	rm -rf .venv .venv-bench .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
