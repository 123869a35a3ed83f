PYTHON ?= python3
BIN := .venv/bin

# The stamps hold a sum of what they stand for, so that a changed lock, or another Python, makes .venv anew.
LOCK := $(shell { $(PYTHON) --version; cat requirements.txt; } | cksum | cut -d' ' -f1)
DEV_LOCK := $(shell cksum <requirements-dev.txt | cut -d' ' -f1)
RUNTIME := .venv/runtime-$(LOCK)
DEV := .venv/dev-$(LOCK)-$(DEV_LOCK)

.DEFAULT_GOAL := help
.PHONY: help run dev test check format bench soak scan fresh sbom vendor lock clean

help: ## List these
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

run: $(RUNTIME) ## Serve as production does, on http://127.0.0.1:8000 (HOST= and PORT= change it)
	@strategy_portal/run.sh serve

dev: $(RUNTIME) ## Serve with reloading and DEBUG, for those who change the code
	@strategy_portal/run.sh reload

# Every suite runs, whatever became of the one before it, and what was left out is said last. Each processor runs tests;
# the browser's go on beside the others in a process of their own, for there is to be one Chromium, and are told after.
SPREAD := -n logical --dist worksteal

test: $(DEV) ## Run every test that this machine can run, and say last what was left out
	@failed=0; services="$(BIN)/python tests/services.py"; said=$$(mktemp); browser=; \
	trap 'kill $$browser 2>/dev/null; rm -f $$said' EXIT; trap 'exit 130' INT TERM; \
	if $$services chromium >/dev/null 2>&1; then \
		DATABASE_URL= $(BIN)/python -m pytest -m "browser and not soak" >$$said 2>&1 & browser=$$!; \
	fi; \
	set -- $(BIN)/python -m pytest $(SPREAD) -m "not soak and not browser"; \
	echo "On SQLite"; \
	DATABASE_URL= "$$@" || failed=1; \
	if [ "$$TEST_DATABASE_URL" ]; then \
		echo "On TEST_DATABASE_URL"; DATABASE_URL="$$TEST_DATABASE_URL" "$$@" || failed=1; \
	elif $$services postgres >/dev/null 2>&1; then \
		echo "On PostgreSQL"; $$services run-with-postgres -- "$$@" || failed=1; \
	fi; \
	if [ "$$browser" ]; then \
		wait $$browser || failed=1; browser=; \
		echo "In Chromium, on SQLite"; cat $$said; \
	fi; \
	$$services left-out || failed=1; \
	exit $$failed

check: export DATABASE_URL := sqlite://:memory:
check: export DEBUG := false
check: export PORTAL_HTTPS := true
check: $(DEV) ## Lint, our own rules, formats, types, import contracts, migrations, deployment, no registry's address
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	find templates -name '*.html' | xargs $(BIN)/djade --check
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/ast-grep test --config .ci/sgconfig.yml --skip-snapshot-tests >/dev/null
	$(BIN)/ast-grep scan --config .ci/sgconfig.yml --error accounts initiatives pillars reports strategy_portal
	$(BIN)/python manage.py makemigrations --check --dry-run
	SECRET_KEY=$$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	! git grep -nIE --untracked 'pypi[.]org|pythonhosted[.]org|(npmjs|yarnpkg)[.](org|com)|deb[.]debian[.]org'

format: $(DEV) ## Put the code and the templates into the shape that `make check` asks for
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet
	find templates -name '*.html' | xargs $(BIN)/djade

bench: $(DEV) ## Print the benchmarks, as ratios
	$(BIN)/python tests/bench.py

soak: $(DEV) ## Run the tests that take minutes
	$(BIN)/python -m pytest -m soak

scan: $(DEV) ## Let wapiti look for weaknesses as a stranger, an owner and the office
	@[ ! -f requirements-scan.txt ] || [ -x .venv-scan/bin/wapiti ] || { $(PYTHON) -m venv --clear .venv-scan && \
		.venv-scan/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-scan.txt; }
	$(BIN)/python -m pytest -m soak tests/scan

fresh: $(DEV) ## Say which packages are behind the newest release that pyproject.toml allows
	@$(BIN)/python .ci/fresh.py --all

sbom: $(DEV) ## Write what the product is made of into sbom.cdx.json (CycloneDX)
	@$(BIN)/python .ci/sbom.py

vendor: $(DEV) ## Rebuild static/vendor from its recipe
	PYTHON=$(CURDIR)/$(BIN)/python static/vendor/build.sh

# uv knows nothing of pip's settings: it is told of another index when this machine has one, and writes down none.
lock: ## Lock pyproject.toml's dependencies (UPGRADE=1 takes the newest that it allows)
	@tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; set -e; \
	$(PYTHON) -m venv $$tools; $$tools/bin/pip install --quiet uv; \
	index=$$($$tools/bin/pip config get global.index-url 2>/dev/null || true); \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	compile="$$tools/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header $(if $(UPGRADE),--upgrade)"; \
	$$compile pyproject.toml --output-file requirements.txt; \
	$$compile pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt; \
	$$compile --group pyproject.toml:scan --output-file requirements-scan.txt

clean: ## Delete what make made, but not the data: portal.sqlite3 and .secret-key stay
	rm -rf .venv .venv-scan sbom.cdx.json .static .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: PYTHON= names one")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV): $(RUNTIME)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@rm -f .venv/dev-*; touch $@
