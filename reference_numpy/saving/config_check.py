"""A model's config looked through before anything is made of it.

Whatever the config names is compared with the classes that the NumPy half offers; nothing is
imported, called or opened. Code, foreign classes, paths and URLs are refused where they stand.
"""

import json
import re
from collections import Counter

from reference_numpy.layers.layer import Layer
from reference_numpy.saving.errors import ModelFileError
from reference_numpy.serialization import (
    FAMILIES,
    find_own,
    is_known,
    public_module,
    unregistered,
)

#: entries with `class_name` that are values, and the keys of their `config` (of a tuple, its own)
VALUES = {
    "__keras_tensor__": {"shape", "dtype", "keras_history"},
    "__numpy__": {"value", "dtype"},
    "__tensor__": {"value", "dtype"},
    "__tuple__": {"items"},
    "__slice__": {"start", "stop", "step"},
    "__ellipsis__": set(),
}
DTYPES = frozenset(
    ["bool", "float16", "float32", "float64"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
#: keys whose strings are words of a vocabulary or parts of one, which may be anything
WORDS = frozenset({"vocabulary", "oov_token", "mask_token", "split", "standardize", "encoding"})
_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_PATH = re.compile(r"^(/|~|\\\\|[A-Za-z]:[\\/])|(^|[\\/])\.\.([\\/]|$)")
MAX_DEPTH = 100
#: a value takes up to a hundred bytes in memory, whatever it takes in the text
MAX_VALUES = 10**6
#: what a config may describe: the largest of `keras.applications`, NASNetLarge, has 1,041 layers
#: and 5,152 objects, initializers and dtypes among them; a layer with its optimizer's state takes
#: some two milliseconds
MAX_LAYERS, MAX_OBJECTS = 2000, 15_000
#: arguments of which memory is made though the file holds nothing of that size, and their limits
#: for all places together
LIMITS = {
    "num_thresholds": 10**5,
    "num_classes": 4096,
    "num_oov_indices": 10**6,
    "max_tokens": 10**7,
}


def read_json(path, member, text):
    """The JSON value of a text; ModelFileError if it is none, is too large or nests too deep."""
    if sum(map(text.count, ",[{")) > MAX_VALUES:
        raise ModelFileError(path, member, f"it holds more than {MAX_VALUES:,} values")
    try:
        return json.loads(text)
    except RecursionError:
        raise ModelFileError(path, member, "it nests too deep") from None
    except ValueError as error:
        raise ModelFileError(path, member, f"it is no JSON: {error}") from None


def place_of(keys):
    """`("config", "layers", 2, "name")` as `"config.layers[2].name"`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return "".join(parts).removeprefix(".")


def check_config(path, config, key):
    """Raise ModelFileError where `config[key]` names what is unknown, foreign or dangerous."""
    counts = Counter()

    def refuse(keys, reason):
        raise ModelFileError(path, f"config.json: {place_of(keys)}", reason)

    def count(what, number, most, keys):
        counts[what] += number
        if counts[what] > most:
            refuse(keys, f"with it the file has more than {most:,} {what}, the most that is read")

    def walk(value, keys, key, within_own=False):
        if len(keys) > MAX_DEPTH:
            refuse(keys, "it nests too deep")
        if isinstance(value, dict):
            if "class_name" in value:
                count("objects", 1, MAX_OBJECTS, keys)
                within_own |= check_class(value, keys, within_own)
            for name, item in value.items():
                walk(item, (*keys, name), name, within_own)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                # The words of a vocabulary are free, but a file that holds one is not.
                inner = "a word" if key in WORDS and isinstance(item, str) else key
                walk(item, (*keys, index), inner, within_own)
        elif isinstance(value, str) and key != "a word" and key not in WORDS - {"vocabulary"}:
            if key == "vocabulary":
                refuse(keys, f"a vocabulary in another file is not read: {value!r}")
            if _URL.search(value) or _PATH.search(value):
                refuse(keys, f"paths and URLs are refused: {value!r}")
        elif isinstance(value, (int, float)) and key in LIMITS:
            count(key, max(0, value), LIMITS[key], keys)

    def check_class(value, keys, within_own):
        """Whether it is somebody's own class, which itself finds the functions that it takes."""
        name, module = value["class_name"], value.get("module")
        inner = value.get("config")
        if not isinstance(name, str):
            refuse((*keys, "class_name"), f"this is no name: {name!r}")
        for key in ("module", "registered_name"):
            if not isinstance(value.get(key), (str, type(None))):
                refuse((*keys, key), f"this is no name: {value[key]!r}")
        if name == "__lambda__":
            refuse(keys, f"'{name}' is code, which is never loaded")
        if name in VALUES:
            holder = value if name == "__tuple__" else inner
            if not isinstance(holder, dict) or not VALUES[name] <= set(holder):
                refuse(keys, f"'{name}' lacks {', '.join(sorted(VALUES[name])) or 'a config'}")
            if name in ("__numpy__", "__tensor__") and str(inner["dtype"]) not in DTYPES:
                refuse(keys, f"arrays of the dtype {inner['dtype']!r} are refused")
            return False
        if name == "function":
            if module not in ("builtins", None) or not isinstance(inner, str):
                refuse(keys, f"the function {inner!r} is code, which is never loaded")
            if not is_known(inner) and find_own(value) is None and not within_own:
                refuse(keys, unregistered(value))
            return False
        if not isinstance(inner, (dict, type(None))):
            refuse(keys, f"the config of '{name}' is no dictionary")
        own = find_own(value)
        if own is None and (module or "").startswith("keras") and name == "Lambda":
            refuse(keys, f"'{name}' is code, which is never loaded")
        cls = own or find_offered(value, keys)
        if isinstance(cls, type) and issubclass(cls, Layer):
            count("layers", 1, MAX_LAYERS, keys)
        return own is not None

    def find_offered(value, keys):
        name, family = value["class_name"], FAMILIES.get(public_module(value.get("module")))
        if family is None or value.get("registered_name") not in (None, "", name):
            refuse(keys, unregistered(value))
        if name not in family:
            reason = family.refused.get(name, "")
            reason = f": {reason.rstrip('.')}" if reason else ""
            refuse(keys, f"'{family.module}' has no class {name!r} in the NumPy half{reason}")
        return family.find(name)

    if not isinstance(config[key], dict):
        refuse((key,), "it is no dictionary")
    walk(config[key], (key,), "")
