# The two commands a newcomer needs: make run, make test.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint bench peers lock clean

run: .venv/.runs
	@$(BIN)/python -m app.demonstration

test: .venv/.tests
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile

lint: .venv/.tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: .venv/.tests
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/python -m tests.bench

# What the timings stand beside where it is there; not needed to run or to test.
peers:
	@test -x .peers/bin/python || $(PYTHON) -m venv .peers
	@.peers/bin/python -m pip install -q --disable-pip-version-check --upgrade 'pip>=25.1'
	@.peers/bin/python -m pip install -q --disable-pip-version-check --group peers

# What may run is checked each time: a library can go as easily as it came.
.venv/.runs: requirements.lock pyproject.toml app/prerequisites.py
	@$(PYTHON) app/prerequisites.py
	@echo "Setting up .venv from requirements.lock (a minute or two the first time)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tests: requirements-dev.lock pyproject.toml app/prerequisites.py
	@$(PYTHON) app/prerequisites.py
	@echo "Setting up .venv from requirements-dev.lock (a minute or two the first time)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/.runs

# Needs uv; the locks hold every platform and Python from 3.11 on.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf .venv .peers build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis out
