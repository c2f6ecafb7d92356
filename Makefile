# Everything that a newcomer types. `make run` and `make test` need Python 3.11 or newer with venv, git and make; nothing else.
# The distribution's Python where it will do: it is built with all optimizations, which one from source often is not.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo /usr/bin/python3 || echo python3)
PORT ?= 8000
BIN := .venv/bin
# One more than two cores: a test often waits for the database or a browser.
WORKERS ?= 3
.DEFAULT_GOAL := help
# Several processes start from the same code: what one has compiled, the others need not.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test check faults bench journey screenshots audit lock install install-development

help:  ## Show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install:
	@$(PYTHON) scripts/bootstrap.py run

install-development:
	@$(PYTHON) scripts/bootstrap.py development

run: install  ## Start everything with the demo practice; Ctrl-C stops it (PORT=8000)
	@$(BIN)/python manage.py up --port $(PORT)

test: install-development  ## Run the quick tests; make check and make faults run the others
	@$(BIN)/python -m pytest -n $(WORKERS) --no-loadscope-reorder $(ARGS)

check: install-development  ## Format, lint, types, architecture, laws of the house, migrations, deployment check
	@$(BIN)/python scripts/check.py

bench: install-development  ## How fast the codec is, beside its peers in one run; how fast remittances are posted, claims scrubbed, a big evening delivered, a full queue and every page shown, of the demo and of a large practice
	@$(PYTHON) scripts/bootstrap.py bench
	@failed=0; for part in tests.bench tests.bench.posting tests.bench.payer_rules tests.bench.scrubbing tests.bench.night tests.bench.exceptions tests.bench.demo tests.bench.pages; do \
	  $(BIN)/python -m $$part || failed=1; done; exit $$failed

faults: install-development  ## What takes long: workers killed at random moments; whole nights; each property on many more inputs; every page in a browser and for axe
	@$(BIN)/python -m pytest -m "faults or property or axe or long" --hypothesis-profile=deep -n $(WORKERS) --no-loadscope-reorder $(ARGS)

journey: install  ## Six virtual weeks of the demo practice in a throw-away directory; proves that the money adds up
	@$(BIN)/python manage.py journey $(ARGS)

screenshots: install-development  ## Every page in every dress into var/screenshots, checked by axe
	@$(BIN)/python -m scripts.screenshots $(ARGS)

audit: install-development  ## Known vulnerabilities of the dependencies; one that could not be audited counts as a failure
	@$(BIN)/python -m pip_audit --strict --require-hashes --disable-pip -r requirements/production.txt -r requirements/run.txt -r requirements/development.txt -r requirements/bench.txt

lock: install-development  ## Pin requirements/*.in anew, with hashes, for every supported Python
	@for name in production run development bench; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras \
	    --quiet requirements/$$name.in --output-file requirements/$$name.txt; done
