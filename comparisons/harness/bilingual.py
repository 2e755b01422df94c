"""Text in two languages: every sentence that a reader reads is a pair, English and Japanese."""

Words = tuple[str, str]

# Between the two languages of a text inside a chart; a character that no text contains.
SEPARATOR = "\N{INVISIBLE SEPARATOR}"
LANGUAGES = ("en", "ja")


def both(english: str, japanese: str) -> str:
    """Text of a chart (a title, a label, a name among its data) in both languages.

    The page shows the half of its language, the picture file the English one.
    """
    return f"{english}{SEPARATOR}{japanese}"


def in_language(value, language: str):
    """A Vega-Lite chart (plain values) with the texts of `both` in one language, "en" or "ja"."""
    if isinstance(value, dict):
        return {
            in_language(key, language): in_language(item, language) for key, item in value.items()
        }
    if isinstance(value, list):
        return [in_language(item, language) for item in value]
    if isinstance(value, str) and SEPARATOR in value:
        return value.split(SEPARATOR)[LANGUAGES.index(language)]
    return value
