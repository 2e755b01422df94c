"""The table of operations in graphs: one module for each of `reference_numpy/operations`."""

import importlib
import pkgutil

CASES = [
    case
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name != "case")
    for case in importlib.import_module(f"{__name__}.{module}").CASES
]
