# `make run` and `make test` work in a fresh clone with Python 3.11 or later and make; they prepare
# what they need and remember that they did. Written for GNU make 3.81 too, which macOS ships.

PYTHON := .venv/bin/python
PIP    := $(PYTHON) -m pip --disable-pip-version-check install --quiet --quiet

# Where the embedded database lives unless DATABASE_URL names another one.
DATABASE := var/afterglow.sqlite
# Whom to sign in as there, with passwords drawn when the pretend group was made.
PRETEND  := var/pretend-users.txt
PORT     := 8501
# More than cores: browsers, servers and databases leave time to wait in.
WORKERS  := 3

# Streamlit opens a browser only where there is a desktop to open it on.
HEADLESS := $(shell [ "$$(uname)" = Darwin ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] && echo false || echo true)

# What a failed or interrupted command has begun does not count as made.
.DELETE_ON_ERROR:

.PHONY: help run test check fix pictures clean

help:
	@echo "make run    the dashboard on http://127.0.0.1:$(PORT), with a pretend clinic group the first time"
	@echo "make test   format, lint, types and all tests (make check is the same; this is what CI runs)"
	@echo "make fix    format, and mend what the linter can mend"
	@echo "make pictures  take the README's pictures anew"
	@echo "make clean  remove .venv and the tools' caches; your database stays"

run: .venv/run.stamp $(if $(DATABASE_URL),,$(DATABASE))
	@[ -n "$(DATABASE_URL)" ] || [ ! -e $(PRETEND) ] || cat $(PRETEND)
	@$(PYTHON) -m streamlit run dashboard/app.py --server.port $(PORT) --server.headless $(HEADLESS)

# A half-made one is removed, so that the next run starts over. One that is there is never touched:
# the question is asked again for `make -B`, which would otherwise make it anew. Whom to sign in as
# is said each time by `run`, so not here as well.
$(DATABASE): | .venv/run.stamp
	@[ -e $@ ] || $(PYTHON) -m data demo >/dev/null

test check: .venv/test.stamp
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy --strict models
	@$(PYTHON) tests/browser_setup.py
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

fix: .venv/test.stamp
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

pictures: .venv/test.stamp
	@$(PYTHON) tests/browser_setup.py
	@$(PYTHON) -m tests.browser.pictures

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: what was installed, and when. A changed requirements file is newer than its stamp.
.venv/run.stamp: requirements.txt | $(PYTHON)
	@echo "Installing what Afterglow needs into .venv (a minute or two the first time)"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/test.stamp: tests/requirements.txt .venv/run.stamp
	@echo "Installing what the tests need into .venv"
	@$(PIP) -r tests/requirements.txt
	@touch $@

# A candidate is run, not just looked up: version managers put commands on the path that only fail.
# Debian keeps ensurepip, without which there is no pip in a new environment, in a package apart.
$(PYTHON):
	@for name in python3.13 python3.12 python3.11 python3; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Afterglow needs Python 3.11 or later; none of python3.13, python3.12, python3.11, python3 is that." >&2; \
	  exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
	  package=$$($$found -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing $$package, which makes virtual environments"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$$package"; } >/dev/null || exit 1; \
	  else \
	    echo "This Python cannot make virtual environments; please run: sudo apt install $$package" >&2; \
	    exit 1; \
	  fi; \
	fi; \
	$$found -m venv --clear .venv
