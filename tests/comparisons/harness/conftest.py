"""The made-up results with their pages, for the tests of the pages."""

import json

import pytest

from comparisons.harness.report import write_pages
from tests.comparisons.harness import fake_concepts, fake_results
from tests.comparisons.harness.page_parser import Page

PAGES = ("scales", "apples", "pears")  # in the order of books and chapters, 1 before 10
LOST = {
    "job": {
        "concept": "apples",
        "action": "train",
        "implementation": "keras-jax",
        "part": fake_concepts.LARGE,
        "seed": 2,
    },
    "reason": "shapes differ: (3,) and (4,)",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A folder of results with its pages; one concept has checks that fail, and a failed job."""
    folder = tmp_path_factory.mktemp("results")
    with fake_concepts.catalogued(tmp_path_factory.mktemp("concepts")):
        fake_results.write(folder, ["scales", "pears"])
        fake_results.write(folder, ["apples"], failing=("apples",), failures=[LOST])
        path = folder / "pears" / "result.json"
        content = json.loads(path.read_bytes())
        content["baselines"][1]["name"] = "</script><b>Logistic & co"
        path.write_text(json.dumps(content))
        assert write_pages(folder) == folder / "index.html"
        yield folder


@pytest.fixture(scope="module")
def index(results):
    return Page(results / "index.html")


@pytest.fixture(scope="module")
def pages(results):
    return {name: Page(results / name / "index.html") for name in PAGES}
