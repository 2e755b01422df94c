"""What the oracle says, and how large the rounding of a correct computation may be of each."""

import sys

import numpy as np

from comparisons.harness.check.changing import changed
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import parts_of
from comparisons.harness.proof.layer_checks import Reference
from comparisons.harness.proof.training_checks import JITTERED_RUNS, ROUNDINGS
from reference_numpy import tree
from reference_numpy.layers import LayerNormalization

STEP = checks.UNIT_ROUNDOFF["float32"]
MEANS_MOVED = 3  # times, as other numbers are


def quantities_and_scales(
    reference: Reference, dtype: str, is_local: bool
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """The oracle's quantities, and the scale of each."""
    with np.errstate(all="ignore"):
        exact = reference.quantities()
        if is_local:
            scale = checks.scales(reference.quantities, exact)
        else:
            scale = checks.scales(reference.quantities, exact, JITTERED_RUNS, ROUNDINGS)
        _allow_for_nothing_left(scale, exact, reference)
        _allow_for_rounded_means(scale, exact, reference)
        if not is_local or dtype == "float64":  # of a layer in float32 `in_float32` tells
            _allow_for_cancelled_terms(scale, reference)
    for name, value in exact.items():
        if value.dtype.kind != "f":
            scale[name] = 0.0  # integers and texts agree or do not
    reference.restore()
    return exact, scale


def _allow_for_nothing_left(scale: dict, exact: dict, reference: Reference) -> None:
    """Give an input's gradient that is zero in every entry at least the scale of dy · y / x.

    What does not depend on how long x is, as x / ‖x‖ of one number, has a gradient whose terms are
    as large and leave nothing but rounding. Where y is 0, as behind a dead ReLU, none is allowed.
    """
    terms = [
        float(np.abs(c * exact[f"output {i}"]).max(initial=0.0))
        for i, c in enumerate(reference.cotangents)
        if c is not None
    ]
    inputs = [x for x in tree.flatten(reference.inputs) if x.dtype.kind == "f"]
    for index, x in enumerate(inputs):
        name = f"gradient of input {index}"
        if name in exact and not exact[name].any():
            shortest = np.abs(x[x != 0]).min(initial=np.inf)
            scale[name] = max(scale[name], max(terms) / shortest)


def _allow_for_rounded_means(scale: dict, exact: dict, reference: Reference) -> None:
    """Give what a layer normalization has by its x − μ at least the scale of rounding μ.

    Moving x does not show it where μ moves with it: of one number, less itself, 0 is left, but of
    x/σ − μ/σ the rounding of both, which PyTorch multiplies by dy for the gradient of γ.
    """
    if not any(isinstance(part, LayerNormalization) for part in parts_of(reference.layer)):
        return
    module = sys.modules[LayerNormalization.__module__]
    for seed in range(MEANS_MOVED):
        generator = np.random.default_rng(seed)

        def moving(normalize, generator=generator):
            def moved(rows, epsilon):
                normalized, inverse = normalize(rows, epsilon)
                step = generator.choice([-STEP, STEP], inverse.shape)
                return normalized + step * rows.mean(axis=1, keepdims=True) * inverse, inverse

            return moved

        with changed("normalize_rows", [module], moving):
            for name, value in reference.quantities().items():
                error = np.abs(value - exact[name]).max(initial=0.0) / STEP
                scale[name] = max(scale[name], error)


def _allow_for_cancelled_terms(scale: dict, reference: Reference) -> None:
    """Raise each gradient's scale to the largest of all.

    What is normalized twice, say, has gradients that cancel but for an epsilon, and tanh of large
    numbers the slope 1 - y²: their rounding is that of the terms that cancel, which are as large as
    the largest gradient, and those of a weight as many times larger as the inputs.
    """
    terms = [float(np.abs(c).max(initial=0.0)) for c in reference.cotangents if c is not None]
    gradients = [name for name in scale if name.startswith("gradient")]
    largest = max([*terms, *(scale[name] for name in gradients)], default=0.0)
    inputs = [np.abs(x) for x in tree.flatten(reference.inputs) if x.dtype.kind == "f"]
    times = max([1.0, *(float(x.max(initial=0.0)) for x in inputs)])
    for name in gradients:
        scale[name] = largest * (times if name.startswith("gradient of weight") else 1.0)
