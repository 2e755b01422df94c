"""The title in each name, which tells boys and wives apart."""

import pandas as pd

TITLES = ("Master", "Miss", "Mr", "Mrs", "other")
SAME_TITLE = {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs"}
SEX_OF_TITLE = {"Master": "male", "Mr": "male", "Miss": "female", "Mrs": "female"}
KNOWN = {title.casefold(): SAME_TITLE.get(title, title) for title in (*SEX_OF_TITLE, *SAME_TITLE)}


def titles(names: pd.Series) -> pd.Series:
    """One of TITLES for each name.

    It is the word after the surname's comma ("Braund, Mr. Owen"); without a comma the first word
    that is a title ("Mr Owen Braund"). `"other"` where it is another or there is none.
    """
    texts = names.astype("object").fillna("")
    after = texts.str.extract(r",\s*([^\W\d_]+)", expand=False)
    anywhere = texts.str.extract(rf"(?i)\b({'|'.join(KNOWN)})\b", expand=False)
    found = after.where(texts.str.contains(",", regex=False), anywhere)
    return found.str.casefold().map(KNOWN).fillna("other").astype("object")
