"""What a concept introduces, proven three ways: written out, the library's fast form, and Keras's.

Written out in float64 it is the oracle, once it agrees with calculus. The library's class is made
from the Keras object's config, so that both have the same arguments.
"""

import inspect
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import ModuleType

import numpy as np

import reference_numpy as rn
from comparisons.harness import checks, divergences
from comparisons.harness.catalogue import keras_half, reference_half
from comparisons.harness.concept import Introduced
from comparisons.harness.draws import numpy_draws, reseed
from comparisons.harness.layer_checks import DRAWS_SEED
from comparisons.harness.precision import PRECISIONS, precision
from reference_numpy import serialization

STEP = 1e-4
LIBRARY = Path(rn.__file__).parent
# What every layer has in common, or how work is shared out: not what a reader looks for.
COMMON = (
    *("layers/layer.py", "layers/penalties.py", "losses/loss.py", "losses/reduction.py"),
    *("optimizers/optimizer.py", "optimizers/state.py", "optimizers/clipping.py"),
    *("serialization.py", "dtype_policies.py", "config.py", "tree.py"),
    *("ops/threads.py", "ops/blas.py", "concepts"),
)


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
            found[key] = change(value).astype(dtype) if key in self.floats else value.copy()
            found[key].flags.writeable = False
        return found

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
        slopes = ()
        if self.backward:
            slopes = self.backward(*dys, cache)
        elif self.derivative:
            options = {k: v for k, v in arguments.items() if k not in self.arrays}
            accepted = inspect.signature(self.derivative).parameters
            options = {k: v for k, v in options.items() if k in accepted}
            slopes = dys[0] * self.derivative(arguments[self.floats[0]], **options)
        elif self.gradient:
            slopes = self.gradient(**arguments)
        slopes = slopes if isinstance(slopes, tuple) else (slopes,)
        return named | {
            f"gradient of {key}": slope for key, slope in zip(self.differentiated, slopes)
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
            direction = np.random.default_rng(seed).standard_normal(gradient.shape)
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


def check_written_out(name: str, introduced: Introduced) -> list[checks.Record]:
    """Rung 1, the NumPy half's own: calculus, and float32 against float64."""
    written = WrittenOut(name, introduced)
    found = written.quantities("float32")
    records = [] if introduced.kinks else written.calculus()
    records += checks.compare_all(
        written.what, "written out", "float32", written.oracle, found, written.scale
    )
    for where, value in found.items():
        if written.oracle[where].dtype == "float64" and value.dtype != "float32":
            reason = f"{value.dtype} came out where float32 went in"
            record = (written.what, where, "written out", "float32", np.inf, 0.0, np.inf, False)
            records.append(checks.Record(*record, reason))
    return records


def check(
    name: str, introduced: Introduced, column: str, backend: ModuleType
) -> tuple[list[checks.Record], list[dict]]:
    """Rungs 2 and 3: the library and Keras against what is written out.

    Returns:
        The records, and the library's functions that really ran, `{"module", "name"}` each.
    """
    written = WrittenOut(name, introduced)
    records, ran = [], {}
    for dtype in PRECISIONS:
        with precision(dtype):
            made = keras_object(written)
            known = _known(made, column, dtype, written.oracle)
            found = _keras_quantities(made, written, dtype, backend)
            records += checks.compare_all(
                written.what, column, dtype, written.oracle, found, written.scale, known
            )
            library = library_object(made)
            if library is not None:
                found = _library_quantities(library, made, written, dtype, ran)
                records += checks.compare_all(
                    written.what, "library", dtype, written.oracle, found, written.scale
                )
    return records, [{"module": module, "name": name} for module, name in ran]


def keras_object(written: WrittenOut):
    """What the Keras half's function of the same name returns for the arguments that it names."""
    function = getattr(keras_half(written.name), written.introduced.name)
    arguments = {**written.given, **written.others}
    return function(**{key: arguments[key] for key in inspect.signature(function).parameters})


def library_object(made):
    """The library's counterpart of a Keras object, or None where there is none."""
    import keras

    if isinstance(made, (keras.Layer, keras.Loss, keras.optimizers.Optimizer)):
        return serialization.deserialize(keras.saving.serialize_keras_object(made))
    name = getattr(made, "__name__", "")
    if getattr(keras.activations, name, None) is made:
        return rn.layers.Activation(name)
    return None


def _known(made, column: str, dtype: str, quantities: dict) -> dict:
    """The tolerances that a known divergence of Keras widens, by quantity."""
    import keras

    if isinstance(made, keras.Layer):
        subject = type(made).__name__, made.get_config()
    elif isinstance(made, keras.optimizers.Optimizer):
        subject = "Optimizer", {"name": type(made).__name__}
    else:
        subject = "Activation", {"activation": getattr(made, "__name__", "")}
    found = {name: divergences.exception(column, *subject, dtype, name) for name in quantities}
    return {name: exception for name, exception in found.items() if exception}


def _keras_quantities(made, written: WrittenOut, dtype: str, backend: ModuleType) -> dict:
    import keras

    arguments = written.cast(dtype)
    if isinstance(made, keras.optimizers.Optimizer):
        variable = keras.Variable(arguments["w"], dtype=dtype)
        path = [arguments["w"]]
        for g in arguments["gradients"]:
            made.apply([keras.ops.convert_to_tensor(g, dtype=dtype)], [variable])
            path.append(variable.numpy().copy())
        return {"weights after each step": np.stack(path)}
    arrays = {key: arguments[key] for key in written.arrays}
    if isinstance(made, keras.Loss):
        inputs, weights = [arrays["y_pred"]], []
        names, dys = ["y_pred"], [np.ones((), dtype)]

        def call(tensors):
            return made(arrays["y_true"], tensors[0])
    elif isinstance(made, keras.Layer):
        given = list(arrays.values())
        inputs, values = given[: written.introduced.inputs], given[written.introduced.inputs :]
        training = "training" in inspect.signature(made.call).parameters
        options = {"training": written.introduced.training} if training else {}
        if not made.built:
            made(*inputs, **({"training": False} if training else {}))
        made.set_weights([*values, *made.get_weights()[len(values) :]])
        weights = made.trainable_variables
        names = [key for key in list(arrays)[: len(inputs)] if key in written.floats]
        names += list(arrays)[len(inputs) :][: len(weights)]
        dys = [dy.astype(dtype) for dy in written.cotangents]

        def call(tensors):
            return made(*tensors, **options)
    else:
        inputs, weights, names = list(arrays.values()), [], written.floats
        dys = [dy.astype(dtype) for dy in written.cotangents]

        def call(tensors):
            return made(*tensors)

    def padded(tensors):
        with numpy_draws(DRAWS_SEED):
            outputs = keras.tree.flatten(call(tensors))
        dys.extend([None] * (len(outputs) - len(dys)))
        return outputs

    outputs, slopes, grads = backend.outputs_and_gradients(padded, inputs, weights, dys)
    if isinstance(made, keras.Layer):
        outputs = outputs + [np.asarray(value) for value in made.non_trainable_weights]
    named = name_outputs(outputs[: len(written.outputs(written.cast("float64"))[0])])
    slopes = dict(zip(names, [*slopes, *grads]))
    wanted = [n.removeprefix("gradient of ") for n in written.oracle if "gradient" in n]
    return named | {f"gradient of {key}": slopes[key] for key in wanted if key in slopes}


def _library_quantities(library, made, written: WrittenOut, dtype: str, ran: dict) -> dict:
    arguments = written.cast(dtype)
    if isinstance(library, rn.optimizers.Optimizer):
        w = arguments["w"].copy()
        path = [w.copy()]
        for g in arguments["gradients"]:
            with traced(ran):
                library.apply([g], [w])
            path.append(w.copy())
        return {"weights after each step": np.stack(path)}
    arrays = {key: arguments[key] for key in written.arrays}
    if isinstance(library, rn.losses.Loss):
        with traced(ran):
            value, gradient = library(**arrays), library.gradient(**arrays)
        return {"output": np.asarray(value), "gradient of y_pred": gradient}
    given, count = list(arrays.values()), written.introduced.inputs
    parameters = list(inspect.signature(made.call if hasattr(made, "call") else made).parameters)
    inputs = given[0] if count == 1 else dict(zip(parameters, given[:count]))
    training = "training" in inspect.signature(library.forward).parameters
    options = {"training": written.introduced.training} if training else {}
    if not library.built:
        if count == 1:
            library.build(given[0].shape)
        else:
            library.build(**{f"{key}_shape": x.shape for key, x in inputs.items()})
    library.set_weights([*given[count:], *library.get_weights()[len(given) - count :]])
    reseed(library, DRAWS_SEED)
    with traced(ran):
        y, cache = (
            library.forward(inputs, **options)
            if count == 1
            else library.forward(**inputs, **options)
        )
    outputs = [np.asarray(value) for value in as_tuple(y)]
    dys = [dy.astype(dtype) for dy in written.cotangents[: len(outputs)]]
    dys += [np.zeros_like(value) for value in outputs[len(dys) :]]
    named = name_outputs([*outputs, *(w.copy() for w in library.non_trainable_weights)])
    named = {name: value for name, value in named.items() if name in written.oracle}
    if not any("gradient" in name for name in written.oracle):
        return named
    with traced(ran):
        dx, grads = library.backward(dys[0] if len(dys) == 1 else tuple(dys), cache)
    slopes = [dx] if count == 1 else [dx[key] for key in inputs]
    slopes = dict(zip(arrays, [*slopes, *grads]))
    return named | {
        name: slopes[name.removeprefix("gradient of ")]
        for name in written.oracle
        if "gradient" in name
    }


def as_tuple(value) -> tuple:
    """A tuple or list as a tuple, anything else as the only member of one."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def name_outputs(outputs: list) -> dict:
    """The outputs by name; their number is left out where there is only one."""
    if len(outputs) == 1:
        return {"output": outputs[0]}
    return {f"output {number}": y for number, y in enumerate(outputs)}


@contextmanager
def traced(ran: dict):
    """Note the library's functions that run meanwhile as keys `(module, name)` of `ran`."""

    def watch(frame, event, argument):
        if event != "call" or not frame.f_code.co_filename.startswith(str(LIBRARY)):
            return
        path = Path(frame.f_code.co_filename).relative_to(LIBRARY).as_posix()
        name = frame.f_code.co_qualname.partition(".<locals>")[0]
        if path.startswith(COMMON) or name.startswith("<") or "__" in name:
            return
        if name.endswith((".build", ".create_slots")):
            return
        ran.setdefault((f"{rn.__name__}.{path.removesuffix('.py').replace('/', '.')}", name))

    before = sys.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
        threading.setprofile(None)
