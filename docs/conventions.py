"""Writes docs/conventions.md from the table of `comparisons/harness/conventions`.

`python docs/conventions.py` writes the page, `--check` fails where the page is out of date.
"""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "conventions.md"
sys.path.insert(0, str(HERE.parent))

from comparisons.harness.backends import IMPLEMENTATIONS  # noqa: E402
from comparisons.harness.conventions import PARTS, Convention  # noqa: E402

HEAD = """# Where there is no derivative · 微分できない点での規約

Made by `docs/conventions.py` from the table in
[comparisons/harness/conventions](../comparisons/harness/conventions/table.py); a test computes each
row with the backends that are installed.

At a kink, a tie, a jump or a zero a function has no derivative, and what is returned as the
gradient there is a convention. The NumPy half follows TensorFlow's, but for `ops.arctan2`. Each row
shows the gradients of 1·y₁ + 2·y₂ + … over the outputs with respect to all arguments in their order
(of a loss: to the prediction); in bold what differs from the NumPy half's. `sidebyside check` calls
a difference a *convention* where what a backend gives lies between the gradients on the two sides.

折れ目、同値、不連続点、0では関数は微分できず、そこで勾配として返す値は規約である。
NumPyの実装は、`ops.arctan2`を除いてTensorFlowの規約に従う。
各行は、出力の和1·y₁ + 2·y₂ + …の勾配を、すべての引数について順に示す（損失関数では予測に
ついての勾配）。太字はNumPyの実装と異なるもの。`sidebyside check`は、バックエンドの勾配が
両側の値の間にある違いを「規約による違い」（convention）と呼ぶ。
"""
NAMES = ("NumPy", "TensorFlow", "JAX", "PyTorch")


def page() -> str:
    """The page's text."""
    parts = [HEAD]
    for title, members in PARTS.items():
        parts.append(f"## {' · '.join(title)}\n")
        parts.append(f"| call · 呼び出し | at · 点 | {' | '.join(NAMES)} |\n|{'---|' * 6}")
        parts += [*map(row, members), ""]
    return "\n".join(parts)


def row(one: Convention) -> str:
    """One convention."""
    cells = []
    for column in IMPLEMENTATIONS:
        own = one.told(column)
        cells.append(own if own == one.told("numpy") else f"**{own}**")
    return f"| `{one.call}` | {one.point} | {' | '.join(cells)} |"


def main() -> None:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where the page is out of date")
    if parser.parse_args().check:
        if PAGE.read_text("utf-8") != page():
            sys.exit("docs/conventions.md is out of date; run: python docs/conventions.py")
    else:
        PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
