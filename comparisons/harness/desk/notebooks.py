"""Results for Python and notebooks: they show themselves in short, and give pandas frames."""

from html import escape
from pathlib import Path

import pandas as pd

from comparisons.harness import catalogue
from comparisons.harness.desk import summary
from comparisons.harness.runs.results import Result

KINDS = ("runs", "checks", "claims", "baselines", "summary", "failures")


class Comparison(Result):
    """One concept's result, which a notebook shows in short."""

    @property
    def name(self) -> str:
        """The concept's name."""
        return self.content["concept"]

    @property
    def page(self) -> Path:
        """The concept's page."""
        return self.folder / "index.html"

    def frame(self, kind: str) -> pd.DataFrame:
        """The result's records as a table: one row a record, nested names joined by points.

        Numbers are those of `result.json`: what a page writes in percent or points is a share.

        Args:
            kind: `"runs"`, `"checks"`, `"claims"`, `"baselines"`, `"summary"` or `"failures"`.
        """
        if kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}, got {kind!r}")
        return pd.json_normalize(self.content[kind])

    def __repr__(self) -> str:
        return f"<{self.name}: {summary.standing(self.content)}>"

    def _repr_html_(self) -> str:
        concept = catalogue.declared(self.name, self.settings)
        english, japanese = map(escape, concept.title)
        parts = [
            f'<h3><a href="{escape(self.page.as_posix())}">{english}</a></h3>',
            f'<p lang="ja">{japanese}</p>',
            f"<p>{escape(summary.standing(self.content))}</p>",
            _table(summary.table(concept, self)),
            _list(
                f"{escape(summary.verdict(claim))}: {escape(claim['claim'])} "
                f'<span lang="ja">{escape(claim["claim_ja"])}</span>'
                for claim in self.content["claims"]
            ),
            _list(
                f"<strong>FAILED</strong>: {escape(line)}" for line in summary.faults(self.content)
            ),
        ]
        return "\n".join(filter(None, parts))


class Comparisons(list[Comparison]):
    """Several concepts' results, found by number or by name."""

    def __getitem__(self, key):
        """The result at a place, or of the concept of that name."""
        if not isinstance(key, str):
            return super().__getitem__(key)
        found = {comparison.name: comparison for comparison in self}
        if key not in found:
            raise KeyError(f"{key}: there are results of {', '.join(found) or 'no concept'}")
        return found[key]

    def frame(self, kind: str) -> pd.DataFrame:
        """The records of all of them, with the concept's name in the first column."""
        frames = {comparison.name: comparison.frame(kind) for comparison in self}
        return pd.concat(frames, names=["concept"]).reset_index(level=0).reset_index(drop=True)

    def _repr_html_(self) -> str:
        return "\n".join(comparison._repr_html_() for comparison in self)


def _table(rows: list[list[str]]) -> str:
    lines = [
        "<tr>" + "".join(f"<{cell}>{escape(text)}</{cell}>" for text in row) + "</tr>"
        for cell, row in zip(["th"] + ["td"] * len(rows), rows)
    ]
    return f"<table>{''.join(lines)}</table>" if rows else ""


def _list(items) -> str:
    found = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{found}</ul>" if found else ""
