"""Rungs 1 to 3 for one layer or model (a model is a layer): calculus, float64, float32.

`Reference` computes every quantity of one call in NumPy, `keras_quantities` the same in Keras.
"""

import numpy as np

from comparisons.harness.proof import checks
from comparisons.harness.proof.draws import numpy_draws, reseed, reset_states
from reference_numpy import tree

DRAWS_SEED = 7
STEP = 1e-4


class Reference:
    """One call of a layer of the reference, ready to be repeated with changed numbers.

    Args:
        layer: a built layer of the NumPy half in float64 or another dtype.
        inputs: an array, a list of arrays, or a dictionary of arrays.
        options: further arguments of the call (masks, `training`).
        named: whether a dictionary is the call's keyword arguments rather than one argument.
        seed: seed of the cotangents.
    """

    def __init__(self, layer, inputs, options=None, named=False, seed=1):
        self.layer, self.inputs, self.options, self.named = layer, inputs, options or {}, named
        self.start = layer.get_weights()
        outputs, _ = self.forward(inputs, self.start)
        generator = np.random.default_rng(seed)
        self.cotangents = [
            # Rounded to float32, so that every precision starts from the same numbers.
            generator.standard_normal(y.shape).astype("float32").astype(y.dtype)
            if y.dtype.kind == "f"
            else None
            for y in tree.flatten(outputs)
        ]

    def forward(self, inputs, weights):
        """Outputs and cache from these inputs and weights, with the same random draws each time."""
        self.layer.set_weights(weights)
        reseed(self.layer, DRAWS_SEED)
        return self.call(self.layer.forward, inputs)

    def restore(self):
        """Give the layer the weights back that it had."""
        self.layer.set_weights(self.start)

    def call(self, function, inputs):
        """`function` with the inputs given as this call gives them."""
        if self.named:
            return function(**inputs, **self.options)
        return function(inputs, **self.options)

    def quantities(self, jitter=lambda array: array):
        """Every quantity of the call by name, the inputs and weights passed through `jitter`."""
        inputs = tree.map_structure(jitter, self.inputs)
        outputs, cache = self.forward(inputs, [jitter(weight) for weight in self.start])
        named = {f"output {i}": y for i, y in enumerate(tree.flatten(outputs))}
        state = [weight.copy() for weight in self.layer.non_trainable_weights]
        if any(c is not None for c in self.cotangents):
            dx, grads = self.layer.backward(tree.pack_like(outputs, self.cotangents), cache)
            gradients = [
                np.zeros_like(x) if gradient is None else gradient
                for gradient, x in zip(
                    tree.flatten(self.input_gradients(dx)), tree.flatten(inputs), strict=True
                )
                if x.dtype.kind == "f"
            ]
            named.update({f"gradient of input {i}": g for i, g in enumerate(gradients)})
            named.update({f"gradient of {n}": g for n, g in zip(self.names(), grads, strict=True)})
        named.update({f"state {i} after the call": value for i, value in enumerate(state)})
        return named

    def input_gradients(self, dx):
        """The inputs' gradients in the structure of the inputs."""
        return dx

    def names(self):
        """A name for each trainable weight, in order."""
        records = self.layer.trainable_records
        return [f"weight {i} ({record.name})" for i, record in enumerate(records)]

    def calculus(self, what, step=STEP):
        """Rung 1: the backward pass against four-point differences along random directions.

        f′ ≈ (f(−2h) − 8 f(−h) + 8 f(h) − f(2h)) / 12h for f = Σ cotangent · output, float64.
        Where the differences with h and h/2 disagree, a kink lies in the way: h is made ten times
        smaller, which adds the rounding of f over h to the tolerance.
        """
        quantities = self.quantities()
        rounding = checks.FACTOR * checks.UNIT_ROUNDOFF["float64"] * self._magnitude()
        records = []
        for seed, (name, kind, index, value) in enumerate(self._differentiable()):
            size = max(1.0, float(np.abs(quantities[name]).sum()) ** 0.5)
            for turn in range(3):
                direction = checks.direction(3 * seed + turn, value.shape)
                for h in (step, step / 10, step / 100):
                    slope = self._difference(kind, index, direction, h)
                    tolerance = checks.CALCULUS_TOLERANCE * max(size, abs(slope))
                    tolerance = max(tolerance, rounding / h)
                    half = self._difference(kind, index, direction, h / 2)
                    if abs(slope - half) <= tolerance / 2:
                        break
                found = float(np.sum(quantities[name] * direction))
                record = checks.compare(what, name, "calculus", "float64", found, slope, tolerance)
                records.append(record)
        self.restore()
        return records

    def _magnitude(self):
        """Σ |cotangent · output|, which rounding is relative to."""
        outputs, _ = self.forward(self.inputs, self.start)
        pairs = zip(tree.flatten(outputs), self.cotangents, strict=True)
        return sum(float(np.abs(y * c).sum()) for y, c in pairs if c is not None)

    def _differentiable(self):
        """`(name, kind, index, value)` of every floating input and trainable weight."""
        if all(cotangent is None for cotangent in self.cotangents):
            return []
        trainable = set(map(id, self.layer.trainable_weights))
        inputs = [(i, x) for i, x in enumerate(tree.flatten(self.inputs)) if x.dtype.kind == "f"]
        weights = [(i, w) for i, w in enumerate(self.layer.weights) if id(w) in trainable]
        return [
            (f"gradient of input {place}", "input", index, x)
            for place, (index, x) in enumerate(inputs)
        ] + [
            (f"gradient of {name}", "weight", index, weight)
            for name, (index, weight) in zip(self.names(), weights, strict=True)
        ]

    def _difference(self, kind, index, direction, step):
        def total(distance):
            leaves, weights = list(tree.flatten(self.inputs)), list(self.start)
            moved = leaves if kind == "input" else weights
            moved[index] = moved[index] + distance * direction
            outputs, _ = self.forward(tree.pack_like(self.inputs, leaves), weights)
            pairs = zip(tree.flatten(outputs), self.cotangents, strict=True)
            return sum(float(np.sum(y * c)) for y, c in pairs if c is not None)

        far, near = total(-2 * step) - total(2 * step), total(step) - total(-step)
        return (far + 8 * near) / (12 * step)


def keras_quantities(backend, layer, reference):
    """Every quantity of the same call by Keras, named as `Reference.quantities` names them.

    Args:
        backend: a module of `comparisons.harness.backends`.
        layer: the built Keras layer or model; gets the reference's weights.
        reference: the `Reference` in the precision of `layer`.
    """
    layer.set_weights(reference.start)
    reset_states(layer)
    for part in layer._flatten_layers():
        if type(part).__name__ == "Normalization":
            part.finalize_state()  # it keeps copies of its weights, which set_weights forgets

    def call(inputs):
        with numpy_draws(DRAWS_SEED):
            return reference.call(layer, inputs)

    outputs, gradients, grads = backend.outputs_and_gradients(
        call, reference.inputs, layer.trainable_variables, reference.cotangents
    )
    named = {f"output {i}": y for i, y in enumerate(outputs)}
    if any(c is not None for c in reference.cotangents):
        named.update({f"gradient of input {i}": g for i, g in enumerate(gradients)})
        names = reference.names()
        named.update({f"gradient of {n}": g for n, g in zip(names, grads, strict=True)})
    state = [np.asarray(v) for v in layer.non_trainable_weights]
    named.update({f"state {i} after the call": value for i, value in enumerate(state)})
    return named
