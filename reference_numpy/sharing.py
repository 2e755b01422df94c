"""Objects that stand in several places of a config, and stay one object when it is read."""

import contextlib
import contextvars
import hashlib
import json

current_sharing = contextvars.ContextVar("current_sharing", default=None)


@contextlib.contextmanager
def sharing():
    """Meanwhile an object that stands in several places of a config stays one object.

    As in Keras's files: the configs of one object carry the same `shared_object_id`.
    """
    token = current_sharing.set(_Sharing())
    try:
        yield
        current_sharing.get().write_numbers()
    finally:
        current_sharing.reset(token)


class _Sharing:
    """The objects of a config that stand in several places of it.

    Keras writes an object's number at its second place and at those that follow. At the first the
    number is lost where that is within a model whose config was copied before the second came. So
    an object with a new number may be one that was made without: of the same class and config.
    Where a layer is shared, therefore, this package numbers all of them.
    """

    def __init__(self):
        self.written = {}  # by id: the object (so that the id stays its own) and its configs
        self.numbered, self.unnumbered, self.latest = {}, {}, []
        self.digests = {}  # by id: the arguments (so that the id stays their own) and their digest

    def add(self, value, config):
        """Remember the config of an object."""
        self.written.setdefault(id(value), (value, []))[1].append(config)

    def write_numbers(self):
        """Write the numbers into the configs that were added."""
        shared = [value for value, configs in self.written.values() if len(configs) > 1]
        layers = any(_has_identity(value) for value in shared)
        for number, (value, configs) in enumerate(self.written.values(), start=1):
            if len(configs) > 1 or (layers and _has_identity(value)):
                for config in configs:
                    config["shared_object_id"] = number

    def find(self, config):
        """The object that was made for another place of the config, or None."""
        number = config.get("shared_object_id")
        if number is None or number in self.numbered:
            return self.numbered.get(number)
        for other, made in self.latest:
            self.unnumbered.setdefault(self._likeness(other), []).append(made)
        self.latest = []
        equal = self.unnumbered.get(self._likeness(config), [])
        if len(equal) > 1:
            raise ValueError(
                f"It stands in several places, but which of {len(equal)} equal ones it is has not "
                "been written. Give the layers of the model different names."
            )
        return self.numbered.setdefault(number, equal.pop()) if equal else None

    def keep(self, config, made):
        """Remember what was made for a config."""
        if "shared_object_id" in config:
            self.numbered[config["shared_object_id"]] = made
        elif _has_identity(made):
            self.latest.append((config, made))

    def _likeness(self, config):
        """What makes a config equal to another: class and arguments, but for numbers of objects."""
        return config["class_name"], self._digest(config.get("config"))

    def _digest(self, arguments):
        """A digest of arguments, made once however many others they stand within."""
        if id(arguments) not in self.digests:
            text = json.dumps(self._without_numbers(arguments), sort_keys=True)
            self.digests[id(arguments)] = arguments, hashlib.sha256(text.encode()).hexdigest()
        return self.digests[id(arguments)][1]

    def _without_numbers(self, value):
        if isinstance(value, dict):
            described = "class_name" in value
            return {
                key: self._digest(part)
                if described and key == "config"
                else self._without_numbers(part)
                for key, part in value.items()
                if key != "shared_object_id"
            }
        is_list = isinstance(value, (list, tuple))
        return [self._without_numbers(item) for item in value] if is_list else value


def _has_identity(value):
    return getattr(value, "has_identity", False)
