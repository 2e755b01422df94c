"""Writes docs/keras-divergences.md from the files of `comparisons/harness/divergences/known`.

`python docs/divergences.py` writes the page, `--check` fails where the page is out of date.
"""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "keras-divergences.md"
sys.path.insert(0, str(HERE.parent))

from comparisons.harness.backends import KERAS_BACKENDS  # noqa: E402
from comparisons.harness.divergences import DIVERGENCES, Divergence  # noqa: E402

HEAD = """# Where Keras and its backends diverge · Kerasとバックエンドの計算が数式と異なる箇所

Made by `docs/divergences.py` from the files of
[comparisons/harness/divergences/known](../comparisons/harness/divergences/known), one for each
divergence.

The NumPy half keeps the mathematics. Where Keras, or one of its backends, computes something else,
it is listed here, with a reproduction that needs Keras alone and ends in an assertion.
`sidebyside divergences` runs the reproductions on the Keras that is installed and says which
divergences stand and which are mended. Each is named with the versions that it was seen with, on a
CPU; `KERAS_BACKEND` chooses the backend, and with JAX `JAX_ENABLE_X64=1` is set.

NumPyの実装は数式に従う。Kerasまたはそのバックエンドの計算がそれと異なる箇所を、再現コードとともに
ここに挙げる。再現コードはKerasだけで動き、最後にassertで終わる。`sidebyside divergences`は、
インストールされているKerasで再現コードを実行し、今も残る相違と解消された相違を示す。確認した
バージョンは各項目に記した（CPU）。バックエンドは環境変数`KERAS_BACKEND`で選び、JAXでは
`JAX_ENABLE_X64=1`を設定する。
"""
#: how the first name that a divergence concerns begins, and the part of the page that it is in
PARTS = {
    "keras.layers": ("Layers", "層"),
    "keras.activations": ("Activations", "活性化関数"),
    "keras.losses": ("Losses", "損失関数"),
    "keras.metrics": ("Metrics", "評価指標"),
    "keras.optimizers": ("Optimizers", "最適化手法"),
    "keras.initializers": ("Initializers", "初期化"),
    "keras.regularizers": ("Regularizers", "正則化"),
    "keras.distillation": ("Distillation", "蒸留"),
    "keras.ops": ("Operations", "演算"),
    "keras": ("Models, training and files", "モデル、学習、ファイル"),
}
NAMES = {"keras": "Keras", "tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def page() -> str:
    """The page's text."""
    parts = [HEAD]
    for beginning, title in PARTS.items():
        members = [known for known in DIVERGENCES.values() if part(known) == beginning]
        parts.append(f"## {' · '.join(title)}\n")
        parts += [section(known) for known in sorted(members, key=lambda known: known.title)]
    return "\n".join(parts)


def part(known: Divergence) -> str:
    """The part of the page that a divergence is in."""
    return next(part for part in PARTS if known.concerns[0].startswith(f"{part}."))


def section(known: Divergence) -> str:
    """One divergence."""
    english, japanese = known.title
    on = ", ".join(f"{NAMES[b]} {known.seen[b]}" for b in KERAS_BACKENDS if b in known.seen)
    concerns = ", ".join(f"`{name}`" for name in known.concerns)
    told = [f"### {english}", japanese, f"Keras {known.seen['keras']} on {on}; {concerns}"]
    if known.mended:
        told.append(f"Mended in Keras {known.mended} · Keras {known.mended}で解消")
    told.append(known.at_length)
    if known.upstream:
        told.append(f"Upstream: <{known.upstream}>")
    told.append(f"```python\n{known.reproduction.strip()}\n```")
    return "\n\n".join(told) + "\n"


def main() -> None:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where the page is out of date")
    if parser.parse_args().check:
        if PAGE.read_text("utf-8") != page():
            sys.exit("docs/keras-divergences.md is out of date; run: python docs/divergences.py")
    else:
        PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
