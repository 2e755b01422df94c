"""Writes the pages: one over all concepts, and one for each, from the results in a folder."""

import re
from functools import cache
from pathlib import Path

import jinja2
import vl_convert
from markupsafe import Markup

import comparisons
from comparisons.harness import catalogue
from comparisons.harness.drawing import palette
from comparisons.harness.proof.divergences import DIVERGENCES
from comparisons.harness.report import formats, language, tables
from comparisons.harness.report.overview import Overview
from comparisons.harness.report.page import Page
from comparisons.harness.runs.jobs import write_atomically
from comparisons.harness.runs.results import OldSchema, Result

HERE = Path(__file__).parent
AT_LENGTH = Path(comparisons.__file__).parents[1] / "docs" / "keras-divergences.md"
# What `result.json` holds, as far as the pages need it.
KEYS = {
    **dict.fromkeys(("settings", "environment", "columns"), dict),
    **dict.fromkeys(("checks", "runs", "baselines", "claims", "summary"), list),
}


def write_pages(folder: Path) -> Path:
    """Write `folder/index.html` and `folder/NAME/index.html` over all results in the folder.

    Everything is rendered before anything is written, and the first page is written last.

    Returns:
        The first page.

    Raises:
        ValueError: no results in the folder, or one that is broken.
        OSError: the folder cannot be written.
    """
    folder = Path(folder)
    pages = read_pages(folder)
    templates = template_environment()
    templates.globals["written"] = {page.name for page in pages}
    files = assets(folder / "assets")
    neighbours = zip([None, *pages[:-1]], pages, [*pages[1:], None], strict=True)
    for before, page, after in neighbours:
        around = {"before": before, "after": after}
        try:
            html = templates.get_template("concept.html").render(page=page, **around)
            pictures = {picture.file_name: picture.static() for picture in page.pictures}
        except (KeyError, jinja2.UndefinedError) as error:
            raise ValueError(
                f"{folder / page.name / 'result.json'}: something is missing ({error}); run the "
                "concept again"
            ) from error
        files[folder / page.name / "index.html"] = html.encode()
        files |= {folder / page.name / name: content for name, content in pictures.items()}
    overview = Overview(pages)
    if overview.divergences:
        template = templates.get_template("divergences.html")
        html = template.render(overview=overview, at_length=told_at_length())
        files[folder / "divergences.html"] = html.encode()
    if overview.ratios:
        files[folder / overview.ratios.file_name] = overview.ratios.static()
    html = templates.get_template("index.html").render(overview=overview)
    files[folder / "index.html"] = html.encode()
    for path, content in files.items():
        write_atomically(path, content)
    return folder / "index.html"


def read_pages(folder: Path) -> list[Page]:
    """The concepts that have a `result.json` in the folder, in the order of chapters.

    One that an older version wrote counts as none, so that it is not in the way of new ones.
    """
    pages = []
    there = (n for n in catalogue.script_names() if (folder / n / "result.json").exists())
    for name in catalogue.in_order(there):
        try:
            result = Result.read(folder / name)
        except OldSchema:
            continue
        for key, kind in KEYS.items():
            if not isinstance(result.content.get(key), kind):
                raise ValueError(
                    f"{folder / name / 'result.json'}: '{key}' is missing or no {kind.__name__}; "
                    "run the concept again"
                )
        pages.append(Page(name, catalogue.declared(name, result.settings), result))
    if not pages:
        raise ValueError(f"{folder}: holds no results; `sidebyside run` makes them")
    return pages


def assets(folder: Path) -> dict[Path, bytes]:
    """The style sheet, the pages' scripts and the drawing library, for all pages together."""
    files = {path.name: path.read_bytes() for path in (HERE / "static").iterdir()}
    # Its top-level names stay its own: pages load it as a plain script, since browsers refuse
    # modules that come from a file.
    library = f"(() => {{\n{vl_convert.javascript_bundle()}\n}})();\n"
    files["vega.js"] = library.encode()
    return {folder / name: content for name, content in files.items()}


def template_environment() -> jinja2.Environment:
    """The templates, which escape every value that is not marked as HTML."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    templates.policies["json.dumps_kwargs"] = {
        "separators": (",", ":"),
        "ensure_ascii": False,
        "allow_nan": False,
    }
    templates.filters.update(formats.FILTERS)
    own = (language.say, language.word, language.words, language.fill, language.attribute)
    own += (language.recorded, tables.subject, tables.job_words, divergence, tag, tags)
    templates.globals.update({function.__name__: function for function in own})
    templates.globals["colors"] = palette.COLORS
    return templates


def tag(name: str, text: str) -> Markup:
    """Text in an element."""
    return Markup("<{0}>{1}</{0}>").format(name, text)


def tags(name: str, texts: list[str]) -> Markup:
    """Texts in an element each."""
    return Markup(", ").join(tag(name, text) for text in texts)


def divergence(reason: str) -> str | None:
    """The anchor of the known divergence that a record's reason tells of."""
    found = next((known.name for known in DIVERGENCES if known.reason == reason), None)
    return found and re.sub(r"\W+", "-", found).lower()


@cache
def told_at_length() -> dict[str, str]:
    """The sections of the document on divergences by heading, where it is there."""
    if not AT_LENGTH.exists():  # an installed package has no documents
        return {}
    _, *sections = re.split(r"^## ", AT_LENGTH.read_text("utf-8"), flags=re.M)
    parts = (section.partition("\n") for section in sections)
    return {heading: re.split(r"^# ", text, flags=re.M)[0].strip() for heading, _, text in parts}
