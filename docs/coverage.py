"""Writes docs/coverage.md: what the NumPy half holds of the installed Keras, what it leaves out.

`python docs/coverage.py` writes the page, `--check` fails where the page is out of date. Names come
from the installed Keras; what is refused, and why, from the code itself: every constructor is tried
with the arguments in `TRIED`, and the reason is the message of the error.

Beside it the names that `sidebyside conformance` takes are written where a shell's completion reads
them: to read the tables of cases itself takes it two seconds.
"""

import argparse
import importlib
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "coverage.md"
NAMES = HERE.parent / "comparisons" / "harness" / "conformance" / "names.txt"
sys.path.insert(0, str(HERE.parent))

from comparisons.harness.conformance.judging import subjects  # noqa: E402
from reference_numpy import layers  # noqa: E402
from reference_numpy.dtype_policies import QUANTIZATION  # noqa: E402
from reference_numpy.layers.preprocessing.categorical_layer import CategoricalLayer  # noqa: E402
from reference_numpy.layers.preprocessing.image_preprocessing.inference_only import (  # noqa: E402
    InferenceOnly,
)
from reference_numpy.layers.rnn.cell_layer import CellLayer  # noqa: E402
from reference_numpy.serialization import FAMILIES  # noqa: E402

#: arguments that a constructor may refuse, each with a value that asks for something
TRIED = {
    "encoding": "latin-1",
    "quantization_config": "int8",
    "ragged": True,
    "sparse": True,
    "standardize": str.upper,
    "split": str.split,
}
#: values for the arguments that a constructor demands
DEMANDED = {
    "axes": 1,
    "bin_boundaries": [0.0],
    "cropping": 1,
    "dims": (1,),
    "equation": "ab,bc->ac",
    "factor": 0.5,
    "filters": 1,
    "head_dim": 1,
    "height": 2,
    "input_dim": 2,
    "kernel_size": 1,
    "key_dim": 1,
    "n": 2,
    "num_bins": 2,
    "num_heads": 1,
    "num_key_value_heads": 1,
    "num_query_heads": 1,
    "output_dim": 2,
    "output_shape": (2,),
    "output_size": 1,
    "pool_size": 2,
    "rate": 0.5,
    "scale": 1.0,
    "shape": (2,),
    "stddev": 0.5,
    "target_shape": (2,),
    "units": 1,
    "width": 2,
}
#: arguments of Keras that a class does not take
ARGUMENTS_LEFT_OUT = {
    ("layers.InputLayer", "input_tensor"): "a model's inputs are made by `Input`",
    ("layers.InputSpec", "allow_last_axis_squeeze"): "no layer of Keras uses it",
    ("layers.InputSpec", "name"): "dictionaries of inputs have their names",
    ("layers.InputSpec", "optional"): "`Input` has it",
    **{
        ("callbacks.TensorBoard", name): "losses, metrics and learning rates by epoch are written"
        for name in (
            *("histogram_freq", "write_graph", "write_images", "write_steps_per_second"),
            *("update_freq", "profile_batch", "embeddings_freq", "embeddings_metadata"),
        )
    },
}
WHAT_HOLDS = {
    "layers": "Image layers take images alone: dictionaries of images, labels, boxes and masks "
    "belong to data pipelines and are refused.",
    "losses": "Every loss gives its value and its gradient with respect to `y_pred`, with sample "
    "weights, masks and every reduction. Functions have the same.",
    "metrics": "Every metric gathers its state batch by batch; functions give a value a sample. "
    "Metrics have no gradient.",
    "optimizers": "Every optimizer steps in place with clipping, weight decay, moving averages, "
    "gradient accumulation and schedules; its state is Keras's, in Keras's order.",
    "optimizers.schedules": "Every schedule gives the learning rate of a step.",
    "activations": "Every function has its value and its derivative.",
    "initializers": "Every initializer fills an array by Keras's rule; random ones draw from "
    "NumPy's generator, so that they share Keras's distribution, not its numbers.",
    "regularizers": "Every regularizer gives its value and its gradient.",
    "constraints": "Every constraint gives the weights that it allows.",
    "callbacks": "They act in `fit`, `evaluate` and `predict` as Keras's do.",
}


