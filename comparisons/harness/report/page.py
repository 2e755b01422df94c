"""What one concept's page shows: what was declared of the concept, and what came out."""

import shlex
from dataclasses import dataclass
from functools import cached_property
from zipfile import BadZipFile

from markupsafe import Markup

from comparisons.harness import catalogue
from comparisons.harness.concept import Concept
from comparisons.harness import palette
from comparisons.harness.report import charts, code, equations, parts, tables
from comparisons.harness.results import Result


@dataclass(frozen=True)
class Page:
    """One concept's page: what was declared of it, and what came out."""

    name: str
    concept: Concept
    result: Result

    @property
    def content(self) -> dict:
        """What `result.json` holds."""
        return self.result.content

    @cached_property
    def columns(self) -> list[str]:
        """The columns that ran, NumPy's first."""
        return palette.in_order(self.result.implementations)

    @cached_property
    def missing(self) -> dict[str, str]:
        """The columns that could not run, and why."""
        columns = self.content["columns"]
        return {
            c: columns[c]["missing"] for c in palette.in_order(columns) if c not in self.columns
        }

    @cached_property
    def failed(self) -> list[dict]:
        """The checks that do not hold."""
        return [record for record in self.content["checks"] if not record["passed"]]

    @property
    def failures(self) -> list[dict]:
        """The worst of them, group by group."""
        return tables.failures(self.name, self.content["checks"])

    @cached_property
    def proof(self) -> dict:
        """The checks, grouped."""
        return tables.proof(self.name, self.content["checks"])

    @cached_property
    def rows(self) -> list[dict]:
        """A row for each variant and column that was trained."""
        trained = self.concept.task and self.content["runs"]
        return tables.training(self.result, self.concept.task) if trained else []

    @property
    def several(self) -> bool:
        """Whether the concept trains more than one variant."""
        return len({row["variant"] for row in self.rows}) > 1

    @cached_property
    def data(self) -> list[str]:
        """What was drawn."""
        return tables.data(self.result)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The text of the two halves."""
        return {
            half: path.read_text("utf-8") for half, path in catalogue.sources(self.name).items()
        }

    @property
    def code(self) -> list[tuple[code.Stretch | None, code.Stretch | None]]:
        """The two halves, side by side."""
        return code.side_by_side(self.sources["numpy"], self.sources["keras"])

    @property
    def parts(self) -> dict[str, list[parts.Definition]]:
        """What the NumPy half is composed of."""
        return parts.parts(self.sources["numpy"])

    @cached_property
    def equations(self) -> list[tuple[Markup, str]]:
        """The equations as MathML, and what each says."""
        return [(equations.mathml(latex), says) for latex, says in self.concept.equations]

    @cached_property
    def figures(self) -> list[charts.Picture]:
        """The concept's own figures."""
        try:
            figures = self.concept.figures(self.result)
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
            raise ValueError(
                f"{self.result.folder}: the figures cannot be drawn ({error}); run the concept "
                "again"
            ) from error
        return [
            charts.picture(
                f"figure-{number}", f.title, f.title_ja, f.chart, self.columns, f.caption
            )
            for number, f in enumerate(figures, start=1)
        ]

    @cached_property
    def curves(self) -> list[charts.Picture]:
        """Loss and accuracy by epoch."""
        return charts.curves(self.result, self.columns) if self.rows else []

    @cached_property
    def accuracy(self) -> charts.Picture | None:
        """Test accuracy with intervals."""
        return (
            charts.accuracy(self.rows, self.content["baselines"], self.columns)
            if self.rows
            else None
        )

    @cached_property
    def speed(self) -> charts.Picture | None:
        """Times and memory."""
        return charts.speed(self.result, self.columns) if self.rows else None

    @property
    def pictures(self) -> list[charts.Picture]:
        """Every chart of the page."""
        own = [*self.figures, *self.curves, self.accuracy, self.speed]
        return [picture for picture in own if picture]

    @property
    def command(self) -> str:
        """The command that gives this result again."""
        settings = self.content["settings"]
        keras = [column.removeprefix("keras-") for column in self.columns if column != "numpy"]
        words = ["sidebyside", "run", self.name, "--backends", ",".join(keras) or "numpy"]
        if settings["preset"] == "full":
            words.append("--full")
        for option in ("seeds", "epochs", "csv"):
            if settings[option] is not None:
                words += [f"--{option}", str(settings[option])]
        if settings["device"] != "auto":
            words += ["--device", settings["device"]]
        return shlex.join(words)
