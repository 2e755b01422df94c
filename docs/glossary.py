"""Writes docs/glossary.md: the terms of all concepts in both languages, made from the concepts.

`python docs/glossary.py` writes the page, `--check` fails where the page is out of date.
"""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "glossary.md"
sys.path.insert(0, str(HERE.parent))

from comparisons.harness import catalogue  # noqa: E402

HEAD = """# Glossary · 用語集

Made by `docs/glossary.py` from the concepts: each term in English and Japanese, the concepts that
speak of it, and its name in both libraries, `reference_numpy` (`rn`) and `keras`.

各概念から `docs/glossary.py` で生成した。用語の英語と日本語、その用語を扱う概念、NumPyの
`reference_numpy`（`rn`）とKerasでの名前を示す。

| term | 用語 | concept · 概念 | NumPy | Keras |
|---|---|---|---|---|
"""


def entries() -> dict[str, tuple[str, str, list[str]]]:
    """By English term: the Japanese one, the name in the libraries, and the concepts.

    Raises:
        ValueError: two concepts disagree on a term.
    """
    found = {}
    for concept in catalogue.names():
        for english, japanese, *named in catalogue.load(concept).terms:
            name = named[0] if named else ""
            of, known, concepts = found.setdefault(english, (japanese, name, []))
            if (of, known) != (japanese, name):
                raise ValueError(
                    f"the term '{english}' is ('{of}', '{known}') in {concepts[0]} and "
                    f"('{japanese}', '{name}') in {concept}; give both the same"
                )
            concepts.append(concept)
    return found


def page() -> str:
    """The page's text, in the order of the English terms."""
    rows = []
    for english, (japanese, name, concepts) in sorted(
        entries().items(), key=lambda entry: entry[0].casefold()
    ):
        links = ", ".join(f"[{concept}](../comparisons/{concept}.py)" for concept in concepts)
        numpy, keras = (f"`rn.{name}`", f"`keras.{name}`") if name else ("", "")
        rows.append(f"| {english} | {japanese} | {links} | {numpy} | {keras} |\n")
    return HEAD + "".join(rows)


def main() -> None:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where the page is out of date")
    if parser.parse_args().check:
        if PAGE.read_text("utf-8") != page():
            sys.exit("docs/glossary.md is out of date; run: python docs/glossary.py")
    else:
        PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