def keras_surface():
    """What the installed Keras offers (see `keras_surface.py`), asked in a process of its own."""
    answer = subprocess.run(
        [sys.executable, HERE / "keras_surface.py"],
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def objects(module, offered):
    """`{name: (aliases, ours or the reason why it is left out, Keras's arguments)}`.

    Names of the same class or function stand together under the name of the class.

    Raises:
        LookupError: for what is neither in the NumPy half nor left out with a reason.
    """
    room = f"reference_numpy.{module}"
    ours = vars(importlib.import_module(room)) if importlib.util.find_spec(room) else {}
    family = FAMILIES.get(f"keras.{module}")
    refused = family.refused if family else ours.get("refused", {})
    together = defaultdict(list)
    for name, entry in offered.items():
        together[entry["is"]].append(name)
    found = {}
    for target, names in sorted(together.items(), key=lambda item: item[0].rsplit(".", 1)[1]):
        own = target.rsplit(".", 1)[1]
        names.sort(key=lambda name: (name != own, name))
        reasons = [refused[name] for name in names if name in refused]
        held = [name for name in names if name in ours]
        if bool(reasons) == bool(held):
            raise LookupError(
                f"keras.{module}.{names[0]} is neither in the NumPy half nor left out for a reason."
                if not held
                else f"keras.{module}.{names[0]} is in the NumPy half and left out as well."
            )
        value = ours[held[0]] if held else reasons[0]
        found[names[0]] = (names[1:], value, offered[names[0]]["arguments"] or [])
    return found


def taken_arguments(cls):
    """Names of the arguments that a class of the NumPy half takes."""
    names = set(getattr(cls, "parameters", None) or ())
    for base in cls.__mro__:
        if "__init__" in vars(base) and base is not object:
            names.update(inspect.signature(base.__init__).parameters)
    if issubclass(cls, CellLayer):
        names.update(cls.cell_argument_names())
    return names


def refused_arguments(cls, arguments):
    """`{argument: reason}` of those in `TRIED` that the constructor refuses."""
    reasons = {}
    given = {
        name: DEMANDED[name]
        for name, parameter in inspect.signature(cls.__init__).parameters.items()
        if name in DEMANDED and parameter.default in (parameter.empty, None)
    }
    for name, value in TRIED.items():
        if name not in arguments:
            continue
        try:
            cls(**{**given, name: value})
        except NotImplementedError as error:
            message = str(error).split(" Received:")[0].rstrip(".")
            reasons[name] = re.sub(r"^Layer '\w+': |(?<=input) '\w+'", "", message)
    return reasons


def left_out(module, name, cls, arguments):
    """What a class leaves out, as sentences."""
    if not inspect.isclass(cls):
        return ""
    reasons = refused_arguments(cls, arguments)
    unknown = set(arguments) - taken_arguments(cls)
    for argument in arguments:
        if argument in unknown:
            reasons[argument] = ARGUMENTS_LEFT_OUT[f"{module}.{name}", argument]
    together = defaultdict(list)
    for argument, reason in reasons.items():
        together[reason].append(f"`{argument}`")
    sentences = [f"{', '.join(names)}: {reason}" for reason, names in together.items()]
    if issubclass(cls, InferenceOnly):
        when = "" if cls.always else " in training"
        sentences.append(f"that it {cls.does}{when}: apply it with Keras before")
    return ". ".join(sentences)


def passes(cls):
    """What holds of a layer's forward and backward pass."""
    if not inspect.isclass(cls):
        return "as its class", "as its class"
    if cls is layers.InputSpec:
        return "—", "—"
    if cls is layers.Layer:
        return "the base", "the base"
    if issubclass(cls, InferenceOnly):
        return ("refused", "—") if cls.always else ("at inference", "at inference")
    if issubclass(cls, CategoricalLayer):
        return "yes", "zero: steps of its input"
    if cls is layers.TextVectorization:
        return "yes", "none: text"
    return "yes", "yes"


def table(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def section(module, offered):
    """The page's lines about one module, and `(held, left out)`."""
    found = objects(module, offered)
    rows, refused = [], []
    for name, (aliases, value, arguments) in found.items():
        shown = f"`{name}`" + "".join(f", `{alias}`" for alias in aliases)
        if isinstance(value, str):
            refused.append([shown, value])
            continue
        note = left_out(module, name, value, arguments)
        rows.append([shown, *passes(value), note] if module == "layers" else [shown, note])
    lines = [f"## keras.{module}", ""]
    if module in WHAT_HOLDS:
        lines += [WHAT_HOLDS[module], ""]
    if module == "layers":
        lines += table(["Class", "Forward", "Backward", "Left out"], rows)
    elif any(row[1] for row in rows):
        lines += table(["Name", "Left out"], rows)
    elif rows:
        lines += [", ".join(row[0] for row in rows) + "."]
    if refused:
        lines += ["", "Refused with `NotImplementedError`:", ""]
        lines += table(["Name", "Reason"], refused)
    return [*lines, ""], (len(rows), len(refused))


def operations_section(offered):
    """The page's lines about the operations in graphs, and `(held, left out)`.

    Raises:
        LookupError: for one that is neither in the NumPy half nor left out with a reason.
    """
    held, refused = [], defaultdict(list)
    for module, names in offered.items():
        family = FAMILIES[module]
        for name in names:
            if (name in family.classes) == (name in family.refused):
                raise LookupError(f"{module}.{name} is to be held or left out for a reason.")
            if name in family.classes:
                held.append(name)
            else:
                refused[family.refused[name]].append(f"`{name}`")
    rows = [[", ".join(names), reason] for reason, names in sorted(refused.items())]
    lines = ["## Operations in graphs", ""]
    lines += [
        "`keras.ops` on a symbolic tensor puts an object of these classes into a functional model. "
        "Each has its backward pass and Keras's constructor arguments; a value of them that is "
        "left out, such as `sparse=True`, is refused with its reason.",
        "",
        ", ".join(f"`{name}`" for name in sorted(held)) + ".",
        "",
        "Refused with `NotImplementedError`:",
        "",
        *table(["Name", "Reason"], rows),
        "",
    ]
    return lines, (len(held), sum(map(len, refused.values())))


def page():
    """The whole page."""
    surface = keras_surface()
    body, counts = [], []
    for module, offered in surface["modules"].items():
        lines, (held, refused) = section(module, offered)
        body += lines
        counts.append([f"keras.{module}", str(held), str(refused)])
    lines, (held, refused) = operations_section(surface["operations"])
    body += lines
    counts.append(["operations in graphs", str(held), str(refused)])
    space = FAMILIES["keras.utils"].refused["FeatureSpace"]
    head = [
        "# What the NumPy half holds of Keras",
        "",
        f"Written by `python docs/coverage.py` from the code and Keras {surface['version']}; "
        "a test holds it up to date. Names of the same thing count once.",
        "",
        *table(["Module", "Held", "Refused"], counts),
        "",
        "What is refused raises `NotImplementedError` with the reason given here, by its name in "
        "the module and in a config; a file that names it is refused with the same reason. Where a "
        "layer's row leaves nothing out, all of Keras's constructor arguments are taken, in "
        "float16, float32, float64 and mixed_float16; bfloat16 is refused, since NumPy has none. "
        "Outside "
        f"these modules `keras.utils.FeatureSpace` is refused: {space} So are all of "
        f"`keras.quantizers` and the quantized dtype policies: {QUANTIZATION} Where Keras itself "
        "computes otherwise than the mathematics, see "
        "[keras-divergences.md](keras-divergences.md).",
        "",
    ]
    return "\n".join([*head, *body]).rstrip() + "\n"


def main():
    """Write the page and the names, or see that they are up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where they are out of date")
    check = parser.parse_args().check
    for path, written in ((PAGE, page()), (NAMES, "\n".join(subjects()) + "\n")):
        if not check:
            path.write_text(written, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != written:
            sys.exit(f"{path.relative_to(HERE.parent)} is out of date: run python docs/coverage.py")


if __name__ == "__main__":
    main()
