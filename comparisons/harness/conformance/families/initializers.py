"""Initializers: the arrays that they make from the same random numbers."""

from functools import partial

import numpy as np

import reference_numpy as rn
from comparisons.harness.conformance.families.trial import Calculation, Family, Trial, sizes
from comparisons.harness.conformance.initializer_cases import CASES, InitializerCase
from comparisons.harness.proof.draws import numpy_draws

SEED = 11


def quantities(case: InitializerCase, jitter=None) -> dict[str, np.ndarray]:
    """An array of each shape by the NumPy half; nothing goes in that could be moved."""
    return {f"values of {shape}": case.make(rn, SEED)(shape, "float64") for shape in case.shapes}


def keras_quantities(case: InitializerCase, dtype: str) -> dict[str, np.ndarray]:
    """The same by Keras, which draws from NumPy's stream."""
    import keras

    found = {}
    for shape in case.shapes:
        with numpy_draws(SEED):
            values = case.make(keras, SEED)(shape, dtype)
        found[f"values of {shape}"] = keras.ops.convert_to_numpy(values)
    return found


def _scales(exact: dict) -> dict[str, float]:
    """Sines of whole turns are zero but for rounding, so the largest size is that of all."""
    return dict.fromkeys(exact, max(sizes(exact).values()))


def trial(case: InitializerCase, module, backend: str, dtype: str) -> Trial:
    """The arrays of a case."""
    return Trial(
        Calculation(partial(quantities, case)),
        lambda: keras_quantities(case, dtype),
        scales=_scales,
    )


FAMILY = Family([(case.initializer, case.id, case) for case in CASES], trial)
