# Everything a developer does here. Each target installs what it needs into .venv, once per change of its lock.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
# Else each process compiles our own modules anew, and the tests start dozens.
unexport PYTHONDONTWRITEBYTECODE

VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
#: More arguments for pytest, such as PYTEST_ARGS="-k undo -x".
PYTEST_ARGS ?=
#: The course that `make tour` walks through; empty is the one that comes with the sandbox.
COURSE ?=

# The first interpreter that is 3.11 or later. Asked only when the virtual environment is made.
PYTHON ?= $(firstword $(foreach python,python3.12 python3.11 python3,$(shell \
	$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(python))))

MARIADB_URL ?= mysql://root@127.0.0.1:3306/attempts
POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/attempts
REDIS_URL ?= redis://127.0.0.1:6379/0
export MARIADB_URL POSTGRES_URL REDIS_URL

OWN_CODE := attempts attempts_api sandbox tests benchmarks contrib scripts docs/conf.py manage.py setup.py

.PHONY: help
help:  ## say what each target does
	@sed -nE 's/^([a-z0-9-]+):[^#]*## +/\1\t/p' $(firstword $(MAKEFILE_LIST)) | awk -F'\t' '{ printf "  %-22s %s\n", $$1, $$2 }'

# ---------------------------------------------------------------------------------------------------------------------
# Set-up: one stamp per lock. A lock that changed is installed anew, nothing else is.

# Without Debian's python3-venv there is no ensurepip: the machine's pip then puts a pip into the environment.
$(VENV)/.stamp-venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and none was found. Install it, or say" \
		"where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is not Python 3.11 or later." >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		&& $(PYTHON) -m venv --clear $(VENV) \
		|| { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(RUN) install -q pip; }
	@touch $@

# The packages themselves are installed too, in place: that is what registers their entry points.
$(VENV)/.stamp-%: requirements/%.txt setup.py pyproject.toml | $(VENV)/.stamp-venv
	$(RUN) -m pip install -q --disable-pip-version-check -r $<
	$(RUN) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat -e .
	@touch $@

# ---------------------------------------------------------------------------------------------------------------------
# Use

.PHONY: run tour bench
run: $(VENV)/.stamp-sandbox  ## run the sandbox LMS, with a course and learners in it
	$(RUN) -m sandbox.run

tour: $(VENV)/.stamp-sandbox  ## walk through a reset and its undo in a course: COURSE=path/to/export.tar.gz
	$(RUN) manage.py tour $(if $(COURSE),--course "$(COURSE)")

#: What `make bench` measures; empty is what `python -m benchmarks --help` says. TABLE_ROWS=100000,1000000,10000000 takes
#: half an hour for each engine, and 30 gigabytes.
ENGINES ?=
PARTS ?=
TABLE_ROWS ?=
BENCH_ARGS ?=
bench: $(VENV)/.stamp-bench  ## measure beside peers, on the servers that answer: ENGINES=, PARTS=, TABLE_ROWS=, BENCH_ARGS=
	@$(MAKE) $(VENV)/.stamp-services || echo "!!! The drivers of MariaDB and PostgreSQL cannot be installed here." >&2
	$(RUN) -m benchmarks $(if $(ENGINES),--engines $(ENGINES)) $(if $(PARTS),--parts $(PARTS)) \
		$(if $(TABLE_ROWS),--table-rows $(TABLE_ROWS)) $(BENCH_ARGS)

# ---------------------------------------------------------------------------------------------------------------------
# Tests

.PHONY: test test-all services-test streams-test faults e2e screenshots tutor-test
ALONE := not services and not e2e and not tutor
test: $(VENV)/.stamp-test  ## run the default suite: SQLite, no services
	$(RUN) -m pytest -n auto --dist worksteal --ignore=tests/e2e -m "$(ALONE) and not slow" $(PYTEST_ARGS) tests

test-all: $(VENV)/.stamp-test  ## run the default suite and what takes longer, as tox does for each version
	$(RUN) -m pytest -n auto --dist worksteal --ignore=tests/e2e -m "$(ALONE)" $(PYTEST_ARGS) tests

# Everything but the sandbox's own tests and the browser's, those marked `services` included; what no server has a part in
# on PostgreSQL alone.
services-test:  ## run the suites of the packages on MariaDB and on PostgreSQL, with Redis as the broker
	scripts/services.sh
	@$(MAKE) $(VENV)/.stamp-test $(VENV)/.stamp-services
	$(RUN) scripts/check_services.py
	scripts/services_tests.sh $(RUN) $(PYTEST_ARGS)

