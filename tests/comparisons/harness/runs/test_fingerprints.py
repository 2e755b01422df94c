"""What voids a job's result, and what does not."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from comparisons.harness import chapters
from comparisons.harness.concept import Concept, Preset, Settings, Task
from comparisons.harness.divergences import DIVERGENCES, named
from comparisons.harness.execution import Execution
from comparisons.harness.runs import fingerprints
from comparisons.harness.runs.fingerprints import Fingerprints
from comparisons.harness.runs.jobs import Job

FILES = {
    "reference_numpy/layers/dense.py": "import numpy as np\n",
    "reference_numpy/concepts/first.py": "import numpy as np\n",
    "reference_numpy/concepts/second.py": "from reference_numpy.concepts.first import step\n",
    "reference_numpy/concepts/third.py": "from reference_numpy.concepts import second\n",
    "keras_models/first.py": "import keras\n",
    "keras_models/second.py": "import keras\n",
    "keras_models/third.py": "import keras\n",
    "comparisons/__init__.py": "",
    "comparisons/first.py": "import altair\nfrom comparisons.harness.concept import Concept\n",
    "comparisons/second.py": "from comparisons.harness.datasets import mnist_subset\n",
    "comparisons/third.py": "import gymnasium\n",
    "comparisons/harness/training.py": "import time\n",
    "comparisons/harness/words/pages.py": "WORDS = {}\n",
    "comparisons/harness/report/page.py": "import jinja2\n",
    "comparisons/harness/race/running.py": "import time\n",
}
TASK = Concept(
    title=("Task", "課題"),
    chapter=chapters.LEARNING,
    summary=("", ""),
    task=Task(
        data=lambda settings, seed: None, presets={"default": Preset(3, 8), "full": Preset(9, 8)}
    ),
)
PLAIN = Concept(title=("Plain", "例"), chapter=chapters.LEARNING, summary=("", ""))


@pytest.fixture
def root(tmp_path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def marks(root):
    """The fingerprint of a training job of each of the three concepts."""
    prints = Fingerprints(root)
    return {
        name: prints.of(Job(name, "train", "numpy"), TASK, Settings())
        for name in ("first", "second", "third")
    }


@pytest.mark.parametrize(
    ("file", "voided"),
    [
        ("comparisons/third.py", {"third"}),
        ("keras_models/third.py", {"third"}),
        ("reference_numpy/concepts/third.py", {"third"}),
        ("reference_numpy/concepts/second.py", {"second", "third"}),
        ("reference_numpy/concepts/first.py", {"first", "second", "third"}),
        ("comparisons/first.py", {"first"}),
        ("keras_models/first.py", {"first"}),
        ("reference_numpy/layers/dense.py", {"first", "second", "third"}),
        ("comparisons/harness/training.py", {"first", "second", "third"}),
        ("comparisons/harness/words/pages.py", set()),
        ("comparisons/harness/report/page.py", set()),
        ("comparisons/harness/race/running.py", set()),
        ("comparisons/__init__.py", set()),
    ],
)
def test_an_edited_file_voids_what_depends_on_it(root, file, voided):
    before = marks(root)
    (root / file).write_text(FILES[file] + "# edited\n")
    after = marks(root)
    assert {name for name in after if after[name] != before[name]} == voided


@pytest.mark.parametrize(("change", "voids"), [({"text": "!"}, False), ({"seen": {}}, True)])
def test_a_divergence_counts_as_the_checks_see_it(root, monkeypatch, change, voids):
    before = marks(root)
    changed = {"sparsemax": replace(named("sparsemax"), **change)}
    monkeypatch.setattr(fingerprints, "DIVERGENCES", DIVERGENCES | changed)
    assert (marks(root) != before) == voids


def test_a_new_concept_voids_no_other(root):
    before = marks(root)
    for tree in ("reference_numpy/concepts", "keras_models", "comparisons"):
        shutil.copy(root / tree / "third.py", root / tree / "fourth.py")
    assert marks(root) == before


@pytest.mark.parametrize(
    ("action", "implementation", "settings", "depends"),
    [
        ("check", "keras-jax", {"preset": "full"}, True),
        ("check", "keras-jax", {"epochs": 1}, False),
        ("check", "keras-jax", {"device": "gpu"}, False),
        ("check", "keras-jax", {"seeds": 9}, False),
        ("train", "keras-jax", {"preset": "full"}, True),
        ("train", "keras-jax", {"epochs": 1}, True),
        ("train", "keras-jax", {"epochs": 3}, False),  # the preset's own
        ("train", "keras-jax", {"device": "gpu"}, True),
        ("train", "keras-jax", {"execution": Execution(jit=True)}, True),
        ("train", "keras-jax", {"execution": Execution(precision="float64")}, True),
        ("train", "keras-jax", {"execution": Execution(steps_per_execution=2)}, True),
        ("train", "numpy", {"execution": Execution(True, "float64", 2)}, False),
        ("check", "keras-jax", {"execution": Execution(True, "float64", 2)}, False),
        ("train", "numpy", {"device": "gpu"}, False),
        ("train", "numpy", {"seeds": 9}, False),
        ("train", "numpy", {"encoding": "cp932"}, True),
        ("baseline", "numpy", {"preset": "full"}, True),
        ("baseline", "numpy", {"seeds": 2}, True),
        ("baseline", "numpy", {"encoding": "cp932"}, True),
        ("baseline", "numpy", {"epochs": 1}, False),
        ("baseline", "numpy", {"device": "gpu"}, False),
        ("demonstrate", "numpy", {"preset": "full"}, False),
        ("demonstrate", "keras-jax", {"device": "gpu", "epochs": 1, "seeds": 9}, False),
    ],
)
def test_a_setting_voids_what_it_changes(root, action, implementation, settings, depends):
    job, prints = Job("first", action, implementation), Fingerprints(root)
    changed = prints.of(job, TASK, Settings(**settings)) != prints.of(job, TASK, Settings())
    assert changed == depends


@pytest.mark.parametrize("action", ["check", "train", "baseline", "demonstrate"])
def test_a_file_of_ones_own_voids_what_uses_the_data(root, tmp_path, action):
    own, job, prints = tmp_path / "own.csv", Job("first", action, "numpy"), Fingerprints(root)
    without = prints.of(job, TASK, Settings())
    own.write_text("a\n1\n")
    first = prints.of(job, TASK, Settings(csv=str(own)))
    own.write_text("a\n2\n")
    second = prints.of(job, TASK, Settings(csv=str(own)))
    assert len({without, first, second}) == (1 if action == "demonstrate" else 3)


@pytest.mark.parametrize(
    ("job", "concept", "packages"),
    [
        (Job("first", "demonstrate", "numpy"), PLAIN, {"numpy"}),
        (Job("first", "check", "keras-jax"), PLAIN, {"numpy", "keras", "jax"}),
        (Job("first", "train", "numpy"), TASK, {"numpy", "scikit-learn", "pandas"}),
        (Job("second", "demonstrate", "numpy"), PLAIN, {"numpy", "scikit-learn", "pandas"}),
        (Job("third", "demonstrate", "numpy"), PLAIN, {"numpy", "gymnasium"}),
    ],
)
def test_versions_of_what_a_job_runs_on(root, monkeypatch, job, concept, packages):
    prints = Fingerprints(root)
    monkeypatch.setattr(fingerprints, "version_of", lambda name: "1.0")
    before = prints.of(job, concept, Settings())
    voided = set()
    for package in (
        "numpy",
        "keras",
        "tensorflow",
        "jax",
        "scikit-learn",
        "pandas",
        "gymnasium",
        "altair",
    ):
        monkeypatch.setattr(
            fingerprints, "version_of", lambda name, p=package: "2.0" if name == p else "1.0"
        )
        if prints.of(job, concept, Settings()) != before:
            voided.add(package)
    assert voided == packages
