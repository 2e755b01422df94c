"""An introduced thing as the NumPy half writes it out, to be repeated with changed numbers."""

import inspect
from collections.abc import Callable
from functools import cached_property

import numpy as np

from comparisons.harness.catalogue import reference_half
from comparisons.harness.concept import Introduced
from comparisons.harness.proof import checks
from comparisons.harness.proof.layer_checks import DRAWS_SEED

STEP = 1e-4


class WrittenOut:
    """One introduced thing of the NumPy half, ready to be repeated with changed numbers.

    Args:
        name: the concept's name.
        introduced: what it declares.
    """

    def __init__(self, name: str, introduced: Introduced):
        self.name, self.introduced = name, introduced
        half = reference_half(name)
        self.function = getattr(half, introduced.name)
        self.backward, self.derivative, self.gradient = (
            getattr(half, f"{introduced.name}_{way}", None)
            for way in ("backward", "derivative", "gradient")
        )
        given = introduced.arguments(0)
        self.is_rule = "gradients" in given
        parameters = dict(inspect.signature(self.function).parameters)
        self.draws = parameters.pop("generator", None) is not None
        self.typed = parameters.pop("dtype", None) is not None
        if self.is_rule:  # it is given one gradient after another
            w, g, *_ = parameters
            parameters["gradients"] = parameters.pop(g)
        for key, parameter in parameters.items():
            if key not in given and parameter.default is inspect.Parameter.empty:
                raise ValueError(f"{name}: `arguments` of '{introduced.name}' lack {key}")
        self.given = {key: given[key] for key in parameters if key in given}
        self.others = {key: value for key, value in given.items() if key not in self.given}
        # Rounded to float32, so that every precision starts from the same numbers.
        self.arrays = {
            key: value.astype("float32").astype("float64") if value.dtype.kind == "f" else value
            for key, value in self.given.items()
            if isinstance(value, np.ndarray)
        }
        self.floats = [key for key, value in self.arrays.items() if value.dtype.kind == "f"]
        generator, count = np.random.default_rng(1), self.differentiated_outputs
        outputs = self.outputs(self.cast("float64"))[0] if count else []
        self.cotangents = [
            generator.standard_normal(y.shape).astype("float32").astype("float64")
            for y in outputs[:count]
        ]

    @cached_property
    def oracle(self) -> dict:
        """Outputs and gradients in float64, by name."""
        return self.quantities()

    @property
    def differentiated_outputs(self) -> int:
        """How many outputs, the first ones, backward takes a gradient for."""
        if self.is_rule:
            return 0
        if self.backward:
            parameters = list(inspect.signature(self.backward).parameters)
            return parameters.index("cache")
        return int(self.derivative is not None)

    @property
    def number_of_outputs(self) -> int:
        """How many outputs there are, those counted in that are a layer's state after the call."""
        return sum(name.startswith("output") for name in self.oracle)

    @property
    def differentiated(self) -> list[str]:
        """The arguments that have a gradient."""
        if self.gradient:
            return ["y_pred"]
        if self.derivative:
            return self.floats[:1]
        return self.floats if self.backward else []

    def cast(self, dtype: str, change: Callable = lambda array: array) -> dict:
        """The arguments in a precision, the arrays of floats passed through `change`, read-only."""
        found = dict(self.given)
        for key, value in self.arrays.items():
            # A change makes a bare number of an array without axes.
            found[key] = np.array(change(value), dtype) if key in self.floats else value.copy()
            found[key].flags.writeable = False
        return found | ({"dtype": dtype} if self.typed else {})

    def outputs(self, arguments: dict) -> tuple[list[np.ndarray], object]:
        """The outputs as a list, and the cache where there is one."""
        drawn = {"generator": np.random.default_rng(DRAWS_SEED)} if self.draws else {}
        found, cache = self.function(**arguments, **drawn), None
        if self.backward:
            found, cache = found
        return [np.asarray(y) for y in (found if isinstance(found, tuple) else (found,))], cache

    def quantities(self, dtype: str = "float64", change: Callable = lambda array: array) -> dict:
        """Outputs and gradients by name."""
        arguments = self.cast(dtype, change)
        if self.is_rule:
            return {"weights after each step": self.path(arguments)}
        outputs, cache = self.outputs(arguments)
        named = name_outputs(outputs)
        dys = [dy.astype(dtype) for dy in self.cotangents]
        gradients = ()
        if self.backward:
            gradients = self.backward(*dys, cache)
        elif self.derivative:
            options = {k: v for k, v in arguments.items() if k not in self.arrays}
            accepted = inspect.signature(self.derivative).parameters
            options = {k: v for k, v in options.items() if k in accepted}
            gradients = dys[0] * self.derivative(arguments[self.floats[0]], **options)
        elif self.gradient:
            gradients = self.gradient(**arguments)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        return named | {
            f"gradient of {key}": gradient
            for key, gradient in zip(self.differentiated, gradients)
            if gradient is not None
        }

    def path(self, arguments: dict) -> np.ndarray:
        """The weights before and after each step of an update rule."""
        options = dict(arguments)
        w, gradients = options.pop(next(iter(options))), options.pop("gradients")
        path = [w]
        for g in gradients:
            w, *state = as_tuple(self.function(w, g, **options))
            options.update(zip(list(options), state))
            path.append(w)
        return np.stack(path)

    def calculus(self) -> list[checks.Record]:
        """The written-out gradients against four-point differences, along random directions."""
        records, arguments = [], self.cast("float64")

        def total(key, distance, direction):
            moved = {**arguments, key: arguments[key] + distance * direction}
            outputs, _ = self.outputs(moved)
            if self.gradient:
                return float(outputs[0])
            return sum(float(np.sum(y * dy)) for y, dy in zip(outputs, self.cotangents))

        for seed, key in enumerate(self.differentiated):
            if f"gradient of {key}" not in self.oracle:
                continue
            gradient = self.oracle[f"gradient of {key}"]
            direction = checks.direction(seed, gradient.shape)
            far = total(key, -2 * STEP, direction) - total(key, 2 * STEP, direction)
            near = total(key, STEP, direction) - total(key, -STEP, direction)
            slope = (far + 8 * near) / (12 * STEP)
            size = max(1.0, float(np.abs(gradient).sum()) ** 0.5, abs(slope))
            records.append(
                checks.compare(
                    self.what,
                    f"gradient of {key}",
                    "calculus",
                    "float64",
                    float(np.sum(gradient * direction)),
                    slope,
                    checks.CALCULUS_TOLERANCE * size,
                )
            )
        return records

    @property
    def what(self) -> str:
        """What the records call it."""
        return f"{self.name}: {self.introduced.name}"

    @cached_property
    def scale(self) -> dict:
        """How far apart correct computations of it may be, in units of roundoff."""
        return checks.scales(lambda change: self.quantities(change=change), self.oracle)


def as_tuple(value) -> tuple:
    """A tuple or list as a tuple, anything else as the only member of one."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def name_outputs(outputs: list) -> dict:
    """The outputs by name; their number is left out where there is only one."""
    if len(outputs) == 1:
        return {"output": outputs[0]}
    return {f"output {number}": y for number, y in enumerate(outputs)}
