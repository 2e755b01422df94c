"""The title in each name, which tells boys and wives apart."""

import re

import pandas as pd

TITLES = ("Master", "Miss", "Mr", "Mrs", "other")
SAME_TITLE = {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs"}
SEX_OF_TITLE = {"Master": "male", "Mr": "male", "Miss": "female", "Mrs": "female"}
KNOWN = {title.casefold(): SAME_TITLE.get(title, title) for title in (*SEX_OF_TITLE, *SAME_TITLE)}
COMMAS = ",，"
_TITLE = rf"({'|'.join(KNOWN)})\b"
LEADING = re.compile(rf"(?:^|[{COMMAS}])\s*{_TITLE}", re.IGNORECASE)
ANYWHERE = re.compile(rf"\b{_TITLE}", re.IGNORECASE)


def titles(names: pd.Series) -> pd.Series:
    """One of TITLES for each name.

    It is the first that begins the name or follows a comma ("Mr. Owen Braund, Jr.", "Braund, Mr.
    Owen"); in a name without a comma it may stand anywhere ("Braund Mr Owen"). `"other"` where it
    is another or there is none.
    """
    return names.astype("object").fillna("").map(_title).astype("object")


def _title(name: str) -> str:
    pattern = LEADING if any(comma in name for comma in COMMAS) else ANYWHERE
    found = pattern.search(name)
    return KNOWN[found[1].casefold()] if found else "other"
