# A newcomer needs two commands: `make demo` and `make test`. Both set up .venv by themselves.

VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEMO   ?= demo-kit
BENCH  ?= ../shared/bench
CORPUS ?= $(wildcard ../shared/corpus)
BENCH_HOME ?= $(or $(PBN_BENCH_HOME),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pbn-bench)
PICTURES ?= $(addprefix $(DEMO)/bench/pictures/,astronaut.png chelsea.png coffee.png rocket.jpg) \
    $(sort $(wildcard $(CORPUS:%=%/photos/*.jpg) $(CORPUS:%=%/photos/*.png)))
STYLED ?= $(addprefix $(DEMO)/bench/pictures/,chelsea.png glass.jpg)
WORKERS ?= 2

# One thread for each test worker; numbers do not change with it, times do.
TESTENV := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check lint types contracts bench lock clean distclean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

# The stamp is newer than pyproject.toml and the lock, so a second run installs nothing.
# The lock is installed by hash; torch, torchvision and what only they need follow the machine.
$(STAMP): pyproject.toml requirements/dev.txt .ci/find-python
	python=$$(bash .ci/find-python) && { test -x $(BIN)/python || "$$python" -m venv $(VENV); }
	$(BIN)/python -m pip install --require-hashes --no-deps -r requirements/dev.txt
	$(BIN)/python -m pip install --no-build-isolation -e .
	$(BIN)/python -m compileall -q pbn # as pip does with what it copies
	@touch $@

setup: $(STAMP) ## set up .venv

demo: $(STAMP) ## make the sample kit and say where it is
	@$(BIN)/pbn samples $(DEMO)/pictures --force --quiet
	$(BIN)/pbn kit $(DEMO)/pictures/chelsea.png --art $(DEMO)/pictures/glass.jpg -o $(DEMO)/kit --force

test: $(STAMP) ## run all tests
	$(TESTENV) $(BIN)/pytest -n $(WORKERS)

lint: $(STAMP) ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

contracts: $(STAMP) ## import contracts
	$(BIN)/lint-imports

bench: $(STAMP) ## measure; beside other programs where ../shared/bench is
	@$(BIN)/python -m compileall -q pbn # as the other programs are
	$(BIN)/python -m tests.benchmarks.kits $(DEMO)/bench $(CORPUS:%=--corpus %)
	$(BIN)/python -m tests.benchmarks.growth $(DEMO)/bench $(CORPUS:%=--corpus %)
	bash tests/benchmarks/peers.sh $(BIN) $(BENCH) $(BENCH_HOME) $(DEMO)/bench/peers.md $(PICTURES)
	$(BIN)/python tests/benchmarks/export.py
	$(BIN)/python tests/benchmarks/style.py $(DEMO)/bench $(CORPUS:%=--corpus %)
	$(BIN)/python -m tests.benchmarks.paint_aware $(DEMO)/bench $(CORPUS:%=--corpus %)
	@test ! -f $(BENCH)/style.py || $(BIN)/python $(BENCH)/style.py $(STYLED) --size 256 --steps 40 \
	    --own "$(BIN)/pbn stylise {content} --art {style} --long-side {size} --no-cache --quiet -o {out}"

# One after the other, also under make -j: the tests' own summary is the last line.
check: $(STAMP) ## all that must hold: lint, types, contracts, tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory contracts
	@$(MAKE) --no-print-directory test

lock: ## renew the lock files (uv must be on the path)
	sh requirements/lock.sh

clean: ## remove what was made, but not .venv
	rm -rf $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	find pbn tests samples -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove .venv too
	rm -rf $(VENV)
