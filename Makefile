.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
ARGS ?=

# The first Python on this machine that Greenroom runs on; only the virtual environment is made with it.
FIND_PYTHON = for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break; python=; done; \
	test -n "$$python" || { echo 'Greenroom needs Python 3.11, 3.12 or 3.13 as python3 on the PATH.' >&2; exit 1; }
LOCK = $(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

.PHONY: help setup setup-dev run with worker migrate rotate-keys backup restore words pictures assess bank test unit e2e cluster chaos histories exact cockpit fuzz bench simulate lint types format lock

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make the virtual environment in .venv
	@$(FIND_PYTHON); exec $$python -m runner.bootstrap requirements.txt

setup-dev: setup
	@exec $(PYTHON) -m runner.bootstrap requirements-dev.txt

run: setup ## Start the whole product on this machine; Ctrl-C stops it (ARGS=--verbose shows every log line)
	@exec $(PYTHON) -m runner $(ARGS)

with: setup ## Run a command on the local product's stores: make with ARGS=".venv/bin/python -m core.seed"
	@exec $(PYTHON) -m runner with $(ARGS)

worker: setup ## Run one more worker on the local product's stores
	@exec $(PYTHON) -m runner with $(PYTHON) worker.py

migrate: setup ## Bring the local database up to date (ARGS=revision picks one)
	@exec $(PYTHON) -m runner with $(PYTHON) -m alembic upgrade $(or $(ARGS),head)

rotate-keys: setup ## Seal everything anew under a fresh key, while the product runs
	@exec $(PYTHON) -m runner with $(PYTHON) -m core.rotation

backup: setup ## Write database and objects into one file (ARGS=greenroom.backup)
	@exec $(PYTHON) -m runner with $(PYTHON) -m runner.backup make $(ARGS)

restore: setup ## Bring a backup back and prove it equal (ARGS=greenroom.backup)
	@exec $(PYTHON) -m runner with $(PYTHON) -m runner.backup restore $(ARGS)

words: setup ## Bring the catalogues in locale/ in step with the code, and name what is not translated
	@exec $(PYTHON) -m core.catalogues

pictures: setup-dev ## Take every picture of docs/ and of each screen's states, two widths and both themes
	@$(PYTHON) -m docs.pictures && $(PYTHON) -m docs.states && exec $(PYTHON) -m docs.report_pictures

assess: setup ## Hold the offline rater against answers whose worth is known (ARGS="--data FOLDER" adds graded ones)
	@exec $(PYTHON) -m bench.assess $(ARGS)

bank: setup ## Check and count the question bank
	@exec $(PYTHON) -m core.interviews.bank $(ARGS)

# Files as they come, not by the number of their tests: those of the browser have few and long ones, and would be last.
test: lint types ## Run every check and every test on two cores, browser tests included
	@GREENROOM_CHROMIUM="$$($(PYTHON) -m runner.browser)" && export GREENROOM_CHROMIUM && exec $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

unit: setup-dev ## Run the tests that need neither a browser nor a running product
	@exec $(PYTHON) -m pytest tests --ignore=tests/e2e --ignore=tests/runner $(ARGS)

e2e: setup-dev ## Run the browser tests
	@GREENROOM_CHROMIUM="$$($(PYTHON) -m runner.browser)" && export GREENROOM_CHROMIUM && exec $(PYTHON) -m pytest tests/e2e $(ARGS)

cluster: setup-dev ## Start everything several times on this machine and take parts away under people (ARGS="--people 3")
	@exec $(PYTHON) -m bench.drill $(ARGS)

chaos: setup ## Kill processes at random under people in interviews (ARGS="--kills 50"); nothing may be lost or doubled
	@exec $(PYTHON) -m bench.chaos $(ARGS)

histories: setup-dev ## Play many random histories of clicks, events and losses (ARGS="--histories 2000")
	@exec $(PYTHON) -m pytest -q tests/integration/test_invariants.py $(or $(ARGS),--histories 1000)

exact: setup-dev ## Hold cohort figures against a full count after ten thousand random steps
	@ROLLUP_STEPS=10000 exec $(PYTHON) -m pytest -q tests/integration/test_rollups.py $(ARGS)

cockpit: setup ## Time every view of a cohort over 10 thousand and 1 million interviews (ARGS="--many 100000")
	@exec $(PYTHON) -m bench.cockpit $(ARGS)

fuzz: setup-dev ## Send requests made up from the OpenAPI document (ARGS="--requests 20000")
	@exec $(PYTHON) -m bench.fuzz $(ARGS)

bench: setup-dev ## Measure how fast it is, and write docs/performance.md (ARGS=--quick looks only; ARGS="--only screens")
	@exec $(PYTHON) -m bench $(ARGS)

simulate: setup ## Let a day of interviews come by the hour: what is full first, who waits (ARGS="--a-day 100000")
	@exec $(PYTHON) -m bench.simulate $(ARGS)

lint: setup-dev ## Check style and the directions of import
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && .venv/bin/lint-imports --no-logo

types: setup-dev ## Check types
	@exec $(PYTHON) -m mypy

format: setup-dev ## Put the code into shape
	@$(PYTHON) -m ruff check --fix . ; $(PYTHON) -m ruff format .

lock: setup-dev ## Lock the requirements again (ARGS=--upgrade takes newer versions)
	@$(LOCK) $(ARGS) requirements.in -o requirements.txt
	@$(LOCK) $(ARGS) requirements-dev.in requirements.in -c requirements.txt -o requirements-dev.txt
