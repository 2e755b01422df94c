"""Which known divergence of Keras a difference is."""

from collections.abc import Iterator

from comparisons.harness.divergences import DIVERGENCES, Divergence
from comparisons.harness.proof.allowances import factor
from comparisons.harness.proof.checks import FACTOR
from reference_numpy.layers.layer import Layer


def of_training(
    optimizer: str, of: str, stateful: bool, backend: str, dtype: str, needed: float
) -> Divergence | None:
    """The known divergence that explains a difference in training, or None.

    Args:
        optimizer: its class.
        of: the class of the layer whose weights differ.
        stateful: whether the model has layers that keep states from batch to batch.
        needed: the error in units of the ordinary tolerance.
    """
    arguments = {"name": optimizer, "of": of, "stateful": stateful}
    return _tightest([("Optimizer", arguments)], backend, dtype, "", needed)


def of_layer(
    layer: Layer, name: str, backend: str, dtype: str, needed: float, masked: bool = False
) -> Divergence | None:
    """The known divergence that explains a difference, or None.

    Args:
        layer: the oracle's, whose parts may explain it too.
        name: the quantity's name.
        needed: the error in units of the ordinary tolerance.
        masked: whether the call is given masks.
    """
    parts = [
        (type(part).__name__, {**part.get_config(), "masked": masked}) for part in parts_of(layer)
    ]
    return _tightest(parts, backend, dtype, name, needed)


def parts_of(layer: Layer) -> Iterator[Layer]:
    """The layer, and all that are within it."""
    yield layer
    for part in layer.sublayers:
        yield from parts_of(part)


def _tightest(parts, backend: str, dtype: str, name: str, needed: float) -> Divergence | None:
    """Of those that explain the error the one that explains the least."""
    found = [
        known
        for known in DIVERGENCES.values()
        if any(known.meets(backend, *part, dtype, name) for part in parts)
        and needed * FACTOR <= factor(known.shows, dtype)
    ]
    return min(found, key=lambda known: factor(known.shows, dtype), default=None)
