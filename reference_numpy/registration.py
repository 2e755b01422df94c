"""Parts of one's own, and the names by which configs and files find them.

    @rn.register("mine")
    class Scale(rn.layers.Layer): …

A config that names `mine>Scale`, as Keras writes it for a class registered there under the same
names, gives this class; so does one of a Keras class `Scale` that is not registered. Nothing is
ever imported for a file: what is not registered in the running program is refused.
"""

import contextlib
import contextvars
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_registered: dict[str, Any] = {}
_custom: contextvars.ContextVar[Mapping[str, Any]] = contextvars.ContextVar(
    "custom_objects", default=types.MappingProxyType({})
)


def register(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """Decorate a class or a function of one's own so that configs and files find it.

    A layer, loss, metric, activation function, initializer, regularizer, constraint, optimizer or
    schedule is a class (a subclass of this package's), a metric may be a function. The names are
    those of `keras.saving.register_keras_serializable`; a function of Keras's half (a loss, an
    activation) has its NumPy half in a class registered under the function's name.

    Args:
        package: first part of the name.
        name: second part; None for the name of the class or function.

    Raises:
        ValueError: for a name that something else has already.
    """

    def decorate(part):
        key = f"{package}>{name or part.__name__}"
        other = _registered.setdefault(key, part)
        if (other.__module__, other.__qualname__) != (part.__module__, part.__qualname__):
            raise ValueError(f"'{key}' is registered already: {other}. Received: {part}")
        _registered[key] = part  # defined again, as in a notebook
        return part

    return decorate


@contextlib.contextmanager
def custom_objects(objects: dict[str, Any] | None) -> Iterator[None]:
    """Meanwhile the classes and functions of `{name: object}` are found too, and first."""
    token = _custom.set(objects or {})
    try:
        yield
    finally:
        _custom.reset(token)


def find(name):
    """The part of this name, or None.

    Args:
        name: `"package>name"`; or a name alone, which may fit a part of any package.

    Raises:
        ValueError: for a name that parts of several packages have.
    """
    package, _, own_name = name.rpartition(">")
    for key in (name, own_name):
        if key in _custom.get():
            return _custom.get()[key]
    if package:
        return _registered.get(name)
    keys = [key for key in _registered if key.partition(">")[2] == name]
    if len(keys) > 1:
        raise ValueError(f"'{name}' may be {' or '.join(keys)}; name it in `custom_objects`.")
    return _registered[keys[0]] if keys else None


def name_of(part):
    """The name under which a class or a function is registered, or None."""
    return next((key for key, other in _registered.items() if other is part), None)


def class_name(cls):
    """The name of a class in Keras: of one's own, the one that it is registered under."""
    return (name_of(cls) or cls.__name__).rpartition(">")[2]
