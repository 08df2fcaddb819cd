# Every target is also one python command, shown by `make help`, for people without make.
# The first use sets up .venv with a Python 3.11 to 3.13 found here, or with PYTHON=/path/to/python.

VENV := .venv
RUN := $(VENV)/bin/python
# quieter, and pip's own news is not ours; compiling is left to the line below, which uses every core
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet --no-compile --constraint constraints.txt
COMPILE := $(RUN) -m compileall -qq -j 0 -x '[/\\]tests[/\\]' $(VENV) || true
# what was compiled once is kept: every kernel would compile it anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help report test lab bench soak lint
.DEFAULT_GOAL := help
# with -j too: two pips in one environment, or a report made during a test, would only disturb each other
.NOTPARALLEL:

help:
	@echo "make report   run the notebooks into reports/             python -m review report"
	@echo "make test     every check, in a few minutes               python -m pytest -n 2 --dist loadscope --no-loadscope-reorder"
	@echo "make lab      open the review in JupyterLab               python -m review lab"
	@echo "make lint     style and floors only                       python -m pytest tests/structure"
	@echo "make soak     the long runs                               python -m pytest -m soak"
	@echo "make bench    how fast and how well, on this machine      python -m benchmarks.run"
	@echo
	@echo "Without make: python -m venv .venv, then in it python -m pip install -c constraints.txt -e '.[dev,lab]'"

report: $(VENV)/.core
	$(RUN) -m review report

test: $(VENV)/.dev
	$(RUN) -m pytest -n 2 --dist loadscope --no-loadscope-reorder

lab: $(VENV)/.lab
	$(RUN) -m review lab

lint: $(VENV)/.dev
	$(RUN) -m pytest tests/structure

soak: $(VENV)/.dev
	$(RUN) -m pytest -m soak

bench: $(VENV)/.dev
	$(RUN) -m benchmarks.run

# an environment that is missing, or was left unfinished, is made anew
define ENVIRONMENT
@$(RUN) -m pip --version >/dev/null 2>&1 || { \
  python=$$(.ci/python "$(PYTHON)") && \
  echo "setting up $(VENV) with $$("$$python" --version); the first time takes a minute or two" && \
  "$$python" -m venv --clear $(VENV); }
endef

$(VENV)/.core: pyproject.toml constraints.txt
	$(ENVIRONMENT)
	$(PIP) --editable . && { $(COMPILE); }
	@touch $@

# what developers install holds the core: one pip, not two
$(VENV)/.dev: pyproject.toml constraints.txt
	$(ENVIRONMENT)
	$(PIP) --editable '.[dev]' && { $(COMPILE); }
	@touch $(VENV)/.core $@

$(VENV)/.lab: pyproject.toml constraints.txt
	$(ENVIRONMENT)
	$(PIP) --editable '.[lab]' && { $(COMPILE); }
	@touch $(VENV)/.core $@
