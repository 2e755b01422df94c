"""What one concept's page shows: what was declared of the concept, and what came out."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from markupsafe import Markup

from comparisons.harness import catalogue
from comparisons.harness.bilingual import Words
from comparisons.harness.concept import Concept
from comparisons.harness.drawing import palette
from comparisons.harness.execution import Execution
from comparisons.harness.report import charts, code, equations, introductions, networks, tables
from comparisons.harness.report.pictures import Picture, picture
from comparisons.harness.runs.results import Result
from comparisons.harness.scores import Score
from comparisons.harness.table_files.question import Question


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

    @property
    def table(self) -> Question | None:
        """What was asked of the person's own table, where there is one."""
        return self.result.settings.table

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
        return tables.failures(self.name, self.content["checks"], self.concept.task)

    @property
    def lost(self) -> list[dict]:
        """The jobs that failed, `{"job", "reason"}` each."""
        return self.content.get("failures", [])

    @cached_property
    def proof(self) -> dict:
        """The checks, grouped."""
        return tables.proof(self.name, self.content["checks"], self.concept.task)

    @property
    def comparisons(self) -> list[dict]:
        """The checks one by one."""
        return tables.comparisons(self.name, self.content["checks"], self.concept.task)

    @cached_property
    def rows(self) -> list[dict]:
        """A row for each variant and column that was trained."""
        trained = self.concept.task and self.content["runs"]
        return tables.training(self.result, self.concept.task) if trained else []

    @property
    def several(self) -> bool:
        """Whether the concept trains more than one variant."""
        return len({row["variant"] for row in self.rows}) > 1

    @property
    def score(self) -> Score:
        """The score on which overfitting and equivalence are told."""
        return self.concept.task.scores[0]

    def compiled(self, column: str) -> str:
        """How the column did its training steps; `""` where Keras had no say in it."""
        runs = self.result.runs(implementation=column)
        return "; ".join(sorted({run.get("compiled", "") for run in runs}))

    @cached_property
    def data(self) -> list[Words]:
        """What was drawn."""
        return tables.data(self.result)

    @cached_property
    def notes(self) -> list[Words]:
        """How the data were read and prepared."""
        return tables.notes(self.result)

    @cached_property
    def halves(self) -> dict[str, list[code.Stretch]]:
        """The two halves, `"numpy"` and `"keras"`, in stretches."""
        paths = catalogue.sources(self.name)
        return {half: code.stretches(paths[half].read_text("utf-8")) for half in ("numpy", "keras")}

    @cached_property
    def introduces(self) -> list[introductions.Introduction]:
        """A row for each thing that the concept introduces."""
        return introductions.rows(self.name, self.halves, self.content)

    @property
    def elsewhere(self) -> list[introductions.Elsewhere]:
        """What it uses and another concept introduces."""
        return introductions.elsewhere(self.name)

    @property
    def code(self) -> list[code.Row]:
        """The rest of the two halves, side by side."""
        shown = {
            "numpy": {s for row in self.introduces for s in row.ours},
            "keras": {s for row in self.introduces for s in row.theirs},
        }
        ours, theirs = (
            [stretch for stretch in self.halves[half] if stretch not in shown[half]]
            for half in ("numpy", "keras")
        )
        return code.side_by_side(ours, theirs)

    @property
    def has_code(self) -> bool:
        """Whether the halves hold more than what is introduced."""
        return any(stretch.name for row in self.code for stretch in (*row.ours, *row.theirs))

    @property
    def sets_definitions_side_by_side(self) -> bool:
        """Whether a definition differs between the halves by more than the library's name."""
        return any(
            stretch.name
            for row in self.code
            if not row.same
            for stretch in (*row.ours, *row.theirs)
        )

    @cached_property
    def networks(self) -> list[networks.Network]:
        """The networks that are trained."""
        task = self.concept.task
        return self._drawn("Task.build", lambda: networks.networks(self.name, task)) if task else []

    @cached_property
    def equations(self) -> list[tuple[Markup, Words]]:
        """The model's equations as MathML, and what each says."""
        return [(equations.mathml(latex), says) for latex, says in self.concept.equations]

    @cached_property
    def figures(self) -> list[Picture]:
        """The concept's own figures."""
        figures = self._drawn("Concept.figures", lambda: self.concept.figures(self.result))
        return [
            picture(f"figure-{number}", f.title, f.chart, self.columns, f.caption)
            for number, f in enumerate(figures, start=1)
        ]

    def _drawn(self, field: str, draw: Callable[[], list]) -> list:
        """What `draw` gives; nothing where it may need what a failed job did not give."""
        try:
            return draw()
        except Exception as error:
            if self.lost:
                return []
            raise ValueError(
                f"{self.result.folder}: the figures cannot be drawn; run the concept again, or "
                f"mend {catalogue.told(self.name, error, field)}"
            ) from error

    @cached_property
    def curves(self) -> list[Picture]:
        """Loss, scores and other logs by epoch."""
        return charts.curves(self.result, self.concept.task, self.columns) if self.rows else []

    @cached_property
    def scores(self) -> Picture | None:
        """The first score on the test data with intervals."""
        if not any(row["scores"][self.score.key] for row in self.rows):
            return None
        baselines = self.content["baselines"]
        return charts.scores(self.rows, baselines, self.concept.task, self.columns)

    @cached_property
    def speed(self) -> Picture | None:
        """Times and memory."""
        return charts.speed(self.result, self.concept.task, self.columns) if self.rows else None

    @property
    def pictures(self) -> list[Picture]:
        """Every chart of the page."""
        own = [*self.figures, *self.curves, self.scores, self.speed]
        return [picture for picture in own if picture]

    @property
    def command(self) -> str:
        """The command that gives this result again."""
        return self._command("seeds")

    @property
    def in_full(self) -> str:
        """The command without a number of seeds: as many as the claims need."""
        return self._command()

    def _command(self, *numbers: str) -> str:
        settings = self.content["settings"]
        words = ["sidebyside", *self._subject, "--backends", ",".join(self._backends)]
        if settings["preset"] == "full":
            words.append("--full")
        for option in (*numbers, "epochs", "csv", "encoding"):
            if settings[option] is not None:
                words += [f"--{option}", str(settings[option])]
        if settings["device"] != "auto":
            words += ["--device", settings["device"]]
        words += self.result.settings.execution.words()
        return shlex.join(words)

    @property
    def call(self) -> str:
        """Much the same as a call in Python, but from one seed: as cheap as it can be."""
        settings, asked, how = self.content["settings"], self.table, self.result.settings.execution
        given = {"seeds": 1, **{key: settings[key] for key in ("epochs", "csv", "encoding")}}
        given |= {"backends": self._backends, "full": settings["preset"] == "full"}
        if settings["device"] != "auto":
            given["device"] = settings["device"]
        if asked:
            keys = ("target", "task", "group", "without", "folds", "encoding")
            given |= {key: getattr(asked, key) for key in keys}
        given = {key: value for key, value in given.items() if value}
        given |= {key: value for key, value in vars(how).items() if value != vars(Execution)[key]}
        options = "".join(f", {key}={value!r}" for key, value in given.items())
        return f"table({asked.path!r}{options})" if asked else f"run({self.name!r}{options})"

    @property
    def _backends(self) -> list[str]:
        """What the command asks for by `--backends`."""
        keras = [column.removeprefix("keras-") for column in self.columns if column != "numpy"]
        return keras or ["numpy"]

    @property
    def _subject(self) -> list[str]:
        """What the command runs: a concept, or a question about a table."""
        asked = self.table
        if not asked:
            return ["run", self.name]
        words = ["table", asked.path, "--target", asked.target, "--task", asked.task]
        for option in ("group", "encoding"):
            if value := getattr(asked, option):
                words += [f"--{option}", value]
        for name in asked.without:
            words += ["--without", name]
        return [*words, "--folds", str(asked.folds)]

    @property
    def runs(self) -> bytes:
        """Scores, times and sizes of all runs as CSV."""
        left_out = ("data", "notes", "history")
        kept = [{k: v for k, v in run.items() if k not in left_out} for run in self.content["runs"]]
        return pd.json_normalize(kept).to_csv(index=False).encode()

    @property
    def search(self) -> str:
        """What the concept is found by on the first page, in both languages."""
        declared = self.concept
        texts = [declared.title, declared.summary, declared.chapter.title, declared.chapter.book]
        texts += [
            *(term[:2] for term in declared.terms),
            *(claim.claim for claim in declared.claims),
        ]
        texts += [(thing.name, *thing.says) for thing in declared.introduces]
        return " ".join([self.name, *(half for text in texts for half in text)])
