"""The list of concepts: by chapter, with the state of their last run."""

from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

from comparisons.harness.concept import Concept
from comparisons.harness.desk import summary
from comparisons.harness.report.language import pair
from comparisons.harness.runs.results import Result


def row(name: str, concept: Concept) -> dict:
    """What a concept declares, for a machine to read."""
    return {
        "name": name,
        "chapter": f"{concept.chapter.number} {concept.chapter.title[0]}",
        "title": concept.title[0],
        "title_ja": concept.title[1],
        "introduces": [thing.name for thing in concept.introduces],
        "claims": [
            {"claim": claim.claim[0], "claim_ja": claim.claim[1], "source": pair(claim.source)[0]}
            for claim in concept.claims
        ],
    }


def show(declared: dict[str, Concept], results: Path) -> None:
    """Print the concepts, which come in the order of books and chapters."""
    console = Console(highlight=False, markup=False)
    width = max(map(len, declared))
    book = None
    for chapter, names in groupby(declared, lambda name: _chapter(declared[name])):
        if chapter[0] != book:
            book = chapter[0]
            console.print(f"\n{' · '.join(book)}")
        _, number, title = chapter
        console.print(f"\n{number} {' · '.join(title)}")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(min_width=width + 2)
        table.add_column(ratio=2, overflow="fold")
        table.add_column(ratio=1, overflow="fold")
        for name in names:
            table.add_row(f"  {name}", "\n".join(declared[name].title), state(results / name))
        console.print(table)


def _chapter(concept: Concept) -> tuple:
    """What the concepts of one chapter share: book, number and title."""
    chapter = concept.chapter
    return chapter.book, chapter.number.partition(".")[0], chapter.title


def state(folder: Path) -> str:
    """How the concept's last run ended; nothing where there was none."""
    if not (folder / "result.json").exists():
        return ""
    try:
        return summary.standing(Result.read(folder).content)
    except (ValueError, KeyError):
        return "to be run again"
