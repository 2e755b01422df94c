"""The two halves' code, highlighted, with definitions of the same name at the same height."""

import ast
import difflib
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

CONTINUATION = 4  # columns by which the rest of a long line is set in
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LIBRARIES = ("rn", "keras", "layers")


@dataclass(frozen=True)
class Stretch:
    """Some lines of a file: its head, one definition, or what stands between two of them.

    Args:
        name: the definition's name, or the first name that is assigned; `""` for the head.
        start: number of the first line, from 1.
        text: the lines.
        lines: the lines as HTML.
    """

    name: str
    start: int
    text: str
    lines: tuple[Markup, ...]

    @property
    def html(self) -> Markup:
        """The lines, each an element that wraps with its rest set in."""
        return Markup("").join(self.lines)


@dataclass(frozen=True)
class Row:
    """What stands at one height: stretches of the two halves, and whether they say the same."""

    ours: tuple[Stretch, ...]
    theirs: tuple[Stretch, ...]

    @property
    def same(self) -> bool:
        """Whether the text is the same but for the library's name and the docstrings."""
        if len(self.ours) != 1 or len(self.theirs) != 1 or not self.ours[0].name:
            return False
        return _plain(self.ours[0].text) == _plain(self.theirs[0].text)


def side_by_side(left: list[Stretch], right: list[Stretch]) -> list[Row]:
    """Two files in rows: stretches of the same name share one, what lies between shares one."""
    names = [s.name for s in left], [s.name for s in right]
    rows, i, j = [], 0, 0
    for match in difflib.SequenceMatcher(None, *names, autojunk=False).get_matching_blocks():
        if i < match.a or j < match.b:
            rows.append(Row(tuple(left[i : match.a]), tuple(right[j : match.b])))
        i, j = match.a + match.size, match.b + match.size
        rows += [
            Row((ours,), (theirs,)) for ours, theirs in zip(left[match.a : i], right[match.b : j])
        ]
    return rows


def stretches(source: str) -> list[Stretch]:
    """The file's head, its definitions and what stands between; comments above belong to each."""
    lines, marked = _lines(source), highlighted_lines(source)
    found, end = [], 0
    for name, nodes in groupby(ast.parse(source).body, _named):
        *_, last = first, *_ = list(nodes)
        start = end
        decorated = getattr(first, "decorator_list", [])
        upper = min([first.lineno, *(d.lineno for d in decorated)]) - 1
        while start < upper and not lines[start].startswith("#"):
            start += 1
        end = last.end_lineno
        text = "\n".join(lines[start:end])
        found.append(Stretch(name or _assigned(first), start + 1, text, tuple(marked[start:end])))
    return found


def chosen(source: list[Stretch], names: Collection[str]) -> list[Stretch]:
    """The stretches of these names, in the file's order."""
    return [stretch for stretch in source if stretch.name in names]


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


def _named(node: ast.stmt) -> str | None:
    """A definition's name, `""` in the head, None between definitions."""
    if isinstance(node, DEFINITIONS):
        return node.name
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return "" if is_docstring or isinstance(node, (ast.Import, ast.ImportFrom)) else None


def _assigned(node: ast.stmt) -> str:
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    return names[0] if names and _named(node) is None else ""


class _WithoutLibrary(ast.NodeTransformer):
    """Takes off the library's name and the docstrings."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:  # noqa: N802
        """`rn.layers.Dense` and `layers.Dense` become `Dense`."""
        self.generic_visit(node)
        is_library = isinstance(node.value, ast.Name) and node.value.id in LIBRARIES
        return ast.Name(node.attr, node.ctx) if is_library else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:  # noqa: N802
        """A function without its docstring."""
        self.generic_visit(node)
        if ast.get_docstring(node):
            node.body = node.body[1:]
        return node


def _plain(text: str) -> str:
    return ast.dump(_WithoutLibrary().visit(ast.parse(text)))
