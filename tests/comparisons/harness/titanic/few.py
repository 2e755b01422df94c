"""A few passengers, made up for the tests."""

import numpy as np
import pandas as pd


def passengers(**columns):
    """A few passengers; what is not given is the same for all, but for the names."""
    size = len(next(iter(columns.values())))
    usual = {
        "pclass": 3, "survived": 0, "name": "", "sex": "male", "age": 30.0, "sibsp": 0.0,
        "parch": 0.0, "ticket": "1", "fare": 7.0, "cabin": np.nan, "embarked": "S",
    }  # fmt: skip
    columns.setdefault("name", [f"A{number}, Mr. B" for number in range(size)])
    return pd.DataFrame({name: columns.get(name, [value] * size) for name, value in usual.items()})
