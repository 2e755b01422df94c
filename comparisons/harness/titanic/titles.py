"""The title in each name, which tells boys and wives apart."""

import pandas as pd

TITLES = ("Master", "Miss", "Mr", "Mrs", "other")
SAME_TITLE = {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs"}
SEX_OF_TITLE = {"Master": "male", "Mr": "male", "Miss": "female", "Mrs": "female"}
KNOWN = {title.casefold(): SAME_TITLE.get(title, title) for title in (*SEX_OF_TITLE, *SAME_TITLE)}


def titles(names: pd.Series) -> pd.Series:
    """One of TITLES for each name.

    It is the first that begins the name or follows a comma ("Mr. Owen Braund, Jr.", "Braund, Mr.
    Owen"); in a name without a comma it may stand anywhere ("Braund Mr Owen"). `"other"` where it
    is another or there is none.
    """
    texts = names.astype("object").fillna("").str.replace("，", ",")
    known = rf"({'|'.join(KNOWN)})\b"
    found = texts.str.extract(rf"(?i)(?:^|,)\s*{known}", expand=False)
    anywhere = texts.str.extract(rf"(?i)\b{known}", expand=False)
    found = found.where(texts.str.contains(",", regex=False), anywhere)
    return found.str.casefold().map(KNOWN).fillna("other").astype("object")
