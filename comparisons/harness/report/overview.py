"""What the first page shows: all concepts by chapter, and the machine they ran on."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from comparisons.harness import catalogue
from comparisons.harness.bilingual import both
from comparisons.harness.chapters import Chapter
from comparisons.harness.divergences import DIVERGENCES, Divergence
from comparisons.harness.drawing import palette
from comparisons.harness.report import charts
from comparisons.harness.report.page import Page
from comparisons.harness.report.pictures import Picture


@dataclass(frozen=True)
class Overview:
    """The first page.

    Args:
        pages: the concepts that have results, in the order of chapters.
    """

    pages: list[Page]

    @property
    def chapters(self) -> list[tuple[Chapter, list[Page]]]:
        """The concepts by chapter."""

        def place(page):
            chapter = page.concept.chapter
            return chapter.book, chapter.place[0], chapter.title

        groups = (list(pages) for _, pages in groupby(self.pages, place))
        return [(pages[0].concept.chapter, pages) for pages in groups]

    @property
    def books(self) -> int:
        """How many books the chapters are of."""
        return len({page.concept.chapter.book for page in self.pages})

    @cached_property
    def columns(self) -> list[str]:
        """Every column that ran for some concept."""
        return palette.in_order({column for page in self.pages for column in page.columns})

    @cached_property
    def missing(self) -> dict[str, str]:
        """The columns that ran for no concept, and why."""
        found = {name: why for page in self.pages for name, why in page.missing.items()}
        return {name: why for name, why in found.items() if name not in self.columns}

    @property
    def total(self) -> int:
        """Number of checks."""
        return sum(len(page.content["checks"]) for page in self.pages)

    @property
    def failed(self) -> int:
        """Number of checks that do not hold."""
        return sum(len(page.failed) for page in self.pages)

    @property
    def lost(self) -> int:
        """Number of jobs that failed."""
        return sum(len(page.lost) for page in self.pages)

    @property
    def not_run(self) -> list[str]:
        """Concepts without results; none are missed beside a person's own table."""
        if all(page.table for page in self.pages):
            return []
        there = {page.name for page in self.pages}
        return [name for name in catalogue.script_names() if name not in there]

    @cached_property
    def divergences(self) -> list[Divergence]:
        """The known divergences of Keras that the checks met."""
        reasons = {record["reason"] for page in self.pages for record in page.content["checks"]}
        known = (one for one in DIVERGENCES.values() if one.shows is not None)
        return [one for one in known if one.told[0] in reasons]

    @cached_property
    def environments(self) -> list[tuple[dict, list[str]]]:
        """Every machine with its versions, and the concepts that ran on it."""
        groups: list[tuple[dict, list[str]]] = []
        for page in self.pages:
            machine = page.content["environment"]
            names = next((names for known, names in groups if known == machine), None)
            if names is None:
                groups.append((machine, [page.name]))
            else:
                names.append(page.name)
        return groups

    @cached_property
    def ratios(self) -> Picture | None:
        """How many times NumPy's step each Keras column's takes, or None where none was timed."""
        ratios = [
            {
                "entry": both(*(f"{page.name} ({half})" for half in row["name"]))
                if page.several
                else page.name,
                "implementation": row["implementation"],
                "ratio": row["ratio"],
            }
            for page in self.pages
            for row in page.rows
            if row["implementation"] != "numpy" and row["ratio"]
        ]
        return charts.speed_ratios(ratios, self.columns) if ratios else None
