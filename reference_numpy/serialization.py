"""Keras's configs: objects of every family (layers, …) from a name, a config or an instance.

A config is what `keras.saving.serialize_keras_object` gives:
`{"module": "keras.layers", "class_name": "Dense", "config": {…}, "registered_name": None}`.
Only classes that a family lists, or that the user has registered, can be made from a config: the
lists are an allowlist, and nothing named in a config is ever imported or executed.
"""

import contextlib
import functools
import inspect
import re
import warnings
from collections import Counter
from typing import Any

import numpy as np

from reference_numpy import registration, tree
from reference_numpy.annotations import Config, fits, in_words
from reference_numpy.sharing import current_sharing

FAMILIES: dict[str, "Family"] = {}
#: what the refusal of a class or function says that no half of this package has
AUTHORS_OWN = "of the author's own"


@contextlib.contextmanager
def within(*keys):
    """Meanwhile errors are told where in a config they arise: in `config_keys`, the outer first."""
    try:
        yield
    except Exception as error:
        error.config_keys = (*keys, *getattr(error, "config_keys", ()))
        raise


_names_given: Counter[str] = Counter()


def snake_case(name):
    """`"GlorotUniform"` → `"glorot_uniform"`, `"Conv2D"` → `"conv2d"`, by Keras's own rule."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(class_name):
    """`"dense"`, then `"dense_1"`, `"dense_2"`, … for the class name `"Dense"`."""
    prefix = snake_case(class_name)
    count = _names_given[prefix]
    _names_given[prefix] += 1
    return f"{prefix}_{count}" if count else prefix


def refuse(kind, name, reasons):
    """Raise NotImplementedError where `reasons` says why Keras's `name` is left out."""
    if name in reasons:
        raise NotImplementedError(f"The {kind} '{name}' is not supported: {reasons[name]}")


def refusing(module, kind, reasons):
    """The `__getattr__` of a module that says why classes of Keras are not in it."""

    def attribute(name):
        refuse(kind, name, reasons)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return attribute


class Family:
    """The classes of one Keras module and the three ways to name one of them.

    Args:
        module: Keras's public module, such as `"keras.initializers"`.
        kind: the word used in messages, such as `"initializer"`.
        classes: the classes that the family offers.
        aliases: further names, `{"glorot": GlorotNormal}`.
        refused: classes of Keras that are left out on purpose, with the reason for each.
    """

    def __init__(
        self, module: str, kind: str, classes: list[Any], aliases: Any = None, refused: Any = None
    ):
        self.module, self.kind, self.refused = module, kind, refused or {}
        self.classes = {cls.__name__: cls for cls in classes}
        self._names = {snake_case(name): cls for name, cls in self.classes.items()}
        self._names.update(self.classes)
        self._names.update(aliases or {})
        FAMILIES[module] = self
        for cls in classes:
            cls.keras_module = module

    def add(self, cls):
        """Offer one more class, of a floor that stands above the family's."""
        cls.keras_module = self.module
        self.classes[cls.__name__] = self._names[cls.__name__] = cls

    def __contains__(self, name):
        """Whether a class is offered under this name, which may be one that Keras gave up."""
        return name in self._names

    def find(self, name: str | None) -> type:
        """The class called `name`.

        Raises:
            ValueError: for an unknown name.
            NotImplementedError: for one that is left out on purpose, with the reason.
        """
        if name in self._names:
            return self._names[name]
        refuse(self.kind, name, self.refused)
        raise ValueError(
            f"Unknown {self.kind}: '{name}'. Expected one of {', '.join(sorted(self.classes))}."
        )

    def get(self, identifier: Any) -> Any:
        """An instance from a name, a config, a class or an instance; None stays None."""
        if identifier is None:
            return None
        if isinstance(identifier, dict):
            return self.deserialize(identifier)
        if isinstance(identifier, str):
            return self.find(identifier)()
        if inspect.isclass(identifier):
            return identifier()
        if callable(identifier):
            return identifier
        raise ValueError(f"Could not interpret {self.kind} identifier: {identifier!r}")

    def deserialize(self, config: Config) -> Any:
        """An object from Keras's config of it, nested configs included."""
        if isinstance(config, str):
            return self.get(config)
        if not isinstance(config, dict) or "class_name" not in config:
            raise ValueError(
                f"A config of a {self.kind} is a dictionary with 'class_name' and 'config'. "
                f"Received: {config!r}"
            )
        own = find_own(config)
        if config["class_name"] == "function":
            return self.get(own or config["config"])
        return _make(own or self.find(config["class_name"]), config)


