# Two commands need nothing but Python, Node and Terraform: `make rehearse` and `make test`.
# Everything else is `invoke --list` from the virtual environment that they make.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m invoke
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help rehearse test check clean venv

help: ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

rehearse: $(STAMP) ## deploy the whole system on the embedded AWS, look at it, take it down
	@$(RUN) rehearse

test: $(STAMP) ## run every test, with coverage
	@$(RUN) test

check: $(STAMP) ## lint, format, types
	@$(RUN) check

venv: $(STAMP) ## make the virtual environment only

clean: ## remove what commands wrote: synthesized stacks, records, caches (not the virtual environment)
	rm -rf cdktf.out .regionshift cfn-outputs .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov

# Once per change of the pinned versions: the stamp is newer than the lock file afterwards.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "    Say which to use: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "Installing the pinned packages into $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install -qq --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@touch $@
