"""Importing the package changes nothing of the process that it is imported into."""

import json
import subprocess
import sys

import pytest

import comparisons
import reference_numpy

# In a process of its own; what the standard library and NumPy bring along is there before.
SCRIPT = """
import ctypes, gc, json, locale, logging, os, random, signal, sys, threading, warnings
import numpy as np
import threadpoolctl

opened = []
class Library(ctypes.CDLL):
    def __init__(self, name, *arguments, **options):
        opened.append(name)
        super().__init__(name, *arguments, **options)

def state():
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "path": list(sys.path),
        "hooks": [sys.excepthook, sys.displayhook, threading.excepthook],
        "recursion": sys.getrecursionlimit(),
        "garbage": gc.get_threshold(),
        "locale": locale.setlocale(locale.LC_ALL),
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "warnings": list(warnings.filters),
        "logging": [logging.root.level, *logging.root.handlers],
        "threads": threading.enumerate(),
        "BLAS threads": threadpoolctl.threadpool_info(),
        "NumPy's errors": np.geterr(),
        "NumPy's print options": np.get_printoptions(),
        "NumPy's random state": np.random.get_state(),
        "Python's random state": random.getstate(),
    }

before = {name: repr(value) for name, value in state().items()}
ctypes.CDLL = Library
import reference_numpy
after = {name: repr(value) for name, value in state().items()}
changed = [name for name in before if after[name] != before[name]]
print(json.dumps([changed, opened, "h5py" in sys.modules]))
"""


def test_an_import_changes_nothing():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    changed, opened, files = json.loads(run.stdout)
    assert changed == []
    assert opened == [], "a library of the process was opened, as for a setting of its allocator"
    assert not files, "what only files need is imported with the first one"


def test_the_version():
    assert reference_numpy.__version__ == comparisons.__version__
    with pytest.raises(AttributeError, match="module 'reference_numpy' has no attribute 'nothing'"):
        reference_numpy.nothing  # noqa: B018
