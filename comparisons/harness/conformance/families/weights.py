"""What is done to weights: regularizers, with their gradients, and constraints."""

import numpy as np

import reference_numpy as rn
from comparisons.harness.conformance.families.trial import (
    Calculation,
    Family,
    Trial,
    made,
    sizes,
    title,
)
from comparisons.harness.conformance.weight_cases import CONSTRAINTS, REGULARIZERS, SIZES, WEIGHT


def penalty(case: tuple[str, dict], module, backend: str, dtype: str) -> Trial:
    """A regularizer's penalty and its gradient."""

    def quantities(jitter):
        ours, w = made(rn.regularizers, case), jitter(WEIGHT)  # its factor is in today's floatx
        return {"penalty": np.asarray(ours(w)), "gradient": ours.gradient(w)}

    def theirs():
        import keras

        regularizer, one = made(keras.regularizers, case), np.ones(())
        (value,), (gradient,), _ = module.outputs_and_gradients(
            regularizer, WEIGHT.astype(dtype), [], [one]
        )
        return {"penalty": value, "gradient": gradient}

    return Trial(Calculation(quantities), theirs, diverges="factors-of-regularizers-in-float64")


def projection(case: tuple[str, dict], module, backend: str, dtype: str) -> Trial:
    """What a constraint makes of small and large weights."""
    ours = made(rn.constraints, case)

    def theirs():
        import keras

        constraint = made(keras.constraints, case)
        return {
            f"weights of size {size}": keras.ops.convert_to_numpy(
                constraint(keras.ops.convert_to_tensor((size * WEIGHT).astype(dtype)))
            )
            for size in SIZES
        }

    def quantities(jitter):
        return {f"weights of size {size}": ours(size * jitter(WEIGHT)) for size in SIZES}

    return Trial(Calculation(quantities), theirs, scales=sizes)


REGULARIZER = Family([(case[0], title(case), case) for case in REGULARIZERS], penalty)
CONSTRAINT = Family([(case[0], title(case), case) for case in CONSTRAINTS], projection)
