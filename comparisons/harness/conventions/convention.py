"""One convention: what each half gives where a function has no derivative."""

import math
import re
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

import reference_numpy as rn
from reference_numpy import tree

DOCUMENT = "docs/conventions.md"


@dataclass(frozen=True)
class Convention:
    """A function, a point, and the gradients there.

    They are those of Σ i·yᵢ over the outputs, so that of equal entries they tell which one has it.

    Args:
        name: a function or class of Keras, `"ops.maximum"` or `"losses.Hinge"`.
        at: the values of each argument; a loss's are the target and the prediction.
        numpy: the NumPy half's gradients, all numbers of all arguments; a loss's of the prediction.
        tensorflow, jax, torch: those of Keras; None where they are the NumPy half's.
        options: what else the function or class is given.
    """

    name: str
    at: tuple
    numpy: tuple[float, ...]
    tensorflow: tuple[float, ...] | None = None
    jax: tuple[float, ...] | None = None
    torch: tuple[float, ...] | None = None
    options: dict = field(default_factory=dict)

    def gradient(self, implementation: str) -> tuple[float, ...]:
        """That of a column."""
        own = getattr(self, implementation.removeprefix("keras-"))
        return self.numpy if own is None else own

    def told(self, implementation: str) -> str:
        """That in words."""
        return ", ".join(map(_told, self.gradient(implementation)))

    @property
    def point(self) -> str:
        """The point in words."""
        points = (re.sub(r"\.0\b|,(?=\))", "", str(values)) for values in self.at)
        return "; ".join(points).replace("-", "−")

    @property
    def is_loss(self) -> bool:
        """Whether it is a loss, whose target is given."""
        return self.name.startswith("losses.")

    @property
    def call(self) -> str:
        """The call, as one writes it in Keras."""
        options = [f"{name}={value!r}" for name, value in self.options.items()]
        arguments = ["y_true", "y_pred"] if self.is_loss else ["x", "y"][: len(self.at)]
        if self._is_class:
            return f"{self.name}({', '.join(options)})({', '.join(arguments)})"
        return f"{self.name}({', '.join(arguments + options)})"

    @property
    def _is_class(self) -> bool:
        return self.name.partition(".")[2][0].isupper()

    def apply(self, tensors: list) -> object:
        """The function of Keras's tensors, symbolic ones too."""
        import keras

        module, _, name = self.name.partition(".")
        function = getattr(getattr(keras, module), name)
        if self._is_class:
            return function(**self.options)(*tensors)
        return function(*tensors, **self.options)

    def found_by_numpy(self) -> list[float]:
        """The NumPy half's gradients; its model is made from Keras's."""
        import keras

        inputs = self._inputs()
        if self.is_loss:
            loss = getattr(rn.losses, self.name.removeprefix("losses."))(**self.options)
            return _numbers([loss.gradient(*inputs)])
        tensors = [keras.Input(x.shape[1:]) for x in inputs]
        model = rn.models.from_keras(keras.Model(tensors, self.apply(tensors)))
        with np.errstate(all="ignore"):
            outputs, cache = model.forward(inputs)
            dx, _ = model.backward(tree.map_structure(_weights, outputs), cache)
        return _numbers(dx)

    def found_by_keras(self, backend: ModuleType) -> list[float]:
        """Keras's gradients on the backend of this process."""
        import keras

        inputs = self._inputs()
        given, inputs = (inputs[:1], inputs[1:]) if self.is_loss else ([], inputs)

        def call(tensors):
            return self.apply([*given, *tensors])

        outputs = keras.tree.flatten(call([keras.ops.convert_to_tensor(x) for x in inputs]))
        weights = [_weights(keras.ops.convert_to_numpy(y)) for y in outputs]
        return _numbers(backend.outputs_and_gradients(call, inputs, [], weights)[1])

    def _inputs(self) -> list[np.ndarray]:
        """The arguments as arrays of a single sample."""
        return [np.atleast_1d(np.asarray(values, "float32"))[None] for values in self.at]


def _told(number: float) -> str:
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "∞" if number > 0 else "−∞"
    mantissa, _, power = f"{number:.5g}".replace("-", "−").partition("e+0")
    return f"{mantissa}×10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[int(power)]}" if power else mantissa


def _weights(y: np.ndarray) -> np.ndarray | None:
    """1, 2, 3, … by which the outputs are weighted; None for integers."""
    y = np.asarray(y)
    weights = np.arange(1, y.size + 1).reshape(y.shape).astype(y.dtype)
    return weights if y.dtype.kind == "f" else None


def _numbers(gradients: list[np.ndarray]) -> list[float]:
    return [float(number) for gradient in gradients for number in np.ravel(gradient)]
