"""Global settings under Keras's names: `floatx` (the default dtype) and `epsilon` (a constant)."""

from typing import Any

_FLOAT_DTYPES = ("float16", "float32", "float64")
_settings: dict[str, Any] = {"floatx": "float32", "epsilon": 1e-7}


def floatx() -> str:
    """Name of the dtype that layers use when none is given; `"float32"` unless set."""
    return _settings["floatx"]


def set_floatx(value: str) -> None:
    """Set the default dtype. Raises ValueError for anything but float16, float32 or float64."""
    if value not in _FLOAT_DTYPES:
        raise ValueError(f"Unknown `floatx` value: {value}. Expected one of {_FLOAT_DTYPES}.")
    _settings["floatx"] = value


def epsilon() -> float:
    """The small constant that keeps divisions and logarithms finite; `1e-7` unless set."""
    return _settings["epsilon"]


def set_epsilon(value: float) -> None:
    """Set the small constant used where no `epsilon` argument is given."""
    _settings["epsilon"] = float(value)
