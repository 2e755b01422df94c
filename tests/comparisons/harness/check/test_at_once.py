"""How many questions stand at once: a large model's would fill the memory."""

import keras
import numpy as np
import pytest

import comparisons
from comparisons.harness.check import checking
from comparisons.harness.check.columns import Columns
from tests.comparisons.harness.check.divergent_models import DIVERGENT

# Keras's own, when it saves a model under NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")


class Sized:
    """A question about so many bytes."""

    def __init__(self, size):
        self.question, self.quantities = self, {"output": np.zeros(size, np.int8)}
        self.inputs, self.cotangents = [np.zeros(size, np.int8)], [None]


def test_a_list_ends_with_the_question_that_fills_it():
    asked = [Sized(size) for size in (1, 2, 3, 50, 1)]
    assert list(checking.at_once(asked, 12)) == [asked[:3], asked[3:4], asked[4:]]
    assert list(checking.at_once(asked[:3], 12)) == [asked[:3]]
    assert list(checking.at_once([], 12)) == []


def test_questions_one_by_one_find_what_all_at_once_do(monkeypatch):
    keras.utils.set_random_seed(0)
    model = DIVERGENT["sparsemax"].build()
    ask, counts, reports = Columns.ask, [], []

    def counting(self, function, *request, **how):
        if function is checking.answer:
            counts[-1].append(len(request[-1]))
        return ask(self, function, *request, **how)

    monkeypatch.setattr(Columns, "ask", counting)
    for most in (1, 2**40):
        monkeypatch.setattr(checking, "BYTES", most)
        counts.append([])
        reports.append(comparisons.check(model, backends="tensorflow", steps=0).as_dict())
    one, whole = counts
    passes = len(whole)
    assert passes > 1 and set(one) == {1} and len(one) == sum(whole) > passes
    assert reports[0]["layers"] == reports[1]["layers"]
    assert reports[0]["findings"] == reports[1]["findings"] != []
