"""What the installed Keras offers, as JSON: its names, what they name, constructors' arguments.

Run in a process of its own on TensorFlow, the one backend that is always installed.
"""

import importlib
import inspect
import json

MODULES = (
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "callbacks",
)


#: modules of the operations that stand in graphs; a functional model's config names them thus
OPERATION_MODULES = ("numpy", "math", "nn", "core", "linalg", "image")


def constructor_arguments(cls):
    """Names of the arguments that a class's own constructor takes."""
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return [p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]


def operations():
    """`{module: [class, …]}` of the operations in `keras.src.ops`."""
    from keras.src.layers.layer import Layer
    from keras.src.ops.operation import Operation

    found = {}
    for name in OPERATION_MODULES:
        module = importlib.import_module(f"keras.src.ops.{name}")
        found[f"keras.src.ops.{name}"] = sorted(
            value.__name__
            for value in vars(module).values()
            if inspect.isclass(value)
            and issubclass(value, Operation)
            and not issubclass(value, Layer)
            and value.__module__ == module.__name__
        )
    return found


def surface():
    """`{"version": …, "modules": {module: {name: {"is": …, "arguments": […]}}}, "operations": …}`.

    The operations are those of `operations()`.
    """
    import keras

    modules = {}
    for name in MODULES:
        module = importlib.import_module(f"keras.{name}")
        offered = modules[name] = {}
        for key, value in vars(module).items():
            if key.startswith("_") or not callable(value):
                continue
            if key in ("get", "serialize", "deserialize"):
                continue
            is_class = inspect.isclass(value)
            offered[key] = {
                "is": f"{value.__module__}.{value.__name__}",
                "arguments": constructor_arguments(value) if is_class else None,
            }
    return {"version": keras.__version__, "modules": modules, "operations": operations()}


if __name__ == "__main__":
    print(json.dumps(surface()))
