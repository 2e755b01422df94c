"""A house with concepts of its own beside the real harness and library, for whole runs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

SCRIPT = """
from comparisons.harness import chapters
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Concept, Demonstration

CONCEPT = Concept(
    title=("{title}", "例"),
    chapter=chapters.PERCEPTRON,
    summary=("An example.", "例。"),
    demonstrations=(Demonstration("behave", seeds={seeds}),),
)

if __name__ == "__main__":
    run_script(__file__)
"""
HALF = """
import os
import signal
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def behave(generator):
    {behaviour}
    return {{"y": generator.random(3)}}
"""


class House:
    """A folder from which `python -m comparisons` runs with the concepts that were added."""

    def __init__(self, folder: Path):
        self.folder = folder
        for room, own in {
            "reference_numpy": ("concepts",),
            "keras_models": (),
            "comparisons": (),
        }.items():
            (folder / room).mkdir(parents=True)
            for path in (ROOT / room).iterdir():
                is_concept = path.suffix == ".py" and not path.name.startswith("__")
                if path.name not in own and not (room != "reference_numpy" and is_concept):
                    (folder / room / path.name).symlink_to(path)
        (folder / "reference_numpy" / "concepts").mkdir()
        (folder / "reference_numpy" / "concepts" / "__init__.py").touch()
        (folder / "data").symlink_to(ROOT / "data")

    def add(self, name: str, behaviour: str = "pass", seeds: int = 1, title: str = "Example"):
        """Add a concept whose demonstration does `behaviour` before it answers."""
        half = HALF.format(behaviour=behaviour)
        self.write(f"comparisons/{name}.py", SCRIPT.format(title=title, seeds=seeds))
        self.write(f"reference_numpy/concepts/{name}.py", half)
        self.write(f"keras_models/{name}.py", half)

    def write(self, name: str, text: str):
        """Write one file of the house."""
        (self.folder / name).write_text(text)

    def start(self, *arguments, before: str = "pass", **options) -> subprocess.Popen:
        """`sidebyside` with these arguments, in the house."""
        # A shell that starts the tests in the background has them ignore Ctrl-C.
        script = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            f"{before}; from comparisons.__main__ import main; main()"
        )
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "COLUMNS": "80"}
        return subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**environment, **options.pop("env", {})},
            **{"text": True, **options},
        )

    def call(self, *arguments, **options) -> tuple[int, str, str]:
        """Exit status, standard output and standard error of `sidebyside` in the house."""
        return self.finish(self.start(*arguments, **options))

    @staticmethod
    def finish(process: subprocess.Popen) -> tuple[int, str, str]:
        """Exit status, standard output and standard error of a process, once it has ended."""
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    listing = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    return [int(line) for line in listing.stdout.split()]


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
