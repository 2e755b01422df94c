"""Which optimizer a weight belongs to."""

import re
from collections.abc import MutableMapping

from reference_numpy.optimizers.loss_scale_optimizer import LossScaleOptimizer
from reference_numpy.optimizers.optimizer import Optimizer
from reference_numpy.serialization import Configurable


class OptimizerMap(Configurable, MutableMapping):
    """A dictionary from the paths of weights to optimizers, for `MultiOptimizer`.

    A key is a path such as `"encoder/dense/kernel"` or a regular expression that fits whole paths,
    `"encoder/.*"`. Every other path gives the default.

    Args:
        default_optimizer: the optimizer of the paths without a key.
        optimizer_map: dictionary to begin with.

    Raises:
        TypeError: if the default is no optimizer, or `optimizer_map` no dictionary.
        ValueError: for a key that is there already or no string, a value that is no optimizer (or
            one that holds others), and a path that fits more than one regular expression.
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None
    ):
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(
                f"default_optimizer must be an Optimizer instance. Received: {default_optimizer!r}"
            )
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"optimizer_map must be a dictionary. Received: {optimizer_map!r}")
        self.default_optimizer = default_optimizer
        self.optimizer_map: dict[str, Optimizer] = {}
        self.update(optimizer_map or {})

    def __getitem__(self, key):
        """The optimizer of a path."""
        if key in self.optimizer_map:
            return self.optimizer_map[key]
        fitting = [pattern for pattern in self.optimizer_map if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(f"Multiple optimizers assigned to variable {key}.")
        return self.optimizer_map[fitting[0]] if fitting else self.default_optimizer

    def __setitem__(self, key, optimizer):
        """Give a path or a regular expression its optimizer."""
        if key in self.optimizer_map:
            raise ValueError(
                f"'{key}' already exists in the OptimizerMap with value {self.optimizer_map[key]}."
            )
        if not isinstance(key, str):
            raise ValueError(f"key must be a string. Received: {key!r}")
        check_inner_optimizer(optimizer, key)
        self.optimizer_map[key] = optimizer

    def __delitem__(self, key):
        """Take a key out."""
        del self.optimizer_map[key]

    def __len__(self):
        """The number of keys."""
        return len(self.optimizer_map)

    def __iter__(self):
        """The keys."""
        return iter(self.optimizer_map)

    def __call__(self, path):
        """The optimizer of a path."""
        return self[path]


def check_inner_optimizer(optimizer, path):
    """Raise ValueError unless it is an optimizer that holds no others."""
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"Optimizer for '{path}' is not an Optimizer instance: {optimizer!r}")
    if isinstance(optimizer, LossScaleOptimizer) or hasattr(optimizer, "optimizers"):
        raise ValueError(
            f"Optimizer for '{path}' cannot be a {type(optimizer).__name__}, which holds others."
        )
