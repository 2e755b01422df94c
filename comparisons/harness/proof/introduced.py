"""What a concept introduces, proven three ways: written out, the library's fast form, and Keras's.

Written out in float64 it is the oracle, once it agrees with calculus. The library's class is made
from the Keras object's config, so that both have the same arguments.
"""

import functools
import inspect
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np

import reference_numpy as rn
from comparisons.harness.catalogue import keras_half
from comparisons.harness.concept import Introduced
from comparisons.harness.proof import allowances, checks
from comparisons.harness.proof.draws import numpy_draws, reseed
from comparisons.harness.proof.layer_checks import DRAWS_SEED
from comparisons.harness.proof.precision import PRECISIONS, precision
from comparisons.harness.proof.written_out import WrittenOut, as_tuple, name_outputs
from reference_numpy import serialization
from reference_numpy.models.live_state import complete_compiled

LIBRARY = Path(rn.__file__).parent
# What every layer has in common, or how work is shared out: not what a reader looks for.
COMMON = (
    *("layers/layer.py", "layers/input_spec.py", "layers/penalties.py"),
    *("losses/loss.py", "losses/reduction.py"),
    *("optimizers/optimizer.py", "optimizers/state.py", "optimizers/clipping.py"),
    *("serialization.py", "dtype_policies.py", "config.py", "tree.py"),
    *("kernels/threads.py", "kernels/blas.py", "concepts"),
)


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
            lacking = _lacks_float64(made, column) if dtype == "float64" else ""
            if lacking:
                record = (written.what, "", column, dtype, 0.0, 0.0, 0.0, True, lacking)
                records.append(checks.Record(*record, ran=False))
            else:
                known = _known(made, column, dtype, written.oracle)
                run = functools.partial(_keras_quantities, made, written, dtype, backend)
                records += checks.compare_run(
                    written.what, column, dtype, written.oracle, run, written.scale, known
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
    """The library's counterpart of a Keras object, or None where there is none.

    A class that a Keras half defines itself, a loss or layer of one's own, has none. An initializer
    draws from the stream that Keras's and the written-out one draw from.
    """
    import keras

    kinds = keras.Layer, keras.Loss, keras.optimizers.Optimizer
    kinds += keras.Initializer, keras.Regularizer
    kinds += (keras.optimizers.schedules.LearningRateSchedule,)
    if isinstance(made, kinds):
        config = keras.saving.serialize_keras_object(made)
        if serialization.public_module(config["module"]) not in serialization.FAMILIES:
            return None
        if isinstance(made, keras.Initializer) and "seed" in config["config"]:
            config["config"]["seed"] = DRAWS_SEED
        if isinstance(made, keras.Loss):
            complete_compiled(config, made)  # a loss's config leaves some arguments out
        return serialization.deserialize(config)
    name = getattr(made, "__name__", "")
    if getattr(keras.activations, name, None) is made:
        return rn.layers.Activation(name)
    return None


def _lacks_float64(made, column: str) -> str:
    """Why the column does not have this layer in float64; `""` where it has."""
    import keras

    if not isinstance(made, keras.Layer):
        return ""
    return allowances.best_precision(column, type(made).__name__, made.get_config())[1]


def _known(made, column: str, dtype: str, quantities: dict) -> dict:
    """The tolerances that a known divergence of Keras widens, by quantity."""
    import keras

    if isinstance(made, keras.Layer):
        subject = type(made).__name__, made.get_config()
    elif isinstance(made, keras.optimizers.Optimizer):
        subject = "Optimizer", {"name": type(made).__name__}
    else:
        subject = "Activation", {"activation": getattr(made, "__name__", "")}
    found = {name: allowances.widened(column, *subject, dtype, name) for name in quantities}
    return {name: exception for name, exception in found.items() if exception}


def _keras_quantities(made, written: WrittenOut, dtype: str, backend: ModuleType) -> dict:
    import keras

    arguments = written.cast(dtype)
    if isinstance(made, keras.Initializer):
        with numpy_draws(DRAWS_SEED):
            return {"output": keras.ops.convert_to_numpy(made(arguments["shape"], dtype))}
    if isinstance(made, keras.optimizers.schedules.LearningRateSchedule):
        # Of Python's numbers it would make float32.
        cast, config = np.dtype(dtype).type, made.get_config()
        config = {k: cast(v) if isinstance(v, float) else v for k, v in config.items()}
        schedule = type(made).from_config(config)
        rates = [keras.ops.convert_to_numpy(schedule(step)) for step in arguments["step"]]
        return {"output": np.array(rates)}
    if isinstance(made, keras.optimizers.Optimizer):
        variable = keras.Variable(arguments["w"], dtype=dtype)
        path = [arguments["w"]]
        for g in arguments["gradients"]:
            _step(made, keras.ops.convert_to_tensor(g, dtype=dtype), variable)
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
        listed = _takes_a_list(made, len(inputs))
        if not made.built:
            first = [inputs] if listed else inputs
            made(*first, **({"training": False} if training else {}))
        made.set_weights([*values, *made.get_weights()[len(values) :]])
        weights = made.trainable_variables
        names = [key for key in list(arrays)[: len(inputs)] if key in written.floats]
        own = zip(list(arrays)[len(inputs) :], made.weights)
        names += [key for key, weight in own if weight.trainable]
        dys = [dy.astype(dtype) for dy in written.cotangents]

        def call(tensors):
            return made(*([tensors] if listed else tensors), **options)
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

    outputs, gradients, grads = backend.outputs_and_gradients(padded, inputs, weights, dys)
    if isinstance(made, keras.Layer):
        outputs = outputs + [np.asarray(value) for value in made.non_trainable_weights]
    named = name_outputs(outputs[: written.number_of_outputs])
    gradients = dict(zip(names, [*gradients, *grads]))
    wanted = [n.removeprefix("gradient of ") for n in written.oracle if "gradient" in n]
    return named | {f"gradient of {key}": gradients[key] for key in wanted if key in gradients}


def _step(optimizer, gradient, variable) -> None:
    """One step of a Keras optimizer, as its backend's `fit` takes it."""
    import keras

    if keras.config.backend() != "jax":
        optimizer.apply([gradient], [variable])
        return
    # On JAX a condition (has a gradient overflowed?) cannot write to variables.
    if not optimizer.built:
        optimizer.build([variable])
    before = [own.value for own in optimizer.variables]
    (weight,), state = optimizer.stateless_apply(before, [gradient], [variable.value])
    variable.assign(weight)
    for own, value in zip(optimizer.variables, state):
        own.assign(value)


def _library_quantities(library, made, written: WrittenOut, dtype: str, ran: dict) -> dict:
    arguments = written.cast(dtype)
    if isinstance(library, rn.initializers.Initializer):
        with traced(ran):
            return {"output": library(arguments["shape"], dtype)}
    if isinstance(library, rn.optimizers.schedules.LearningRateSchedule):
        with traced(ran):
            return {"output": np.array([library(step) for step in arguments["step"]], dtype)}
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
    if isinstance(library, rn.regularizers.Regularizer):
        ((name, w),) = arrays.items()
        with traced(ran):
            value, gradient = library(w), library.gradient(w)
        (dy,) = (dy.astype(dtype) for dy in written.cotangents)
        return {"output": np.asarray(value), f"gradient of {name}": dy * gradient}
    given, count = list(arrays.values()), written.introduced.inputs
    parameters = list(inspect.signature(made.call if hasattr(made, "call") else made).parameters)
    if count == 1:
        inputs, shapes = given[0], given[0].shape
    elif _takes_a_list(made, count):
        inputs, shapes = given[:count], [x.shape for x in given[:count]]
    else:
        inputs = dict(zip(parameters, given[:count]))
        shapes = {f"{key}_shape": x.shape for key, x in inputs.items()}
    named = isinstance(inputs, dict)
    training = "training" in inspect.signature(library.forward).parameters
    options = {"training": written.introduced.training} if training else {}
    if not library.built:
        library.build(**shapes) if named else library.build(shapes)
    library.set_weights([*given[count:], *library.get_weights()[len(given) - count :]])
    reseed(library, DRAWS_SEED)
    with traced(ran):
        y, cache = (
            library.forward(**inputs, **options) if named else library.forward(inputs, **options)
        )
    outputs = [np.asarray(value) for value in as_tuple(y)]
    dys = [dy.astype(dtype) for dy in written.cotangents[: len(outputs)]]
    dys += [np.zeros_like(value) for value in outputs[len(dys) :]]
    outputs += [w.copy() for w in library.non_trainable_weights]
    found = name_outputs(outputs[: written.number_of_outputs])
    if not any("gradient" in name for name in written.oracle):
        return found
    with traced(ran):
        dx, grads = library.backward(dys[0] if len(dys) == 1 else tuple(dys), cache)
    gradients = [dx[key] for key in inputs] if named else [dx] if count == 1 else dx
    gradients = dict(zip(arrays, gradients))
    trained = {id(w) for w in library.trainable_weights}
    own = zip(list(arrays)[count:], library.weights)
    gradients |= zip([key for key, weight in own if id(weight) in trained], grads)
    return found | {
        name: gradients[name.removeprefix("gradient of ")]
        for name in written.oracle
        if "gradient" in name
    }


def _takes_a_list(layer, count: int) -> bool:
    """Whether a Keras layer takes its several inputs as one list, as `Attention` and `Add` do."""
    parameters = inspect.signature(layer.call).parameters.values()
    return count > 1 and sum(p.default is p.empty for p in parameters) == 1


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
