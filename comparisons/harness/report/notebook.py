"""A concept as a notebook: equations, both halves' code, and the comparison as it ran."""

import json

from comparisons.harness.report.page import Page

# Whole, a comparison may take an hour: what ran lies beside the notebook.
RESULT = """\
from pathlib import Path

import comparisons

if Path("result.json").exists():  # what ran, beside this notebook
    result = comparisons.load("..")["{name}"]
else:
    result = comparisons.{call}
result"""
FRAMES = {
    "runs": 'result.frame("runs")',
    "claims": """\
# Where the unit is "%", effect, interval and margin are shares: 0.01 is one point.
result.frame("claims")""",
}


def notebook(page: Page) -> bytes:
    """The file of the notebook, whose cells run from the first to the last."""
    cells = [_cell("markdown", page.concept._repr_markdown_())]
    for half, title in (("numpy", "NumPy"), ("keras", "Keras")):
        cells.append(_cell("markdown", f"## {title}"))
        cells += [_cell("code", stretch.text) for stretch in page.halves[half]]
    cells += [
        _cell("markdown", "## NumPy = Keras"),
        _cell("code", RESULT.format(name=page.name, call=page.call)),
    ]
    for kind, there in (("runs", page.concept.task), ("claims", page.concept.claims)):
        if there:
            cells.append(_cell("code", FRAMES[kind]))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    return json.dumps({**content, "cells": cells}, indent=1, ensure_ascii=False).encode()


def _cell(kind: str, source: str) -> dict:
    cell = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}
