"""What comes of running a reproduction."""

from dataclasses import asdict, dataclass

STANDS, MENDED, CANNOT_RUN = STATES = ("stands", "mended", "cannot run here")


@dataclass(frozen=True)
class Outcome:
    """What came of one reproduction on one backend.

    Args:
        name: the divergence's.
        state: one of `STATES`.
        reason: the assertion that no longer holds, or why it cannot run.
    """

    name: str
    backend: str
    state: str
    reason: str = ""

    def as_dict(self) -> dict:
        """The outcome as plain values."""
        return asdict(self)


def lines(outcomes: list[Outcome]) -> list[str]:
    """For a terminal: a line for each divergence and state, what is mended first."""
    told = {}
    for state in (MENDED, CANNOT_RUN, STANDS):
        for one in outcomes:
            if one.state == state:
                told.setdefault((one.name, state, one.reason), []).append(one.backend)
    counts = [f"{state}: {sum(one.state == state for one in outcomes)}" for state in STATES]
    return [
        *(
            f"{name}: {state} on {', '.join(backends)}" + (f"; {reason}" if reason else "")
            for (name, state, reason), backends in told.items()
        ),
        ", ".join(counts),
    ]
