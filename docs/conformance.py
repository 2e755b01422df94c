"""Writes docs/conformance.md from what `sidebyside conformance --all --json FILE` wrote.

python docs/conformance.py FILE…

Several files are runs of one Keras on several backends; a dash is what was not run. Of a Keras that
is not the one installed it is docs/conformance-VERSION.md.
"""

import json
import re
import sys
from importlib.metadata import version
from math import inf
from pathlib import Path

from comparisons.harness.conformance.judging import NEW, REFUSED, VERDICTS
from comparisons.harness.divergences import DOCUMENT, named

HEAD = """# What Keras computes · Kerasの計算結果

Made by `docs/conformance.py` from `sidebyside conformance --all`: every case of every layer,
operation, activation function, loss, metric, optimizer, schedule, initializer, regularizer and
constraint, with outputs, gradients, states and weights after training steps, against the NumPy half
in float64. A *convention* is a kink or a tie (docs/conventions.md has the backends' choices), or
what a definition leaves open. A case that is
*refused* has no kernel, or raises. *New* is what docs/keras-divergences.md does not tell of (yet):
the two differ, and who is right there is still to be looked at.

層・演算・活性化関数・損失関数・評価指標・オプティマイザ・学習率スケジュール・初期化・正則化・重みの
制約のすべての場合について、出力・勾配・状態・学習ステップ後の重みを、float64のNumPy実装と比べた結果
である。newはdocs/keras-divergences.mdにまだない相違で、どちらが正しいかは個別に調べる必要がある。

{versions}
"""


def main(paths: list[Path]) -> None:
    """Write the document."""
    runs = [json.loads(path.read_text("utf-8")) for path in paths]
    classes = [one for run in runs for one in run["classes"]]
    found = [run["environment"]["versions"] for run in runs]
    if len(kerases := {versions["keras"] for versions in found}) != 1:
        raise SystemExit(f"give runs of one version of Keras, not {', '.join(kerases) or 'none'}")
    versions = {name: version for of in found for name, version in of.items()}
    judged = dict.fromkeys(one["backend"] for one in classes)
    ran = [f"{name} {versions[name]}" for name in ("keras", *judged)]
    lines = [
        HEAD.format(versions=", ".join(ran) + ", on a CPU."),
        *totals(classes),
        *kinds(classes),
    ]
    for verdict in (NEW, "convention", "known divergence", REFUSED):
        lines += section(verdict, classes)
        lines += [line for one in classes for row in one["rows"] for line in script(row, verdict)]
    (keras,) = kerases
    name = "conformance" if keras == version("keras") else f"conformance-{keras}"
    Path(__file__).with_name(f"{name}.md").write_text("\n".join(lines) + "\n", "utf-8")


def totals(classes: list[dict]) -> list[str]:
    """How many cases had each verdict, by backend and precision."""
    sums = {}
    for one in classes:
        of = sums.setdefault((one["backend"], one["dtype"]), dict.fromkeys(VERDICTS, 0))
        for verdict, count in one["counts"].items():
            of[verdict] += count
    rows = [[backend, dtype, *of.values()] for (backend, dtype), of in sums.items()]
    return table(["backend", "precision", *VERDICTS], rows)


def kinds(classes: list[dict]) -> list[str]:
    """What passed of each kind."""
    passed = {}
    for one in classes:
        of = passed.setdefault(one["family"], {})
        done, cases = of.get((one["backend"], one["dtype"]), (0, 0))
        of[one["backend"], one["dtype"]] = (
            done + one["counts"]["passed"],
            cases + len(one["rows"]),
        )
    columns = list(dict.fromkeys((one["backend"], one["dtype"]) for one in classes))
    rows = [
        [family, *("{} of {}".format(*of[c]) if c in of else "–" for c in columns)]
        for family, of in passed.items()
    ]
    return ["", *table(["passed", *map(", ".join, columns)], rows)]


def section(verdict: str, classes: list[dict]) -> list[str]:
    """The classes with a verdict, by kind: how many cases, and the worst of them."""
    rows = []
    for one in classes:
        of = [row for row in one["rows"] if row["verdict"] == verdict]
        if of:
            worst = max(of, key=lambda row: inf if row["needed"] is None else row["needed"])
            told = linked(worst["reason"]) or f"{worst['quantity']}: {size(worst)}"
            count = f"{len(of)} of {len(one['rows'])}"
            rows.append([one["family"], one["name"], one["backend"], one["dtype"], count, told])
    if not rows:
        return []
    head = ["kind", "class", "backend", "precision", "cases", "the worst"]
    order = list(dict.fromkeys(one["family"] for one in classes))
    rows.sort(key=lambda row: (order.index(row[0]), row))
    return ["", f"## {verdict.capitalize()}", "", *table(head, rows)]


def script(row: dict, verdict: str) -> list[str]:
    """What shows a case of this verdict, where there is a script that does."""
    if row["verdict"] != verdict or not row["reproduction"]:
        return []
    return ["", "```python", *row["reproduction"].splitlines(), "```"]


def linked(reason: str) -> str:
    """A reason, with the known divergences in it as links."""
    return re.sub(
        rf"{re.escape(DOCUMENT)}#([\w-]+)",
        lambda found: f"[{named(found[1]).title[0]}]({DOCUMENT.rpartition('/')[2]}#{found[1]})",
        reason,
    )


def size(row: dict) -> str:
    """The error in words."""
    if row["needed"] is None:
        return "of another shape, or not finite"
    return f"error {row['error']:.3g}, {row['needed']:.3g} of the tolerance"


def table(head: list[str], rows: list[list]) -> list[str]:
    """A table in Markdown."""
    cells = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    return ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *cells)]


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
