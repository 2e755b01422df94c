"""Three concepts that do not exist, for the tests of the pages: each shows what others do not."""

import contextlib
from pathlib import Path
from types import SimpleNamespace

import altair as alt
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import catalogue, chapters
from comparisons.harness.chapters import Chapter
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    Preset,
    Task,
)
from comparisons.harness.drawing import figures
from comparisons.harness.report import introductions
from comparisons.harness.scores import Score

BOOK = Chapter(("Trees and fruit", "樹と果物"), "10", ("Fruit", "果物"))
SMALL, LARGE = "small scales", "large scales"


def curve(x):
    """What both halves of `scales` compute."""
    return {"square": x**2, "images": np.abs(np.outer(x, x))[None].repeat(2, axis=0)}


def network():
    """What the NumPy halves train."""
    return rn.Sequential([rn.Input((3,)), rn.layers.Dense(1, activation="tanh")])


def drawn(result):
    """Lines of every column under a slider, a layer of layers, and pictures."""
    by_power = {
        power: {
            column: result.arrays("curve", column)["square"] ** power
            for column in result.implementations
        }
        for power in (1, 2, 3)
    }
    lines = figures.lines(by_power, x_title=("load", "荷重"), y_title=("turn", "傾き"))
    pictures = figures.images(result.arrays("curve")["images"], labels=["a", "b"])
    return [
        Figure(
            ("Turn by load", "荷重と傾き"),
            alt.layer(figures.slider(lines, ("power", "指数"), 2)),
            ("More turns more.", "重いほど傾く。"),
        ),
        Figure(("Pictures", "画像"), pictures),
    ]


def errors(result):
    """The first score of the two variants, by seed."""
    return tuple(
        result.by_seed(lambda run: run["scores"]["test"]["error"], variant=variant)
        for variant in (SMALL, LARGE)
    )


CONCEPTS = {
    "scales": Concept(
        title=("Scales with {braces} & <b>", "{中括弧}のはかり"),
        chapter=chapters.LEARNING.section(1),
        summary=("They turn with the load.", "荷重で傾く。"),
        introduces=(
            Introduced(
                "weigh",
                r"y = x w, \quad \frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} w",
                ("The load times the weight.", "荷重に重みを掛ける。"),
                lambda seed: {"x": np.ones(3), "w": np.ones(3)},
                helpers=("rounded",),
            ),
            Introduced(
                "balance", "x = y", ("Both sides.", "両側。"), demonstration="curve", kinks=True
            ),
        ),
        terms=(("load", "荷重"), ("beam balance", "天秤", "layers.Dense")),
        demonstrations=(Demonstration("curve", lambda seed: {"x": np.linspace(-1, 1, 5)}),),
        claims=(
            Claim(
                ("Loads fall.", "荷は落ちる。"),
                "Newton",
                ("Let go.", "手を離す。"),
                ("time that it stays", "とどまる時間"),
                lambda result: ([1.0, 1.1, 1.2], [9.0, 9.2, 9.1]),
                unit="steps",
                instead=("They rise.", "荷は昇る。"),
            ),
        ),
        figures=drawn,
    ),
    "apples": Concept(
        title=("Apples", "りんご"),
        chapter=chapters.LEARNING.section(10),
        summary=("Weighed on scales.", "はかりで量る。"),
        equations=((r"a = b", ("apples", "りんご")),),
        task=Task(
            data=lambda settings, seed: None,
            presets={"default": Preset(12, 20), "full": Preset(24, 20)},
            scores=(
                Score("error", ("error", "誤差"), None, unit="kg", larger_is_better=False),
                Score("ripe", ("ripe share", "熟した割合"), None, unit="%"),
            ),
            variants={SMALL: {}, LARGE: {}},
            variants_ja={SMALL: "小さいはかり", LARGE: "大きいはかり"},
            train="train",
        ),
        claims=(
            Claim(
                ("Large scales err less.", "大きいはかりは誤差が小さい。"),
                "a grocer",
                ("Weigh.", "量る。"),
                ("error, small less large", "誤差の差"),
                errors,
                unit="kg",
                margin=0.5,
                instead=("Small ones do.", "小さいほうが小さい。"),
            ),
        ),
    ),
    "pears": Concept(
        title=("Pears", "洋なし"),
        chapter=BOOK,
        summary=("Counted over folds.", "分割ごとに数える。"),
        task=Task(
            data=lambda settings, seed: None,
            presets={"default": Preset(30, 32), "full": Preset(60, 32)},
            seeds=2,
            test_over_train=1 / 4,
            baselines=lambda settings, progress: [],
        ),
        claims=(
            Claim(
                ("More is better.", "多いほど良い。"),
                "a farmer",
                ("Count.", "数える。"),
                ("share, more less fewer", "割合の差"),
                lambda result: ([0.91, 0.92, 0.93], [0.81, 0.83, 0.82]),
                unit="%",
            ),
        ),
    ),
}

NUMPY = {
    "scales": '''"""The NumPy half."""

import numpy as np

FINENESS = 3


def weigh(x, w):
    """The load times the weight."""
    return rounded(x * w), (x, w)


def weigh_backward(dy, cache):
    """What of dy falls to each."""
    x, w = cache
    return dy * w, dy * x


def rounded(y):
    """To three places."""
    return np.round(y, FINENESS)


class balance:
    """Both sides."""


# Why it is drawn
def curve(x):
    """What is drawn."""
    return {"square": x**2}
''',
    "apples": '''"""The NumPy half."""

import reference_numpy as rn


def build_model():
    """A layer, in NumPy's words."""
    model = rn.Sequential([rn.Input((3,)), rn.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mean_squared_error")
    return model


def train(model, data, generator, batch_size):
    """One step after another, by hand."""
    while True:
        yield {"loss": model.forward(data)}
''',
    "pears": '''"""The NumPy half."""

from reference_numpy.concepts.scales import weigh


def build_model():
    """By hand."""
    return weigh
''',
}
KERAS = {
    "scales": '''"""The Keras half."""

from keras import layers


def weigh(w):
    """A Dense layer."""
    return layers.Dense(len(w))


def curve(x):
    """What is drawn, in Keras."""
    return {"square": x * x}
''',
    "apples": '''"""The Keras half."""

import keras
from keras import layers


def build_model():
    """A layer, in Keras's words."""
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile(
        optimizer="sgd",
        loss="mean_squared_error",
    )
    return model


def train(model, data, generator, batch_size):
    """One step after another, by Keras."""
    while True:
        yield {"loss": model.train_on_batch(data)}
''',
    "pears": '''"""The Keras half."""

from keras import layers


def build_model():
    """By Keras."""
    return layers.Dense(1)
''',
}


@contextlib.contextmanager
def catalogued(folder: Path):
    """The catalogue holds these concepts and no others."""

    def sources(name):
        return {half: folder / f"{half}_{name}.py" for half in ("numpy", "keras", "script")}

    for half, texts in {"numpy": NUMPY, "keras": KERAS}.items():
        for name, text in texts.items():
            (folder / f"{half}_{name}.py").write_text(text)
    caches = (introductions._introduced, introductions._tree)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "script_names", lambda: sorted(CONCEPTS))
        patch.setattr(catalogue, "load", CONCEPTS.__getitem__)
        patch.setattr(catalogue, "sources", sources)
        half = SimpleNamespace(curve=curve, build_model=network)
        patch.setattr(catalogue, "reference_half", lambda name: half)
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()
