"""What a page of results holds, taken apart for the tests."""

import json
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "img", "br", "input"}
LANGUAGES = {"en", "ja"}


class Page(HTMLParser):
    """A parsed page as one language shows it: its elements, and the text in each of them.

    Args:
        path: the page's file.
        language: `"en"` or `"ja"`.
    """

    def __init__(self, path: Path, language: str = "en"):
        super().__init__()
        self.elements, self.open, self.texts, self.specs = [], [], {}, []
        self.other = (LANGUAGES - {language}).pop()
        self.path, self.html = path, path.read_text("utf-8")
        self.feed(self.html)
        self.close()
        assert not self.open, f"{path}: never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes))
        if tag in ("td", "th", "dt", "dd", "li", "option"):
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append((tag, attributes.get("id"), attributes.get("class")))

    def handle_endtag(self, tag):
        assert self.open[-1][0] == tag, f"{self.path}: </{tag}> closes {self.open[-1]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1][0] in ("script", "style"):
            if data.strip().startswith("{") and self.open[-1][0] == "script":
                self.specs.append(with_rows(json.loads(data)))
            return
        if any(kind == self.other for _, _, kind in self.open):
            return
        for place in {place for _, place, _ in self.open if place} | {""}:
            self.texts[place] = self.texts.get(place, "") + data

    def text(self, place=""):
        """The text of the element of this id, or of the page, in one line."""
        return " ".join(self.texts[place].split())

    def find(self, tag, **wanted):
        """The attributes of all elements of this kind that have these values."""
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]

    @property
    def sections(self):
        return [attributes["id"] for attributes in self.find("section")]


def with_rows(spec):
    """A chart whose tables, written by column, are lists of rows again."""

    def value(column, row):
        if "all" in column:
            return column["all"]
        return column["of"][column["at"][row]] if "of" in column else column["list"][row]

    for name, table in spec["datasets"].items():
        columns = table["columns"].items()
        spec["datasets"][name] = [
            {key: value(column, row) for key, column in columns} for row in range(table["rows"])
        ]
    return spec