# An environment on top of that of the tests: Aspects, and ClickHouse as a library, which is large.
$(VENV)-streams/.stamp: requirements/streams.txt $(VENV)/.stamp-test
	$(RUN) -m venv --clear --without-pip $(@D)
	$(RUN) -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$($(@D)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tests.pth"
	$(RUN) -m pip --python $(@D)/bin/python install -q --disable-pip-version-check -r $<
	@touch $@

streams-test: $(VENV)-streams/.stamp  ## send attempts to Aspects and ClickHouse, and into xAPI and Caliper statements
	$(VENV)-streams/bin/python -m pytest -p no:cacheprovider --ds tests.streams.settings $(PYTEST_ARGS) tests/streams

#: How many histories `make faults` tries, the seed of the first, and on which server; see docs/faults.rst.
HISTORIES ?= 10000
SEED ?= 1
faults: $(VENV)/.stamp-test $(VENV)/.stamp-services  ## break things around random histories: HISTORIES=, SEED=, DATABASE_URL=
	scripts/services.sh
	$(RUN) -m tests.faults --histories $(HISTORIES) --seed $(SEED) --database "$${DATABASE_URL:-$(MARIADB_URL)}"

e2e: $(VENV)/.stamp-e2e  ## run the browser tests in the system's Chromium
	chromium="$$(scripts/chromium.sh)" && CHROMIUM="$$chromium" $(RUN) -m pytest -m e2e $(PYTEST_ARGS) tests/e2e

#: Where `make screenshots` puts its pictures.
SCREENSHOTS ?= build/screenshots
screenshots: $(VENV)/.stamp-e2e  ## take pictures of every page of the console, in SCREENSHOTS=
	chromium="$$(scripts/chromium.sh)" && CHROMIUM="$$chromium" $(RUN) -m tests.e2e.screenshots $(SCREENSHOTS)

#: The versions of Tutor that the plugin is rendered with, each in an environment of its own.
TUTORS ?= tutor20 tutor22
$(VENV)-tutor%/.stamp: requirements/tutor%.txt | $(VENV)/.stamp-venv
	$(RUN) -c 'import ensurepip' 2>/dev/null && $(RUN) -m venv --clear $(@D) \
		|| { $(RUN) -m venv --clear --without-pip $(@D) && $(RUN) -m pip --python $(@D)/bin/python install -q pip; }
	$(@D)/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

tutor-test: $(VENV)/.stamp-test $(TUTORS:%=$(VENV)-%/.stamp)  ## let the oldest and the newest Tutor render the plugin
	@for tutor in $(TUTORS); do \
		echo "--- $$tutor ---"; \
		TUTOR="$(abspath $(VENV))-$$tutor/bin/tutor" $(RUN) -m pytest -p no:cacheprovider -m tutor $(PYTEST_ARGS) \
			tests/tutor || exit $$?; \
	done

#: An edx-platform checkout, and the interpreter of the environment that its requirements are installed in; see
#: docs/platform_test.rst. PYTHON means something else to the other targets, so it counts only if it is said.
PLATFORM ?=
PLATFORM_TESTS := $(CURDIR)/tests/platform

.PHONY: platform-test platform-bench
platform-test platform-bench: PLATFORM_PYTHON := $(if $(filter command line environment,$(origin PYTHON)),$(PYTHON))
platform-test platform-bench: PLATFORM_PYTHON := \
	$(if $(findstring /,$(PLATFORM_PYTHON)),$(abspath $(PLATFORM_PYTHON)),$(PLATFORM_PYTHON))
platform-test:  ## run the suites for a whole LMS and its Studio: PLATFORM=path/to/edx-platform PYTHON=path/to/its/python
	@scripts/check_platform.sh "$(PLATFORM)" "$(PLATFORM_PYTHON)"
	cd "$(PLATFORM)" && "$(PLATFORM_PYTHON)" -m pytest -c "$(PLATFORM_TESTS)/pytest.ini" $(PYTEST_ARGS) "$(PLATFORM_TESTS)"
	cd "$(PLATFORM)" && "$(PLATFORM_PYTHON)" -m pytest -c "$(PLATFORM_TESTS)/studio/pytest.ini" \
		--confcutdir "$(PLATFORM_TESTS)/studio" "$(PLATFORM_TESTS)/studio"

platform-bench:  ## measure switches and requests in a whole LMS on DATABASE_URL: PLATFORM=... PYTHON=...
	@scripts/check_platform.sh "$(PLATFORM)" "$(PLATFORM_PYTHON)"
	cd "$(PLATFORM)" && for what in switch active; do \
		"$(PLATFORM_PYTHON)" -m pytest -c "$(PLATFORM_TESTS)/pytest.ini" $(PYTEST_ARGS) \
			"$(PLATFORM_TESTS)/measure_$$what.py" || exit; \
	done

# ---------------------------------------------------------------------------------------------------------------------
# Quality

.PHONY: quality lint types layers security audit pii migrations packaging locks docs format
#: How many of the checks run at the same time.
JOBS ?= 2
# The environment comes before and the build after: both write what says which apps there are, and others read it.
quality: $(VENV)/.stamp-quality  ## everything that is checked beside the tests
	@$(MAKE) $(VENV)/.stamp-docs
	@$(MAKE) -j$(JOBS) --output-sync=target types docs security audit lint layers pii migrations locks
	@$(MAKE) packaging

lint: $(VENV)/.stamp-quality
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.stamp-quality
	$(BIN)/mypy

layers: $(VENV)/.stamp-quality
	$(BIN)/lint-imports

# What measures and sets up runs statements and commands of its own, made of nothing that anybody else says.
security: $(VENV)/.stamp-quality
	$(BIN)/bandit -c pyproject.toml -q -r attempts attempts_api contrib sandbox setup.py manage.py
	$(BIN)/bandit -q -r benchmarks scripts -s B101,B311,B404,B603,B607,B608

#: AUDIT=required fails where no service of advisories can be reached; AUDIT_OSV_URL names one that speaks as OSV does.
audit: $(VENV)/.stamp-quality  ## compare every pinned package with the advisories that are known
	$(RUN) scripts/audit.py

pii: $(VENV)/.stamp-quality
	DJANGO_SETTINGS_MODULE=sandbox.settings $(BIN)/code_annotations django_find_annotations \
		--config_file .pii_annotations.yml --lint --report --coverage

migrations: $(VENV)/.stamp-quality
	$(RUN) scripts/check_migrations.py

locks:
	scripts/check_locks.sh

packaging: $(VENV)/.stamp-quality
	rm -rf dist build
	$(RUN) -m build --no-isolation >/dev/null
	$(BIN)/twine check --strict dist/*
	$(RUN) scripts/check_wheel.py dist/*.whl

docs: $(VENV)/.stamp-docs  ## build the documentation into docs/_build
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

format: $(VENV)/.stamp-quality  ## lay out the code as `make quality` wants it
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

# ---------------------------------------------------------------------------------------------------------------------
# Maintenance

COMPILE := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
UPGRADE :=

.PHONY: schema components dictionary contracts messages
schema: $(VENV)/.stamp-test  ## write the OpenAPI document and the schemas of the events anew from the code
	$(RUN) scripts/make_schema.py
	$(RUN) scripts/make_event_schemas.py

components: $(VENV)/.stamp-test  ## write the public table of components anew from what is declared
	$(RUN) scripts/make_components.py

dictionary: $(VENV)/.stamp-test  ## write the data dictionary anew from the datasets
	$(RUN) scripts/make_dictionary.py

contracts: $(VENV)/.stamp-test  ## write the stored payloads of the REST API anew; read the difference
	REWRITE_CONTRACTS=1 $(RUN) -m pytest -q tests/attempts_api/test_contracts.py

# The day of the collection is left out, or each run would change every catalogue.
messages:  ## collect the texts to be translated, and compile the translations; needs GNU gettext
	for package in attempts attempts_api; do \
		(cd $$package && $(abspath $(RUN)) -m django makemessages --all --no-location --no-wrap \
			&& sed -i -E '/^"(POT-Creation-Date|Report-Msgid-Bugs-To):/d' locale/*/LC_MESSAGES/django.po \
			&& $(abspath $(RUN)) -m django compilemessages) || exit $$?; \
	done