def _make(cls, config):
    """The object of a class that a config describes; the one that is there already, if it is."""
    shared = current_sharing.get()
    made = shared.find(config) if shared else None
    if made is None:
        with within("config"):
            made = cls.from_config(config.get("config") or {})
        if shared:
            shared.keep(config, made)
    return made


def is_known(name):
    """Whether a class or a function of Keras's has this name."""
    return any(name in family for family in FAMILIES.values())


def find_own(config):
    """Somebody's own class or function that a config names, or None; see `registration`."""
    if config["class_name"] == "function":
        return None if is_known(config["config"]) else registration.find(config["config"])
    name, registered = config["class_name"], config.get("registered_name")
    if registered is None or registered == name:  # Keras's own, or not registered there
        keras_own = public_module(config.get("module")) in FAMILIES and name != "Lambda"
        return None if keras_own or is_known(name) else registration.find(name)
    return registration.find(registered)


def deserialize(value: Any) -> Any:
    """`value` with every Keras config inside it turned into the object it describes."""
    if isinstance(value, dict):
        if "class_name" not in value:
            return dict(_parts(value.items()))
        if value["class_name"] == "__tuple__":
            return tuple(part for _, part in _parts(enumerate(value["items"])))
        if value["class_name"] in ("__numpy__", "__tensor__"):
            return np.array(value["config"]["value"], dtype=value["config"]["dtype"])
        own = find_own(value)
        if value["class_name"] == "function":
            if own is None and not is_known(value["config"]):
                raise ValueError(unregistered(value))
            return own or value["config"]
        if own is not None:
            return _make(own, value)
        module = public_module(value.get("module"))
        if module not in FAMILIES:
            raise ValueError(unregistered(value))
        return FAMILIES[module].deserialize(value)
    if isinstance(value, (list, tuple)):
        return type(value)(part for _, part in _parts(enumerate(value)))
    return value


def unregistered(config):
    """What is wrong with a config of somebody's own class or function, and what to do."""
    kind, name = "class", config.get("registered_name") or config["class_name"]
    if config["class_name"] == "function":
        kind, name = "function", config["config"]
    return (
        f"'{name}' is a {kind} {AUTHORS_OWN}, whose code is not loaded: register its NumPy "
        "half under this name (`rn.register`) or name it in `custom_objects`; a model is taken "
        "without its own losses and metrics with `compile=False`"
    )


def public_module(module):
    """The public module of a class that Keras has once more for one of its backends.

    On PyTorch `keras.optimizers.Adam` makes a `keras.src.backend.torch.optimizers.torch_adam.Adam`,
    and that is what configs and files name.
    """
    if isinstance(module, str) and module.startswith("keras.src.backend.torch.optimizers."):
        return "keras.optimizers"
    return module


def _parts(items):
    for key, item in items:
        if isinstance(item, (dict, list, tuple)):
            with within(key):
                item = deserialize(item)
        yield key, item


