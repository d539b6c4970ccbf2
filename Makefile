# Everything a newcomer or a developer runs. Needs Python 3.11 or later, pip and make.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: console console-types demo test test-long explore check lint format-check types imports dependencies schema-check migrations licences sbom format schema lock bench record-release soak

demo: .venv/demo.stamp ## create the demo store and serve it
	$(BIN)/lifecycle-fsm demo

test: .venv/dev.stamp ## run the tests on SQLite and on a PostgreSQL that they bring
	$(BIN)/pytest -n auto --dist loadgroup

test-long: .venv/dev.stamp ## run the tests that a usual run leaves out: services and API on PostgreSQL, and more cases
	$(BIN)/pytest -m long -n auto --dist loadgroup

explore: .venv/dev.stamp ## run the properties on examples that were never drawn before; those of other runs are the same each time
	$(BIN)/pytest --hypothesis-profile=default -m "not soak" tests/properties tests/conformance tests/engine tests/guards -n auto --dist loadgroup

soak: .venv/dev.stamp ## ten minutes of everything at once; SOAK_SECONDS for less
	SOAK_SECONDS=$${SOAK_SECONDS:-600} $(BIN)/pytest -m soak -s tests/soak

check: test lint format-check types imports dependencies licences schema-check migrations console-types ## what .ci/run checks

lint: .venv/dev.stamp
	$(BIN)/ruff check .

format-check: .venv/dev.stamp
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy

imports: .venv/dev.stamp
	$(BIN)/lint-imports

dependencies: .venv/dev.stamp
	$(BIN)/deptry .

licences: .venv/dev.stamp ## everything that is shipped is under a permissive licence
	$(BIN)/python -m release.licences

sbom: .venv/dev.stamp ## write lifecycle-fsm.cdx.json, the bill of materials that the wheel carries
	$(BIN)/python -m release.sbom lifecycle-fsm.cdx.json

schema-check: .venv/dev.stamp ## api/schema.graphql is what the code says
	$(BIN)/python -m api.export --check

migrations: .venv/dev.stamp ## up, down and up again on both databases, and no difference to the tables
	$(BIN)/pytest tests/store/test_migrations.py

console: .venv/demo.stamp ## build the console anew
	$(BIN)/python build_console.py

console-types: console ## the console's types and operations fit the schema
	cd api/console && node_modules/.bin/tsc --noEmit

format: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/dev.stamp ## write api/schema.graphql from the code
	$(BIN)/python -m api.export

bench: .venv/dev.stamp ## print every figure beside its floor
	for each in benchmarks/*.py; do $(BIN)/python $$each || exit 1; done
	$(BIN)/python -m benchmarks.graphql

record-release: .venv/dev.stamp ## record what this release tells its database, for the tests of the next one
	$(BIN)/python -m tests.releases.record

lock: .venv/dev.stamp ## pin every dependency with hashes, without addresses
	$(BIN)/uv pip compile pyproject.toml --group build --universal --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group dev --universal --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras --constraint requirements-dev.lock --universal --generate-hashes --no-annotate --no-emit-index-url --no-header -o requirements-image.lock
	$(BIN)/uv pip compile --group node --universal --generate-hashes --no-emit-index-url --no-header -o requirements-node.lock

.venv/demo.stamp: requirements.lock
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	command -v npm >/dev/null || $(BIN)/pip install --quiet --require-hashes -r requirements-node.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev.stamp: requirements-dev.lock .venv/demo.stamp
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@
