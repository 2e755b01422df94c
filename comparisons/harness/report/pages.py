"""Writes the pages: one over all concepts, and one for each, from the results in a folder."""

from collections.abc import Iterable
from pathlib import Path

import jinja2
import vl_convert
from markupsafe import Markup

from comparisons.harness import catalogue
from comparisons.harness.backends import IMPLEMENTATIONS
from comparisons.harness.bilingual import Words
from comparisons.harness.conventions import PARTS
from comparisons.harness.divergences import DIVERGENCES, Divergence
from comparisons.harness.drawing import palette
from comparisons.harness.report import code, formats, language, tables
from comparisons.harness.report.notebook import notebook
from comparisons.harness.report.overview import Overview
from comparisons.harness.report.page import Page
from comparisons.harness.runs.jobs import write_atomically
from comparisons.harness.runs.results import OldSchema, Result

HERE = Path(__file__).parent
# Pages of other commands that stand in the folder of results, and how they are called.
BESIDE = {"conformance": "conformance title", "bench": "bench title"}
PUBLISHED = {".html", ".css", ".js", ".svg", ".png"}  # of their files
# What `result.json` holds, as far as the pages need it.
KEYS = {
    **dict.fromkeys(("settings", "environment", "columns"), dict),
    **dict.fromkeys(("checks", "runs", "baselines", "claims", "summary"), list),
}


def write_pages(folder: Path, site: Path | None = None) -> Path:
    """Write `index.html` and `NAME/index.html` over all results in the folder.

    The first page leads to those of a bench and of a conformance run that stand in the folder too.
    Everything is rendered before anything is written, and the first page is written last.

    Args:
        folder: the results.
        site: where the pages go, with what they need and nothing else; None for the folder itself.

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
    site = Path(site or folder)
    files = assets(site / "assets")
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
        own = {"index.html": html.encode(), f"{page.name}.ipynb": notebook(page), **pictures}
        if page.rows:
            own["runs.csv"] = page.runs
        files |= {site / page.name / name: content for name, content in own.items()}
    overview = Overview(pages)
    if overview.divergences:
        back = "index.html", language.words("all concepts")
        files[site / "divergences.html"] = divergences_page(overview.divergences, *back)
    if overview.ratios:
        files[site / overview.ratios.file_name] = overview.ratios.static()
    beside = {n: title for n, title in BESIDE.items() if (folder / n / "index.html").exists()}
    if site != folder:
        for name in beside:
            there = (p for p in (folder / name).rglob("*") if p.suffix in PUBLISHED)
            files |= {site / path.relative_to(folder): path.read_bytes() for path in there}
    html = templates.get_template("index.html").render(overview=overview, beside=beside)
    files[site / "index.html"] = html.encode()
    for path, content in files.items():
        write_atomically(path, content)
    return site / "index.html"


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


def leads_home(folder: Path) -> bool:
    """Whether the folder stands in one of results, whose first page a page in it can name."""
    return (folder.parent / "index.html").exists()


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
    own += (language.cited, language.recorded, tables.job_words, known_in, tag, tags)
    templates.globals.update({function.__name__: function for function in own})
    templates.globals["colors"] = palette.COLORS
    return templates


def tag(name: str, text: str) -> Markup:
    """Text in an element."""
    return Markup("<{0}>{1}</{0}>").format(name, text)


def tags(name: str, texts: list[str]) -> Markup:
    """Texts in an element each."""
    return Markup(", ").join(tag(name, text) for text in texts)


def known_in(text: str) -> list[Divergence]:
    """The known divergences that a record's reason or a finding names."""
    links = text.split("; ")
    return [
        known
        for known in DIVERGENCES.values()
        if known.link in links or (known.shows is not None and known.told[0] == text)
    ]


def divergences_page(cited: Iterable[Divergence], back: str, back_to: Words) -> bytes:
    """The page of those known divergences that other pages name.

    Args:
        back, back_to: the file that leads here, and what it is called.
    """
    cited = sorted({known.name: known for known in cited}.items())
    template = template_environment().get_template("divergences.html")
    html = template.render(
        cited=[(known, code.stretches(known.reproduction)) for _, known in cited],
        back=back,
        back_to=back_to,
    )
    return html.encode()


def conventions_page(back: str, back_to: Words) -> bytes:
    """The page of what each column gives where there is no derivative.

    Args:
        back, back_to: the file that leads here, and what it is called.
    """
    template = template_environment().get_template("conventions.html")
    html = template.render(parts=PARTS, columns=IMPLEMENTATIONS, back=back, back_to=back_to)
    return html.encode()
