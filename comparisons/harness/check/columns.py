"""The backends' processes, which all work at the same question at once."""

import contextlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from comparisons.harness.runs import runner
from comparisons.harness.runs.workers import Column, JobFailed

CHECKED = "checked"


class Columns:
    """One process for each backend.

    Args:
        wanted: the backends asked for; None or empty for all that are installed.
        folder: where they write what the frameworks print, and whatever is temporary.
        device: "cpu", "gpu", or "auto" for a GPU where a backend sees one.

    Raises:
        ValueError: an unknown backend, or none that can start.
    """

    def __init__(self, wanted: Sequence[str] | None, folder: Path, device: str = "cpu"):
        self.device, self._folder = device, folder
        names, missing = runner.keras_columns(list(wanted or []))
        self.lost = {_backend(name): reason for name, reason in missing.items()}
        self._columns = {_backend(name): self._started(name) for name in names}
        self._order = list(self._columns)
        for backend in self.backends:
            self._receive(backend)
        if not self._columns:
            raise ValueError("; ".join(f"{name}: {reason}" for name, reason in self.lost.items()))

    def _started(self, name: str) -> Column:
        settings = {"TMPDIR": str(self._folder)}
        return Column(name, self.device, self._folder / f"{name}.log", settings=settings)

    def restart(self, backend: str) -> None:
        """Start one that was lost once more."""
        del self.lost[backend]
        self._columns[backend] = self._started(f"keras-{backend}")
        self._receive(backend)

    def states(self) -> dict[str, str]:
        """For each backend that it was checked, or why not."""
        return {**dict.fromkeys(self.backends, CHECKED), **self.lost}

    @property
    def backends(self) -> list[str]:
        """Those that still answer."""
        return [backend for backend in self._order if backend in self._columns]

    def ask(
        self, *request, of: str | None = None, but: Collection[str] = ()
    ) -> Iterator[tuple[str, object]]:
        """`(backend, answer)` of each but some, or of one; one that dies is `lost` from then on."""
        asked = [b for b in self.backends if of in (None, b) and b not in but]
        for backend in asked:
            with self._losing(backend):
                self._columns[backend].send(*request)
        for backend in asked:
            if backend not in self._columns:
                continue
            answer = self._receive(backend)
            if backend in self._columns:
                yield backend, answer

    def _receive(self, backend: str) -> object:
        with self._losing(backend):
            return self._columns[backend].answer()

    @contextlib.contextmanager
    def _losing(self, backend: str):
        try:
            yield
        except JobFailed as failure:
            self.lost[backend] = failure.reason
            self._columns.pop(backend).stop()

    def close(self) -> None:
        """End the processes."""
        for column in self._columns.values():
            column.stop()

    def __enter__(self) -> "Columns":
        return self

    def __exit__(self, *error) -> None:
        self.close()


def _backend(implementation: str) -> str:
    return implementation.removeprefix("keras-")
