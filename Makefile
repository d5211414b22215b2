# labkit needs Python 3.11 or newer and make; everything else is set up in .venv, from requirements.lock.
# Try `make help`. Another Python: make lab PYTHON=/path/to/python3.12

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.labkit-installed
PYTHON ?=
# What to pass on: make lab LAB_ARGS="--no-browser --port 9999", make test TEST_ARGS="-k taints"
LAB_ARGS ?=
TEST_ARGS ?=
WORKERS ?= 2

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help lab test bench lint build picture doctor lock install clean

help: ## list what can be made
	@echo "make TARGET, where TARGET is one of"
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

lab: install ## set everything up and open JupyterLab on the course
	$(BIN)/labkit lab $(LAB_ARGS)

test: install ## set everything up and run every test
	$(BIN)/python -m pytest tests labkit $(wildcard notebooks solutions) --doctest-modules --nbval --nbval-current-env \
	    --nbval-cell-timeout=60 -rfEs --numprocesses $(WORKERS) --dist loadscope $(TEST_ARGS)

bench: install ## measure how fast it is: a table, and benchmarks.json
	$(BIN)/python -m pytest benchmarks --benchmark-enable --benchmark-json=benchmarks.json \
	    --benchmark-columns=min,median,max,rounds -p no:xdist $(TEST_ARGS)

lint: install ## check style, types and imports
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

build: install ## make the exercises from the solutions
	$(BIN)/labkit build

picture: install ## draw the picture on the README again
	$(BIN)/python docs/picture.py

doctor: install ## check this machine
	$(BIN)/labkit doctor

lock: install ## pin all dependencies again; UPGRADE=1 takes the newest
	$(BIN)/uv pip compile pyproject.toml --extra notebook --extra test --universal --python-version 3.11 \
	    --fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links --quiet \
	    --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) --output-file requirements.lock

install: $(STAMP) ## set up .venv, if it isn't yet

clean: ## remove the environment and everything made by tools
	rm -rf $(VENV) build dist *.egg-info benchmarks.json .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	    .benchmarks .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is younger than what it was made from only if every step went well.
$(STAMP): requirements.lock pyproject.toml
	@sh install.sh "$(VENV)" "$(PYTHON)"
	@touch $@
