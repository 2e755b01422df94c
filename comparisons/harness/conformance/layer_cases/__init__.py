"""The table of layer cases, one module a family; every module here adds its `CASES`."""

import importlib
import pkgutil

CASES = [
    case
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name != "case")
    for case in importlib.import_module(f"{__name__}.{module}").CASES
]
