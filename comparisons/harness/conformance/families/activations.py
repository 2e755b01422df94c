"""Activation functions: outputs and gradients, at their kinks and elsewhere."""

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.known import of_layer
from comparisons.harness.conformance.activation_cases import CASES, INPUTS
from comparisons.harness.conformance.families.trial import Family, Trial, sizes, title
from comparisons.harness.proof.calls import CallReference
from comparisons.harness.proof.layer_checks import keras_quantities


def trial(case_and_input, module, backend: str, dtype: str) -> Trial:
    """The function in a layer that is it and nothing else."""
    (name, arguments), x = case_and_input
    function = type(rn.activations.get(name))(**arguments)
    exact = CallReference(rn.layers.Activation(function, dtype="float64"), [x], {}, ())
    given = CallReference(exact.layer, [x], {}, ())
    given.inputs, given.cotangents = [x.astype(dtype)], [c.astype(dtype) for c in exact.cotangents]
    plain = rn.layers.Activation(name)  # its config names the function

    def theirs():
        import keras

        layer = keras.layers.Activation(
            lambda x: getattr(keras.activations, name)(x, **arguments), dtype=dtype
        )
        return keras_quantities(module, layer, given)

    def scales(quantities):
        # Some functions subtract the input from itself, so its own size is a scale as well. At the
        # kinks a measured scale would allow anything.
        return {key: max(size, np.abs(x).max()) for key, size in sizes(quantities).items()}

    return Trial(exact, theirs, lambda one: of_layer(plain, one, backend, dtype), scales=scales)


FAMILY = Family(
    [
        (case[0], f"{title(case)}, {kind}", (case, x))
        for case in CASES
        for kind, x in INPUTS.items()
    ],
    trial,
)
