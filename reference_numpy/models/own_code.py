"""Code of somebody's own in a live Keras model, which no config tells of."""

from itertools import takewhile

#: what a model may define for itself without anything being computed in another way
HARMLESS = frozenset(
    (
        *("get_config", "from_config", "get_build_config", "build_from_config", "build"),
        *("compile", "get_compile_config", "compile_from_config", "to_json", "export"),
        *("save", "save_weights", "load_weights", "save_own_variables", "load_own_variables"),
        *("summary", "get_layer", "count_params", "name"),
        "loss",  # what `compile` was given
    )
)


def refuse_own_methods(model, compile):
    """Refuse a model with code of its own in place of Keras's, in its class or put into an object.

    A subclass that only adds to the class, or changes what is `HARMLESS`, is taken. (A layer of a
    class of its own is met again in the config.)

    Args:
        model: a live Keras model.
        compile: whether training is taken over; else the methods of training may be its own.

    Raises:
        ValueError: with the names of the methods.
    """
    for layer in model._flatten_layers():
        names = {name for name, value in vars(layer).items() if _is_code(value)}
        if layer is model:
            classes = takewhile(lambda cls: not is_keras_own(cls), type(model).__mro__)
            names.update(*map(vars, classes))
        inference, training = _keras_methods(layer, names)
        if inference or (training and compile and layer is model):
            kind = "model" if layer is model else "layer"
            hint = "" if inference else " With `compile=False` it is taken over without training."
            raise ValueError(
                f"The {kind} '{layer.name}', a {type(layer).__name__}, has code of its own in "
                f"{', '.join(sorted(inference | training))}, so that it computes something else "
                f"than Keras's own classes do, which is all that can be taken over.{hint}"
            )


def _keras_methods(layer, names):
    """Those of the names that Keras's methods have: methods of inference, methods of training."""
    inference, training = set(), set()
    for name in names - HARMLESS:
        owners = [c.__name__ for c in type(layer).__mro__ if is_keras_own(c) and name in vars(c)]
        if owners and (name == "__call__" or not name.startswith("__")):
            trains = any("Trainer" in owner for owner in owners)
            (training if trains else inference).add(name)
    return inference, training


def _is_code(value):
    return callable(value) and hasattr(value, "__module__") and not is_keras_own(value)


def is_keras_own(thing):
    """Whether a class or a function is defined by Keras."""
    return str(thing.__module__).partition(".")[0] == "keras"
