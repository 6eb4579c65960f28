# Two commands need nothing but Python, Node and Terraform: `make rehearse` and `make test`.
# Everything else is `invoke --list` from the virtual environment that they make.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m invoke
STAMP := $(VENV)/.installed
# What only tests run, apart from the product: the AWS CLI has a botocore of its own, the validators are npm's.
TOOLS := .venv-tools
TOOLS_STAMP := $(TOOLS)/.installed
NPM_STAMP := tools/node_modules/.installed
# The scanner of the synthesized Terraform, apart as well: it pins boto3 and pydantic.
POLICY := .venv-policy
POLICY_STAMP := $(POLICY)/.installed

.DEFAULT_GOAL := help
.PHONY: help rehearse test test-all check policy clean venv tools

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

rehearse: $(STAMP) ## deploy the whole system on the embedded AWS, look at it, take it down
	@$(RUN) rehearse --deploy-only

test: $(STAMP) tools ## run the tests, with coverage
	@$(RUN) test

test-all: $(STAMP) tools ## run the long tests, too (more than an hour)
	@$(RUN) test --every

check: $(STAMP) ## lint, format, types
	@$(RUN) check

policy: $(STAMP) $(POLICY_STAMP) ## hold the synthesized Terraform against the rules
	@$(RUN) check --policy

venv: $(STAMP) ## make the virtual environment only

tools: $(TOOLS_STAMP) $(NPM_STAMP) $(POLICY_STAMP) ## make what only tests and checks run: the AWS CLI, validators, checkov

clean: ## remove what commands wrote: synthesized stacks, records, caches (not the virtual environments)
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

$(TOOLS_STAMP): requirements-tools.lock | $(STAMP)
	@echo "Installing the AWS CLI and zizmor into $(TOOLS) (once) ..."
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/pip install -qq --disable-pip-version-check --no-compile --require-hashes -r requirements-tools.lock
	@touch $@

$(POLICY_STAMP): requirements-policy.lock | $(STAMP)
	@echo "Installing checkov into $(POLICY) (once) ..."
	@$(PYTHON) -m venv $(POLICY)
	@$(POLICY)/bin/pip install -qq --disable-pip-version-check --no-compile --require-hashes -r requirements-policy.lock
	@touch $@

$(NPM_STAMP): tools/package-lock.json
	@echo "Installing the validators of state machines and workflows into tools/node_modules (once) ..."
	@cd tools && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@
