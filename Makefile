# The two commands: make compare · make test. Both make their own environment in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What `make compare` runs: some of every kind, in under five minutes on two quiet cores.
# Everything is `.venv/bin/sidebyside run --all`.
CONCEPTS := perceptron activations output_layers convolution titanic_mlp

.PHONY: compare test bench lint clean
.DELETE_ON_ERROR:

compare: $(VENV)/installed
	$(BIN)/sidebyside run $(CONCEPTS)

test: $(VENV)/installed
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(PYTEST_ARGUMENTS)

# How fast NumPy and Keras are, on every backend that is installed; about an hour.
bench: $(VENV)/installed
	$(BIN)/sidebyside bench $(BENCH_ARGUMENTS)

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) results

# The stamp is written last, so that an install that was cut short is done again.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@