def serialize(value: Any) -> Any:
    """Keras's config of `value`: plain JSON values stay, objects become dictionaries."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return {
            "class_name": "__numpy__",
            "config": {"value": value.tolist(), "dtype": value.dtype.name},
        }
    if isinstance(value, (dict, list, tuple)):
        return tree.map_structure(serialize, value)
    if inspect.isfunction(value):  # somebody's own: its name, as in Keras, but no code
        name = registration.name_of(value) or value.__name__
        config = {"module": "builtins", "class_name": "function"}
        return {**config, "config": name, "registered_name": name}
    if inspect.isclass(value):  # which stands for what it makes without arguments
        value = value()
    config = value.serialize() if hasattr(value, "serialize") else class_config(value)
    shared = current_sharing.get()
    if shared and isinstance(config, dict) and config["class_name"] != "function":
        shared.add(value, config)
    return config


def class_config(value):
    """Keras's config of an object: its class and its arguments."""
    cls = type(value)
    config = {"module": cls.keras_module, "class_name": cls.__name__, "config": value.get_config()}
    if not is_own(cls):
        return {**config, "registered_name": None}
    name = registration.name_of(cls) or cls.__name__
    return {**config, "module": None, "registered_name": name}


def is_own(cls):
    """Whether a class is somebody's own, and not one that a family offers."""
    family = FAMILIES.get(cls.keras_module)
    return family is None or family.classes.get(cls.__name__) is not cls


def optional(parameter):
    """A parameter that need not be given."""
    return parameter.replace(default=None) if parameter.default is parameter.empty else parameter


def check_names(what, parameters, arguments):
    """Raise ValueError where an argument that `what` needs is missing, or one is unknown to it."""
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in arguments:
            raise ValueError(f"{what} needs an argument '{name}'.")
    for name in arguments:
        if name not in parameters:
            raise ValueError(f"{what} has no argument '{name}'.")


class Configurable:
    """An object that is made again from its constructor's arguments.

    Every argument of `__init__` is kept in an attribute of the same name (or the class overrides
    `get_config`), so the config can be read off the constructor's signature.
    """

    keras_module: str | None = None
    #: whether it matters that two places of a config hold one object and not two equal ones
    has_identity = False
    #: constructor arguments that Keras leaves out of the config
    not_in_config: tuple[str, ...] = ()
    #: those that it leaves out although something else is computed then
    lost_by_keras: tuple[str, ...] = ()
    #: those that it leaves out and that are in the config here unless they have their default
    #: value, since what is read back would be another object
    only_in_config_when_changed: tuple[str, ...] = ()

    @classmethod
    @functools.cache
    def constructor_arguments(cls):
        """What the constructor takes: `inspect.Parameter`s by name, those of base classes first.

        Of base classes it takes what `**kwargs` hand on. None of that must be given, since the
        class itself may give it.
        """
        found = {}
        inits = [vars(base)["__init__"] for base in cls.__mro__[:-1] if "__init__" in vars(base)]
        for init in inits:
            parameters = list(inspect.signature(init).parameters.values())[1:]
            named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
            found = {p.name: p if init is inits[0] else optional(p) for p in named} | found
            if not any(p.kind is p.VAR_KEYWORD for p in parameters):
                break
        return found

    def get_config(self) -> Config:
        """The constructor's arguments as plain values, with Keras's keys."""
        return {
            name: serialize(getattr(self, name))
            for name, argument in self.constructor_arguments().items()
            if name not in self.not_in_config
            and (
                name not in self.only_in_config_when_changed
                or getattr(self, name) != argument.default
            )
        }

    @classmethod
    def from_config(cls, config: Config) -> Any:
        """An object from what `get_config` gave."""
        for name in cls.lost_by_keras:
            if name not in config:
                warnings.warn(
                    f"The config of {cls.__name__} does not say its `{name}`, which Keras leaves "
                    "out of configs and files: the default is taken, as Keras takes it.",
                    stacklevel=2,
                )
        arguments = deserialize(config)
        if not is_own(cls):  # whose annotations are somebody else's
            cls.check_arguments(arguments)
        return cls(**arguments)

    @classmethod
    def check_arguments(cls, arguments):
        """Raise ValueError where one is missing, unknown, or not of the kind that is expected."""
        known = cls.constructor_arguments()
        check_names(cls.__name__, known, arguments)
        for name, value in arguments.items():
            hint = known[name].annotation
            if hint is not inspect.Parameter.empty and not fits(value, hint):
                with within(name):
                    raise ValueError(f"Expected {in_words(hint)}. Received: {value!r}")

    def __repr__(self):
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"
