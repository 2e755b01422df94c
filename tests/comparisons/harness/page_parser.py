"""What a page of results holds, taken apart for the tests."""

import json
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """A parsed page: its elements, and the text inside the sections and elsewhere."""

    def __init__(self, path: Path):
        super().__init__()
        self.elements, self.open, self.texts, self.specs = [], [], {}, []
        self.path, self.html = path, path.read_text("utf-8")
        self.feed(self.html)
        self.close()
        assert not self.open, f"{path}: never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes))
        if tag in ("td", "th", "dt", "dd"):
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append((tag, attributes.get("id")))

    def handle_endtag(self, tag):
        assert self.open[-1][0] == tag, f"{self.path}: </{tag}> closes {self.open[-1]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1][0] in ("script", "style"):
            if data.strip().startswith("{") and self.open[-1][0] == "script":
                self.specs.append(json.loads(data))
            return
        for place in {place for _, place in self.open if place} | {""}:
            self.texts[place] = self.texts.get(place, "") + data

    def text(self, section=""):
        """The text of the section, in one line."""
        return " ".join(self.texts[section].split())

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
