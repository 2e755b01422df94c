"""Fingerprints: a digest of everything that a job's result depends on, and of nothing else.

A job depends on its concept's three files and on those of other concepts that they import, on the
harness, on the NumPy library, on the versions of the packages that it runs on, and on those of the
settings that change its result. The pages and their words change none.
"""

import ast
import hashlib
import json
import sys
from dataclasses import asdict
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from comparisons.harness.concept import Concept, Settings
from comparisons.harness.divergences import DIVERGENCES
from comparisons.harness.runs.jobs import Job

ROOT = Path(__file__).parents[3]
# Where the files of a concept are, as packages.
TREES = ("reference_numpy.concepts", "keras_models", "comparisons")
NOT_IN_RESULTS = (
    "comparisons/harness/bench/",
    "comparisons/harness/check/",
    "comparisons/harness/cli/",
    "comparisons/harness/conformance/",
    "comparisons/harness/conventions/",
    "comparisons/harness/desk/",
    "comparisons/harness/diff/",
    "comparisons/harness/drawing/",
    "comparisons/harness/race/",
    "comparisons/harness/report/",
    "comparisons/harness/words/",
    "comparisons/harness/wrappers.py",
    "reference_numpy/concepts/",  # each counts for the concepts that import it
)
OURS = {"reference_numpy", "keras_models", "comparisons"}
DRAWING = {"altair"}  # charts are drawn anew for each page
DISTRIBUTIONS = {"sklearn": "scikit-learn"}  # named otherwise than what is imported


class Fingerprints:
    """The digests of one run's jobs; each file is read once.

    Args:
        root: the folder that holds the three trees.
    """

    def __init__(self, root: Path = ROOT):
        self.root = root
        self._imports: dict[Path, set[str]] = {}

    def of(self, job: Job, concept: Concept, settings: Settings) -> str:
        """The job's digest."""
        files = self.files(job.concept)
        parts = {
            "job": asdict(job),
            "choices": choices(job, concept, settings),
            "code": self.code,
            "files": {path.relative_to(self.root).as_posix(): _digest(path) for path in files},
            "versions": {name: version_of(name) for name in sorted(self.packages(job, concept))},
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @cached_property
    def code(self) -> str:
        """Digest of the harness and of the NumPy library, of which a job may use any part."""
        return code_digest(self.root, NOT_IN_RESULTS)

    def files(self, name: str) -> list[Path]:
        """The concept's files, and those of other concepts that they import, directly or not."""
        found, pending = set(), [f"{tree}.{name}" for tree in TREES]
        while pending:
            path = self.root / f"{pending.pop().replace('.', '/')}.py"
            if path not in found and path.is_file():
                found.add(path)
                pending += [m for m in self.imports(path) if m.rpartition(".")[0] in TREES]
        return sorted(found)

    def packages(self, job: Job, concept: Concept) -> set[str]:
        """The packages whose versions count."""
        found = {"numpy"}
        if job.implementation != "numpy":
            found |= {"keras", job.implementation.removeprefix("keras-")}
        imported = {name for path in self.files(job.concept) for name in self.imports(path)}
        outside = {name.partition(".")[0] for name in imported} - OURS - DRAWING
        found |= outside - {"keras"} - sys.stdlib_module_names
        # scikit-learn splits the data and scores the models; pandas reads the tables.
        if concept.task or "comparisons.harness.datasets" in imported:
            found |= {"scikit-learn", "pandas"}
        return {DISTRIBUTIONS.get(name, name) for name in found}

    def imports(self, path: Path) -> set[str]:
        """The modules that a file imports, and the names that it takes from packages."""
        if path not in self._imports:
            found = self._imports[path] = set()
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        return self._imports[path]


def code_digest(root: Path = ROOT, left_out: tuple[str, ...] = ()) -> str:
    """Digest of the harness and of the NumPy library but for folders that are left out.

    Of a divergence what is told of it at length changes no result.
    """
    digest = hashlib.sha256()
    for folder in ("reference_numpy", "comparisons/harness"):
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not name.startswith(left_out):
                digest.update(f"{name} {_digest(path)}\n".encode())
    for known in DIVERGENCES.values():
        if known.shows is not None:  # the checks make an exception for it, or call it by its name
            digest.update(f"{known.name} {known.title} {known.seen} {known.shows}\n".encode())
    return digest.hexdigest()


def choices(job: Job, concept: Concept, settings: Settings) -> dict:
    """The settings that change the job's result; a file of one's own counts by its content."""
    if job.action == "demonstrate" or not concept.task:
        return {}
    own = settings.csv and _digest(Path(settings.csv))
    chosen = {"preset": settings.preset, "csv": own, "encoding": settings.encoding}
    if settings.table:
        asked = asdict(settings.table) | {"path": _digest(Path(settings.table.path))}
        chosen["table"] = json.loads(json.dumps(asked))  # as it is read again
    if job.action == "train":
        # The number of seeds is left out: asking for more of them keeps the jobs already done.
        chosen["epochs"] = concept.task.preset(settings).epochs
        if job.implementation != "numpy":
            chosen["device"] = settings.device
            chosen["execution"] = asdict(settings.execution)
    elif job.action == "baseline":
        chosen["seeds"] = settings.seeds
    return chosen


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def version_of(package: str) -> str | None:
    """The installed version of a distribution."""
    try:
        return version(package)
    except PackageNotFoundError:  # a module without a distribution
        return None
