"""The types that public signatures are annotated with."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray
#: what `np.asarray` makes an array of numbers or texts of
ArrayLike = np.ndarray | Sequence[Any] | float
#: sizes of axes, None where the size is not known
Shape = tuple[int | None, ...]
#: an array or a symbolic tensor, or lists, tuples and dictionaries of them
Structure = Any
#: what `get_config` gives
Config = dict[str, Any]
#: a part, such as an initializer: its name, config or class, itself or a function; None for none
Named = str | Config | Callable[..., Any] | None
#: the name of a dtype or of a policy, a NumPy dtype, a policy or its config; None for the default
DType = Any
#: a number, a schedule, or a function without arguments
LearningRate = float | Callable[..., float]
