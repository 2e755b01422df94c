"""Learning rate schedules: the rate at many steps."""

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
from comparisons.harness.conformance.schedule_cases import CASES, STEPS


def quantities(schedule) -> dict[str, np.ndarray]:
    """The rates of one of the halves."""
    return {"rate": np.array([float(schedule(step)) for step in STEPS])}


def trial(case: tuple[str, dict], module, backend: str, dtype: str) -> Trial:
    """The rates of a case's schedule."""

    def theirs():
        import keras

        return quantities(made(keras.optimizers.schedules, case))

    ours = made(rn.optimizers.schedules, case)
    return Trial(
        Calculation(lambda jitter: quantities(ours)),
        theirs,
        diverges="schedules-in-float64",
        scales=sizes,
    )


FAMILY = Family([(case[0], title(case), case) for case in CASES], trial)
