"""Keras's utilities that a model is drawn by."""

import os
from pathlib import Path
from typing import Any

from reference_numpy.models.diagram import Diagram, diagram


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] | None = "model.svg",
    show_shapes: bool = False,
    show_layer_names: bool = False,
    expand_nested: bool = False,
    show_layer_activations: bool = False,
) -> Diagram:
    """Draw a model into a file, without Graphviz.

    Args:
        model: a model whose shapes are known.
        to_file: an SVG file; None for none.
        show_shapes: whether shapes of outputs and numbers of parameters stand beside the boxes.
        show_layer_names: whether the layers' names stand in the boxes.
        expand_nested: whether a model within it is a frame around its layers, else one box.
        show_layer_activations: whether the layers' activations stand in the boxes.

    Returns:
        The picture, which a notebook shows.

    Raises:
        ValueError: the model is not built yet, or the file is to have another format.
    """
    if to_file is not None and Path(to_file).suffix != ".svg":
        raise ValueError(f"to_file: pictures are written as .svg, not as {os.fspath(to_file)!r}.")
    picture = diagram(model, show_shapes, show_layer_names, show_layer_activations, expand_nested)
    if to_file is not None:
        Path(to_file).write_text(picture, "utf-8")
    return picture


__all__ = ["plot_model"]
