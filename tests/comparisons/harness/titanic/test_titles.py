"""Titles in names, however these are written."""

import numpy as np
import pandas as pd
import pytest

from comparisons.harness.titanic.passengers import load_titanic
from comparisons.harness.titanic.titles import titles


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Braund, Mr. Owen Harris", "Mr"),
        ("Allison, Master. Hudson Trevor", "Master"),
        ("Sagesser, Mlle. Emma", "Miss"),
        ("Aubart, Mme. Leontine Pauline", "Mrs"),
        ("Rothes, the Countess. of (Lucy Noel Martha Dyer-Edwards)", "other"),
        ("Crosby, Capt. Edward Gifford", "other"),
        ('Duff Gordon, Lady. (Lucille Christiana) ("Mrs Morgan")', "other"),
        ("Braund, Mr Owen Harris", "Mr"),
        ("BRAUND, MR. OWEN", "Mr"),
        ("Mr. Owen Harris Braund", "Mr"),
        ("Mr Owen Braund", "Mr"),
        ("Braund Mrs Owen", "Mrs"),
        ("Mr. Owen Braund, Jr.", "Mr"),
        ("Smith, Jones, Mr. Owen", "Mr"),
        ("Braund，Mr. Owen", "Mr"),
        ("Smith, Dr. John (Mrs Ann)", "other"),
        ("Owen Braund", "other"),
        ("Missing, Ann", "other"),
        ("Mister Missingham", "other"),
        (np.nan, "other"),
    ],
)
def test_title(name, title):
    assert titles(pd.Series([name], dtype="object")).tolist() == [title]


def test_titles_of_all_passengers():
    found = titles(load_titanic().frame["name"]).value_counts()
    assert found.to_dict() == {"Mr": 757, "Miss": 264, "Mrs": 198, "Master": 61, "other": 29}


def test_many_names_without_a_title_are_told(tmp_path):
    frame = load_titanic().frame
    assert not any("title" in note for note, _ in load_titanic().notes)
    bare = frame["name"].str.replace(r", \S+\.", ",", regex=True)
    frame.assign(name=bare).to_csv(tmp_path / "bare.csv", index=False)
    (told,) = [note for note, _ in load_titanic(tmp_path / "bare.csv").notes if "title" in note]
    assert told.startswith("Names without a title that is known: 1,309 of 1,309, such as 'Allen, ")
