"""The two halves' code, highlighted, with definitions of the same name at the same height."""

import ast
import difflib
from dataclasses import dataclass

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

CONTINUATION = 4  # columns by which the rest of a long line is set in


@dataclass(frozen=True)
class Stretch:
    """Some lines of a file: its head, one definition, or several in a row.

    Args:
        name: the definition's name; `""` for the head, the lines before the first definition.
        start: number of the first line, from 1.
        lines: the lines as HTML.
    """

    name: str
    start: int
    lines: tuple[Markup, ...]

    @property
    def html(self) -> Markup:
        """The lines, each an element that wraps with its rest set in."""
        return Markup("").join(self.lines)


def side_by_side(left: str, right: str) -> list[tuple[Stretch | None, Stretch | None]]:
    """Two files in rows: definitions of the same name share one, what lies between shares one."""
    left, right = stretches(left), stretches(right)
    names = [s.name for s in left], [s.name for s in right]
    rows, i, j = [], 0, 0
    for match in difflib.SequenceMatcher(None, *names, autojunk=False).get_matching_blocks():
        if i < match.a or j < match.b:
            rows.append((_join(left[i : match.a]), _join(right[j : match.b])))
        i, j = match.a + match.size, match.b + match.size
        rows += zip(left[match.a : i], right[match.b : j], strict=True)
    return rows


def stretches(source: str) -> list[Stretch]:
    """The file's head and its definitions, in order; comments above one belong to it."""
    lines = _lines(source)
    marked = highlighted_lines(source)
    starts = [("", 0)]
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
            while first > 0 and lines[first - 1].startswith("#"):
                first -= 1
            starts.append((node.name, first))
    ends = [first for _, first in starts[1:]] + [len(lines)]
    return [
        Stretch(name, first + 1, tuple(marked[first:end]))
        for (name, first), end in zip(starts, ends, strict=True)
        if end > first
    ]


def highlighted_lines(source: str) -> list[Markup]:
    """Each line of Python as HTML."""
    found = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    marked = []
    for plain, line in zip(_lines(source), _lines(found), strict=True):
        indent = len(plain) - len(plain.lstrip()) + CONTINUATION
        text = Markup(f'<span class="line" style="--in:{indent}ch">{line}\n</span>')
        marked.append(text)
    return marked


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _join(run: list[Stretch]) -> Stretch | None:
    if not run:
        return None
    lines = tuple(line for stretch in run for line in stretch.lines)
    return Stretch(run[0].name, run[0].start, lines)
