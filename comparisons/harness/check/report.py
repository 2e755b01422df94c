"""What a check gave: the layers with their worst errors, and the findings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

import numpy as np

from comparisons.harness.check import terminal
from comparisons.harness.check.columns import CHECKED
from comparisons.harness.check.findings import Finding, Judged, plain
from comparisons.harness.check.graph import feeding
from comparisons.harness.check.questions import PROPAGATED, Asked, names_of
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import leaves
from comparisons.harness.proof.precision import computed_in, twin_precision
from reference_numpy import registration
from reference_numpy.console import printable
from reference_numpy.layers.core import InputLayer
from reference_numpy.models.layout import Layout, lay_out
from reference_numpy.models.model import Model

# By what share of its size a rounding, of float32 or of float16, moves an ill-conditioned output.
ILL_CONDITIONED = 0.01
# How a layer is marked: a finding is of it, it only carries a difference on, it differs by
# convention alone, or it holds; with the sign of each.
WRONG, CARRIED, UNSURE, RIGHT = "wrong", "carried", "unsure", "right"
MARKS = {WRONG: "✗", CARRIED: "↓", UNSURE: "≈", RIGHT: "✓"}


@dataclass
class Side:
    """The worst of what was compared of a layer in one backend, local or propagated.

    Args:
        needed: the error in units of its tolerance.
        error, tolerance: the difference, and the largest that rounding explains.
        quantity: what it is of.
    """

    needed: float
    error: float
    tolerance: float
    quantity: str


@dataclass
class Row:
    """A layer or an operation, or a metric.

    Args:
        layer, class_name: its name and class.
        backends: the worst of each backend, `{backend: {kind: Side}}`.
        refused: why a backend did not compute it, by backend.
        beyond: the backends on which numbers were larger than a precision has them, so that the
            layer was not judged, or not in every pass.
        takes: the layers and inputs that it takes, by name.
        condition: how many roundings one rounding of all inputs and weights of the model is in the
            layer's output.
    """

    layer: str
    class_name: str
    backends: dict[str, dict[str, Side]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)
    takes: list[str] = field(default_factory=list)
    condition: float = 0.0

    def take(self, backend: str, kind: str, record: checks.Record | Finding, quantity: str) -> None:
        """Let a comparison count if it needed more than the others of its kind."""
        kinds = self.backends.setdefault(backend, {})
        if kind not in kinds or record.needed > kinds[kind].needed:
            kinds[kind] = Side(record.needed, record.error, record.tolerance, quantity)

    def as_dict(self) -> dict:
        """The row as plain values."""
        return {
            "layer": self.layer,
            "class": self.class_name,
            "takes": self.takes,
            "condition": self.condition,
            "refused": self.refused,
            "beyond": self.beyond,
            "backends": {
                backend: {kind: vars(side) for kind, side in kinds.items()}
                for backend, kinds in self.backends.items()
            },
        }


class Rows:
    """The rows of a model's layers and operations in their order, and one of the model itself."""

    def __init__(self, model: Model):
        self._rows, fed = {}, feeding(model)
        for path, layer in leaves(model):
            if not isinstance(layer, InputLayer):
                name, class_name = names_of(model, path), registration.class_name(type(layer))
                self._rows[path] = Row(name, class_name, takes=fed[path])
        self._rows[()] = Row(model.name, type(model).__name__)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def take(self, one: Judged, backend: str, mode: str) -> None:
        """Let a comparison count for its layer."""
        quantity = f"{plain(one.quantity)}, {mode}"
        self._rows[one.place.path].take(backend, one.asked.kind, one.record, quantity)

    def take_steps(self, finding: Finding) -> None:
        """Let what steps of training gave count for its layer, or for the model."""
        for row in self:
            if row.layer == finding.layer:
                row.take(finding.backend, finding.kind, finding, finding.quantity)

    def refuse(self, asked: Asked, backend: str, reason: str) -> None:
        """Note that a backend did not compute a layer, or the model."""
        self._rows[asked.place.path].refused.setdefault(backend, reason)

    def note_beyond(self, asked: Asked, backend: str) -> None:
        """Note that a layer's numbers, or the model's, were too large to be judged."""
        beyond = self._rows[asked.place.path].beyond
        if backend not in beyond:
            beyond.append(backend)

    def refuse_whole(self, backend: str, reason: str) -> None:
        """Note that a backend did not train the model."""
        self._rows[()].refused.setdefault(backend, reason)

    def note_condition(self, asked: Asked) -> None:
        """Note how far rounding moves the outputs of the layers in the whole model."""
        if asked.kind != PROPAGATED:
            return
        for name, value in asked.quantities.items():
            place, quantity = asked.where(name)
            size = float(np.abs(value).max(initial=0.0)) if value.dtype.kind == "f" else 0.0
            if quantity.startswith("output") and size:
                row = self._rows[place.path]
                row.condition = max(row.condition, asked.scale[name] / size)


@dataclass(repr=False)
class Report:
    """What a check gave.

    Args:
        model: the model's file, name and number of parameters.
        environment: machine, versions, backends, and how it was checked.
        layers: the layers in the order of the model, the model itself last.
        findings: the worst first, conventions last.
        metrics: what the model is compiled with and was compared, beside the layers.
    """

    model: dict
    environment: dict
    layers: list[Row]
    findings: list[Finding]
    metrics: list[Row] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether every finding is a convention."""
        return all(finding.convention for finding in self.findings)

    @property
    def ill_conditioned(self) -> Row | None:
        """The first layer whose output one rounding of inputs and weights moves far."""
        unit = checks.UNIT_ROUNDOFF[twin_precision(self.environment["dtype"])]
        return next((row for row in self.layers if row.condition * unit > ILL_CONDITIONED), None)

    @property
    def beyond(self) -> str:
        """The layers that were not judged for numbers too large, and where."""
        rows = [f"{row.layer} ({', '.join(row.beyond)})" for row in self.layers if row.beyond]
        return "; ".join(rows)

    @property
    def largest(self) -> tuple[str, str]:
        """The precision that it was computed in, and its largest number."""
        kind = computed_in(self.environment["dtype"])
        return kind, {"float16": "65,504", "float32": "3.4×10³⁸"}.get(kind, "1.8×10³⁰⁸")

    def mark(self, row: Row, backend: str) -> str:
        """How a layer is marked in the graph, one of `MARKS`; empty where nothing was compared."""
        findings = [
            one.convention
            for one in self.findings
            if (one.backend, one.layer.partition(", call ")[0]) == (backend, row.layer)
            and not one.is_of_metric
        ]
        if not all(findings):
            return WRONG
        if findings:
            return UNSURE
        needed = self.worst(row, backend)
        if needed is None:
            return ""
        return CARRIED if needed > 1 else RIGHT

    def worst(self, row: Row, backend: str) -> float | None:
        """The largest share of a tolerance that a layer needed; None where nothing was compared."""
        return max((side.needed for side in row.backends.get(backend, {}).values()), default=None)

    @property
    def drawing(self) -> Layout:
        """The model's layers as they are drawn."""
        return lay_out({row.layer: row.takes for row in self.layers[:-1]})

    @property
    def checked(self) -> list[str]:
        """The backends that were checked."""
        return [b for b, state in self.environment["backends"].items() if state == CHECKED]

    def as_dict(self) -> dict:
        """What `--json` writes."""
        return {
            "model": self.model,
            "environment": self.environment,
            "layers": [row.as_dict() for row in self.layers],
            "metrics": [row.as_dict() for row in self.metrics],
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def __str__(self) -> str:
        return printable("\n".join(terminal.lines(self)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"
