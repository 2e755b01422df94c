"""Small tables: scikit-learn's as CSV, and made ones."""

import io

import numpy as np
import pandas as pd
from sklearn import datasets


def iris() -> pd.DataFrame:
    """150 flowers, the species in words."""
    found = datasets.load_iris(as_frame=True)
    species = found.target.map(dict(enumerate(found.target_names)))
    return found.data.assign(species=species)


def wine() -> pd.DataFrame:
    """178 wines of three growers, as numbers."""
    return datasets.load_wine(as_frame=True).frame


def diabetes() -> pd.DataFrame:
    """442 patients and how their disease progressed."""
    return datasets.load_diabetes(as_frame=True).frame


def people(rows: int = 90) -> pd.DataFrame:
    """Columns of every kind, and an answer that depends on some of them."""
    generator = np.random.default_rng(0)
    age = generator.integers(20, 70, rows).astype(float)
    sex = generator.choice(["f", "m"], rows)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(generator.integers(0, 700, rows), "D")
    noise = generator.normal(0, 8, rows)
    frame = pd.DataFrame(
        {
            "id": np.arange(1, rows + 1),
            "age": age,
            "sex": sex,
            "joined": days.strftime("%Y-%m-%d"),
            "name": [f"person {number}" for number in range(rows)],
            "planet": "Earth",
            "nothing": np.nan,
            "house_id": generator.integers(0, rows // 3, rows),
            "bought": np.where(age + 20 * (sex == "f") + noise > 55, "yes", "no"),
        }
    )
    frame.loc[::7, "age"] = np.nan
    return frame


def text(frame: pd.DataFrame, **options) -> bytes:
    """The table as a CSV file."""
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, **options)
    return buffer.getvalue().encode()