# The order counts: a lock holds to those above it. pip-tools comes from the last one.
.PHONY: requirements requirements-upgrade tox clean
requirements: $(VENV)/.stamp-dev  ## compile the locks from the .in files, changing as little as possible
	$(COMPILE) $(UPGRADE) -o requirements/sandbox.txt requirements/sandbox.in
	$(COMPILE) $(UPGRADE) -c requirements/sandbox.txt -o requirements/base.txt requirements/base.in
	$(COMPILE) $(UPGRADE) -c requirements/sandbox.txt -o requirements/metrics.txt requirements/metrics.in
	$(COMPILE) $(UPGRADE) -c requirements/sandbox.txt -o requirements/analysis.txt requirements/analysis.in
	for lock in test docs quality services bench e2e dev django42 streams $(TUTORS); do \
		$(COMPILE) $(UPGRADE) -o requirements/$$lock.txt requirements/$$lock.in || exit $$?; \
	done
	scripts/check_locks.sh

requirements-upgrade:  ## compile the locks with the newest versions that the .in files allow
	@$(MAKE) requirements UPGRADE=--upgrade

#: Which environments of tox.ini `make tox` runs, and more arguments for tox.
TOXENV ?= ALL
TOX_ARGS ?=
tox: $(VENV)/.stamp-dev  ## run the matrix of Python and Django, or a part of it: TOXENV=py312-django42
	$(BIN)/tox run -e $(TOXENV) $(TOX_ARGS)

clean:  ## remove what the targets above made, the sandbox's data included
	rm -rf $(VENV) $(VENV)-streams $(TUTORS:%=$(VENV)-%) .tox var build dist docs/_build pii_report test-results htmlcov .coverage .coverage.* \
		.mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
