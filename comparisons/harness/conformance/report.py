"""What a conformance run gave."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from comparisons.harness.conformance import terminal
from comparisons.harness.conformance.families import FAMILIES
from comparisons.harness.conformance.judging import NEW, PASSED, REFUSED, VERDICTS
from reference_numpy.console import printable


@dataclass(frozen=True)
class Judgement:
    """A class on one backend in one precision.

    Args:
        rows: what came of each case, as `judging.Row` has it.
    """

    name: str
    family: str
    backend: str
    dtype: str
    rows: list[dict]

    @property
    def counts(self) -> dict[str, int]:
        """How many cases had each verdict."""
        found = Counter(row["verdict"] for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def as_dict(self) -> dict:
        """The judgement as plain values."""
        return {**vars(self), "counts": self.counts}


@dataclass(frozen=True, repr=False)
class Report:
    """What a run gave.

    Args:
        environment: machine, versions and backends.
        judgements: in the order of the tables.
        complete: whether all that was asked for was judged; a backend may have died.
    """

    environment: dict
    judgements: list[Judgement]
    complete: bool = True

    @property
    def holds(self) -> bool:
        """Whether all was judged, and nothing new was found."""
        return self.complete and not any(one.counts[NEW] for one in self.judgements)

    def totals(self) -> Iterator[tuple[str, str, dict[str, int]]]:
        """`(backend, precision, counts)` over all classes."""
        for backend in dict.fromkeys(one.backend for one in self.judgements):
            for dtype in dict.fromkeys(one.dtype for one in self.judgements):
                of = [j for j in self.judgements if (j.backend, j.dtype) == (backend, dtype)]
                yield backend, dtype, _sum(of)

    def kinds(self) -> dict[str, dict[tuple[str, str], dict[str, int]]]:
        """For each family the counts of each backend and precision."""
        return {
            family: {
                (backend, dtype): _sum(
                    j
                    for j in self.judgements
                    if (j.family, j.backend, j.dtype) == (family, backend, dtype)
                )
                for backend, dtype, _ in self.totals()
            }
            for family in dict.fromkeys(one.family for one in self.judgements)
        }

    def differing(self) -> list[tuple[Judgement, dict]]:
        """The cases that did not pass, by kind; those that are new first, refused ones last."""
        order = (NEW, *(v for v in reversed(VERDICTS) if v not in (NEW, PASSED, REFUSED)), REFUSED)
        found = [(j, row) for j in self.judgements for row in j.rows if row["verdict"] != PASSED]
        kinds = list(FAMILIES)
        return sorted(
            found, key=lambda one: (order.index(one[1]["verdict"]), kinds.index(one[0].family))
        )

    def as_dict(self) -> dict:
        """What `--json` writes."""
        return {
            "environment": self.environment,
            "classes": [judgement.as_dict() for judgement in self.judgements],
        }

    def __str__(self) -> str:
        return printable("\n".join(terminal.lines(self)))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def _sum(judgements: Iterable[Judgement]) -> dict[str, int]:
    """How many of their cases had each verdict."""
    counts = [one.counts for one in judgements]
    return {verdict: sum(of[verdict] for of in counts) for verdict in VERDICTS}
