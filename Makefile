# Everything a fresh machine needs is Python 3.11 or newer and make. `make help` lists what there is.

PYTHON ?= python3
BIN := .venv/bin
BENCH := .venv-bench/bin
SUPPLY := .venv-supply/bin

# What others wrote: the locked versions alone, each file held against its hash, and no code of it
# run while it is installed. Then homespun itself, which must find all that it needs there.
LOCKED := pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: --requirement
OURS := pip install --quiet --disable-pip-version-check --no-index --no-build-isolation --editable
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help install train test check format bench scale equality packaged accuracy tricks kill kill-save kill-train threads not-finite damaged-idx orientations onnx doors fuzz-photos photos hostile twins calibration trust fuzz api-fuzz load memory checkpoint-cost faults lock audit sbom screenshots example pages clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## set up .venv with homespun and all that it is developed with

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "homespun needs Python 3.11 or newer: make install PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make environments: install its venv module" \
		"(Debian: apt install python3-venv), or name another: make install PYTHON=..." >&2; exit 2; }
	@echo "installing into .venv (about a minute)"
	@$(BIN)/python -m $(LOCKED) constraints.txt
	@$(BIN)/python -m $(OURS) '.[test]'
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

.venv-bench/installed: pyproject.toml benchmarks/constraints.txt
	@$(PYTHON) -m venv .venv-bench
	@echo "installing PyTorch and homespun into .venv-bench (some minutes)"
	@$(BENCH)/python -m $(LOCKED) benchmarks/constraints.txt
	@$(BENCH)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BENCH)/python -m $(OURS) '.[plot]'
	@touch $@

.venv-supply/installed: supply/constraints.txt
	@$(PYTHON) -m venv .venv-supply
	@$(SUPPLY)/python -m $(LOCKED) supply/constraints.txt
	@touch $@

lock: .venv-supply/installed ## lock what pyproject.toml asks for, with hashes; UPGRADE=--upgrade: the newest
	@$(SUPPLY)/$(LOCK) pyproject.toml --all-extras --output-file constraints.txt
	@$(SUPPLY)/$(LOCK) pyproject.toml --extra plot --group bench --constraint constraints.txt \
		--output-file benchmarks/constraints.txt
	@$(SUPPLY)/$(LOCK) pyproject.toml --extra serve --group deploy --constraint constraints.txt \
		--output-file deploy/constraints.txt
	@$(SUPPLY)/$(LOCK) --group supply --output-file supply/constraints.txt

audit: .venv-supply/installed ## ask whether a locked version is known to be vulnerable; needs the network
	@$(SUPPLY)/python supply/audit.py

sbom: install .venv-supply/installed ## what is in .venv, as CycloneDX: dist/homespun.cdx.json
	@mkdir -p dist
	@$(SUPPLY)/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
		--output-file dist/homespun.cdx.json .venv
	@echo dist/homespun.cdx.json

bench: install .venv-bench/installed ## compare speed with others (ONLY="mlp conv": these); writes benchmarks/results.md
	@$(BENCH)/python benchmarks/run.py $(ONLY)

scale: install ## training over MPI, catalogues, search (ONLY="training": this part); writes benchmarks/scale.md
	@$(BIN)/python benchmarks/scale.py $(ONLY)

equality: install .venv-bench/installed ## compare layers, losses and updates with PyTorch's, to 1e-5
	@$(BENCH)/python benchmarks/equality.py

packaged: install ## train the model in the package; PHOTOS=folder of real photos besides
	@$(BIN)/python packaged/make.py $(if $(PHOTOS),"$(PHOTOS)")

accuracy: install ## train every recipe over several seeds (hours); writes benchmarks/accuracy.md
	@$(BIN)/python benchmarks/accuracy.py $(RECIPES)

tricks: install ## tricks of training, one at a time, on pictures held out: over an hour; writes benchmarks/tricks.md
	@$(BIN)/python benchmarks/tricks.py

kill: kill-save kill-train ## kill processes while they save and while they train; prints what was lost

kill-save: install ## kill 1,000 times while a model is saved: minutes
	@$(BIN)/python proofs/kill_save.py

kill-train: install ## kill 50 times while a network is trained, and compare the ends: a minute
	@$(BIN)/python proofs/kill_train.py

threads: install ## weights after training on 1, 2, 3 and 4 threads: minutes
	@$(BIN)/python proofs/threads.py

not-finite: install ## four ways in which NaN and infinity get in, and what is said
	@$(BIN)/python proofs/not_finite.py

damaged-idx: install ## 10,000 changed IDX files and a gzip bomb: errors and memory; minutes
	@$(BIN)/python proofs/damaged_idx.py

orientations: install ## one photo in eight orientations, and a decompression bomb
	@$(BIN)/python proofs/orientations.py

onnx: install ## exported files against onnxruntime on 1,000 pictures, of RUNS="runs/fast-1 ..." or of runs made here: minutes
	@$(BIN)/python proofs/onnx_check.py $(RUNS)

doors: install ## 1,000 pictures: Python, command line, web, ONNX and catalogue answer alike: minutes
	@$(BIN)/python proofs/doors.py $(if $(MODEL),--model "$(MODEL)")

fuzz-photos: install ## 10,000 changed pictures: minutes
	@$(BIN)/python proofs/fuzz.py --mutants 10000 --only photo

photos: install ## accuracy on photos by background, of MODEL=the newest run; PHOTOS=folder; writes benchmarks/photos.md
	@$(BIN)/python benchmarks/photos.py $(if $(MODEL),"$(MODEL)") $(if $(PHOTOS),--photos "$(PHOTOS)")

hostile: install ## 100,000 changed model files: minutes
	@$(BIN)/python proofs/fuzz.py --mutants 100000 --only model

twins: install ## pictures that are there twice: found, and kept on one side of the split
	@$(BIN)/python proofs/twins.py

trust: install ## trust of MODELS="RUN ..." on test and far pictures; writes benchmarks/trust.md
	@$(BIN)/python benchmarks/trust.py $(MODELS)

calibration: install ## a run's calibration error on the test file: minutes
	@$(BIN)/python proofs/calibration.py

SECONDS ?= 60
fuzz: install ## read files changed at random for SECONDS=60; prints what refused them
	@$(BIN)/python proofs/fuzz.py $(SECONDS)

api-fuzz: install ## ask a running server what its OpenAPI allows and does not, 10,000 times: minutes
	@$(BIN)/python proofs/api_fuzz.py

load: install ## the server under load; needs wrk (Debian's package); QUICK=1: a moment, writes nothing; else benchmarks/serving.md
	@$(BIN)/python benchmarks/load.py $(if $(QUICK),--quick)

memory: install ## peak resident memory: Fashion-MNIST, and 200,000 pictures on the disk: minutes
	@$(BIN)/python proofs/memory.py

checkpoint-cost: install ## the share of the training time that checkpoints take: a minute
	@$(BIN)/python proofs/checkpoint_cost.py

faults: install ## all of these proofs (about half an hour); writes docs/reliability.md
	@$(BIN)/python proofs/run.py

RUN ?= runs/first
screenshots: install ## pictures for the documentation from RUN=runs/first; needs Chromium
	@$(BIN)/python docs/screenshots.py "$(RUN)"
	@$(BIN)/python docs/page_screenshots.py

example: install ## the page of RUN=runs/first with notes, for the documentation
	@$(BIN)/python docs/example.py "$(RUN)"

pages: install ## the documentation that comes with the package, from docs/
	@$(BIN)/python docs/pages.py

clean: ## remove environments and caches; runs and data stay
	rm -rf .venv .venv-bench .venv-supply .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
