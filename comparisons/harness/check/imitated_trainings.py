"""Known divergences that training shows: the NumPy half takes the steps and errs as Keras does.

What a backend gives there is what these steps give, but for rounding; anything else is new.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import numpy as np

from comparisons.harness.check.changing import changed
from comparisons.harness.check.imitations import Digits, in_order_of_time
from comparisons.harness.proof.calls import parts_of
from reference_numpy import layers, losses
from reference_numpy.models.model import Model

CUT = 20.0  # above it PyTorch's softplus is x

# Methods, whose they are, and what makes the other one of each.
Changes = Iterable[tuple[str, Iterable, Callable]]


@contextmanager
def erring_by(errors: Iterable[str], model: Model) -> Iterator[None]:
    """Meanwhile the model is trained with some of the `IMITATED`."""
    with ExitStack() as stack:
        for error in errors:
            for change in IMITATED[error](model):
                stack.enter_context(changed(*change))
        yield


def _masks_in_order_of_time(model: Model) -> Changes:
    """The loss leaves out the wrong steps of a recurrent layer that goes backwards."""
    change = partial(in_order_of_time, digits=Digits("float64", 0.0))
    return [("compute_mask", [layers.RNN], change)]


def _softplus_cut(model: Model) -> Changes:
    """log cosh d = d + softplus(−2d) − log 2, where softplus(x) is x above 20."""

    def cut(f):
        def other(self, t, y):
            value, error = f(self, t, y)
            lost = np.log1p(np.exp(2.0 * np.minimum(error, 0.0)))
            return np.where(-2.0 * error > CUT, value - lost, value), error

        return other

    def cut_derivative(df):
        return lambda self, error: np.where(-2.0 * error > CUT, -1.0, df(self, error))

    return [("f", [losses.LogCosh], cut), ("df", [losses.LogCosh], cut_derivative)]


def _gradients_added_up(model: Model) -> Changes:
    """Of the weights of one path Keras forgets the gradients of the last alone after a step."""
    records, paths = model.graph.plan(False).records, _paths(model)
    last = {paths[id(record)]: index for index, record in enumerate(records)}
    others = set(range(len(records))) - set(last.values())
    sums: dict[int, np.ndarray] = {}

    def adding(apply):
        def added(gradients, weights=None):
            for index in others:
                if gradients[index] is not None:
                    sums[index] = sums.get(index, 0.0) + gradients[index]
            apply([sums.get(index, own) for index, own in enumerate(gradients)], weights)

        return added

    return [("apply", [model.optimizer], adding)]


def _penalties_forgotten(model: Model) -> Changes:
    """TimeDistributed leaves the penalty on what its layer puts out."""
    within = [part.layer for part in parts_of(model) if isinstance(part, layers.TimeDistributed)]
    return [("activity_regularizer", within, lambda regularizer: None)]


def _factors_of_zero(model: Model) -> Changes:
    """The factors of a low-rank adaptation are both zero, so that neither has a gradient."""
    records = model.graph.plan(False).records
    factors = [index for index, record in enumerate(records) if record.name.startswith("lora_")]

    def standing_still(apply):
        def other(gradients, weights=None):
            for index in factors:
                records[index].value[...] = 0.0
            still = [0.0 * own if n in factors else own for n, own in enumerate(gradients)]
            apply(still, weights)

        return other

    return [("apply", [model.optimizer], standing_still)]


def _paths(model: Model) -> dict[int, str]:
    """The path of each weight that is read from a file: it begins within the innermost model."""
    paths: dict[int, str] = {}
    for part in parts_of(model):
        if isinstance(part, Model):
            records = part.weight_records
            paths.update(zip(map(id, records), part.weight_paths(records), strict=True))
    return paths


# By the name that a divergence's `where` gives as an argument of the optimizer.
IMITATED: dict[str, Callable[[Model], Changes]] = {
    "masks_in_order_of_time": _masks_in_order_of_time,
    "softplus_cut": _softplus_cut,
    "gradients_added_up": _gradients_added_up,
    "penalties_forgotten": _penalties_forgotten,
    "factors_of_zero": _factors_of_zero,
}
