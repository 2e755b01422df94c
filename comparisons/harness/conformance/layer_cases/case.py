"""One row of the table that drives every generic check of a layer."""

from dataclasses import dataclass, field

import numpy as np

from reference_numpy import tree


@dataclass(frozen=True)
class Case:
    """A layer, how it is made and what it is called on.

    Args:
        layer: class name, the same in both halves.
        arguments: constructor arguments as plain values or Keras configs (never objects).
        inputs: the first input, or several. A tuple of integers is the shape of a floating array
            drawn from N(0, 1); an array is taken as it is (integers, masks). A list of those is a
            layer that takes a list (`Add`); a dictionary is a layer of named inputs
            (`{"query": (2, 3, 4), "value": (2, 5, 4)}`), each a shape, an array or a list of them.
        call: further arguments of the call that are no inputs (masks, `return_attention_scores`).
        label: what this row is about, a few words.
        training: the values of `training` to check.
        away_from: values that the drawn inputs must keep away from, since the layer has no
            derivative there.
        positive: draw the inputs from (0.5, 1.5) instead of N(0, 1).
        calculus: whether backward in training is the derivative of forward; False where the layer
            takes a part of its computation as constant (the note says which).
        note: the reason, where `calculus` is False.
    """

    layer: str
    arguments: dict = field(default_factory=dict)
    inputs: object = (2, 3)
    call: dict = field(default_factory=dict)
    label: str = ""
    training: tuple = (False,)
    away_from: tuple = ()
    positive: bool = False
    calculus: bool = True
    note: str = ""

    @property
    def id(self):
        """The row's name in a test report."""
        arguments = ",".join(f"{k}={v}" for k, v in self.arguments.items())
        return f"{self.layer}-{self.label or arguments or 'default'}"[:90]

    def config(self, dtype):
        """The constructor's arguments for a layer of `dtype`, the layers inside it included.

        A dtype of the case's own stays (None: the layer takes none); inside, float32 counts as
        nothing said.
        """
        inner = self.arguments.get("dtype") or dtype
        arguments = {name: _in_dtype(value, inner) for name, value in self.arguments.items()}
        config = {"dtype": dtype, **arguments}
        if config["dtype"] is None:
            del config["dtype"]
        return config

    def draw(self, dtype="float64", seed=0):
        """The inputs as arrays of `dtype`; the same numbers, rounded, for every dtype."""
        generator = np.random.default_rng(seed)

        def draw_one(entry):
            if isinstance(entry, list):
                return [draw_one(part) for part in entry]
            if isinstance(entry, np.ndarray):
                return entry.astype(dtype) if entry.dtype.kind == "f" else entry
            if self.positive:
                values = generator.uniform(0.5, 1.5, entry)
            else:
                values = generator.standard_normal(entry)
            for kink in self.away_from:
                near = np.abs(values - kink) < 0.05
                values = np.where(near, kink + 0.1, values)
            # Rounded to float32, so that both precisions start from the same numbers.
            return values.astype("float32").astype(dtype)

        if isinstance(self.inputs, dict):
            return {name: draw_one(entry) for name, entry in self.inputs.items()}
        return draw_one(self.inputs)

    def bind(self, inputs):
        """`(args, kwargs)` of the layer's call for drawn `inputs`."""
        if isinstance(inputs, dict):
            return (), {**inputs, **self.call}
        return (inputs,), dict(self.call)


def leaves(inputs):
    """The arrays among the inputs, in order."""
    return [leaf for leaf in tree.flatten(inputs) if isinstance(leaf, np.ndarray)]


def _in_dtype(value, dtype):
    """An argument's value, with `dtype` in the configs of layers that it holds."""
    if isinstance(value, list):
        return [_in_dtype(item, dtype) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: _in_dtype(item, dtype) for name, item in value.items()}
    if value.get("module") != "keras.layers":
        return value
    own = value["config"].get("dtype")
    own = own["config"]["name"] if isinstance(own, dict) else own
    if own in (None, "float32"):
        value["config"] = {**value["config"], "dtype": dtype}
    return value
