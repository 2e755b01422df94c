"""Targets that a model is trained with, which fit its losses."""

import numpy as np

from reference_numpy import tree
from reference_numpy.models.model import Model

TARGETS = 2**31 + 1  # names the stream of random numbers that they are drawn from
WITHOUT = ("ctc", "circleloss", "circle", "dice", "tversky")


def targets_of(model: Model, x, seed: int):
    """Targets that fit the model's losses, in the structure of its outputs.

    Their stream is their own: of the inputs' they would be as large as these, and a model that
    hands these on would stand at the kink of the mean absolute error.
    """
    return targets_beside(model, model.forward(x)[0], seed)


def targets_beside(model: Model, outputs, seed: int):
    """The same beside outputs that are there already."""
    leaves, generator = tree.flatten(outputs), np.random.default_rng((TARGETS, seed))
    drawn = [_target(*one, generator) for one in zip(losses_of(model, len(leaves)), leaves)]
    return tree.pack_like(outputs, drawn)


def losses_of(model: Model, count: int) -> list[str]:
    """The name of each output's loss."""
    loss = model.get_compile_config()["loss"]
    if isinstance(loss, dict) and "class_name" not in loss:
        structure = model.output_structure
        names = sorted(structure) if isinstance(structure, dict) else model.output_names
        loss = [loss.get(name) for name in names]
    each = loss if isinstance(loss, list) else [loss] * count
    if len(each) != count or None in each:
        raise ValueError("not every output has a loss")
    return [_name(one) for one in each]


def _name(loss) -> str:
    """What a config calls a loss, in small letters and without underscores."""
    name = loss if isinstance(loss, str) else loss["class_name"]
    name = loss["config"] if name == "function" else name
    return name.replace("_", "").lower()


def _target(loss: str, y: np.ndarray, generator) -> np.ndarray:
    """Targets of one output."""
    if loss.startswith("sparse"):
        return generator.integers(0, y.shape[-1], y.shape[:-1])
    if loss in WITHOUT or y.dtype.kind != "f":
        raise ValueError(f"no targets are drawn for the loss {loss}")
    if loss.startswith("categorical"):
        return np.eye(y.shape[-1])[generator.integers(0, y.shape[-1], y.shape[:-1])]
    if loss.startswith("kl") or loss == "crossentropy" or loss == "ce":
        shares = generator.random(y.shape)
        return shares / shares.sum(-1, keepdims=True)
    if loss.startswith(("binary", "hinge", "squaredhinge")):
        return generator.integers(0, 2, y.shape).astype("float64")
    # Positive, since some are about logarithms or ratios.
    return np.abs(generator.standard_normal(y.shape)).astype("float32").astype("float64")
