"""Loss functions for numbers: four with their gradients, and what outliers do to them."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    versus,
)
from comparisons.harness.drawing import figures, palette

ERRORS = np.linspace(-3.95, 3.95, 160)  # clear of 0 and of ±δ, where gradients jump
DELTAS = (0.25, 0.5, 1.0, 2.0, 3.0)
POINTS, OUTLIERS, SLOPE, INTERCEPT, NOISE = 40, 4, 1.5, 0.5, 0.2
SIZES = (0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0)
STEPS = 300
FIT_RATES = {"mean_squared_error": 2.0, "mean_absolute_error": 0.35, "huber": 2.0}
NUMBERS = {
    "mean_squared_error": both("squared error", "二乗誤差"),
    "mean_absolute_error": both("absolute error", "絶対誤差"),
    "huber": both("Huber", "フーバー損失"),
}
REDUCTIONS = {
    both("mean, η = 0.2", "平均、η = 0.2"): ("sum_over_batch_size", 0.2),
    both("sum, η = 0.2", "和、η = 0.2"): ("sum", 0.2),
    both("sum, η = 0.2 / 20", "和、η = 0.2 / 20"): ("sum", 0.2 / 20),
}
WAYS = {both("loss", "損失"): "", both("gradient", "勾配"): ": gradient"}
ERROR = ("error y − t", "誤差 y − t")


def numbers(seed):
    """A regression."""
    draw = np.random.default_rng(seed).normal
    return {"y_true": draw(size=(6, 3)), "y_pred": draw(size=(6, 3)), "delta": 0.7}


def points(seed):
    """Points along a line; in each column of the targets the outliers lie higher."""
    generator = np.random.default_rng(seed)
    x, wrong = generator.uniform(-1, 1, (POINTS, 1)), np.zeros((POINTS, 1))
    wrong[generator.choice(np.flatnonzero(x > 0), OUTLIERS, replace=False)] = 1
    y = SLOPE * x + INTERCEPT + generator.normal(0, NOISE, (POINTS, 1))
    return {"x": x, "targets": y + wrong * SIZES}


def off(loss, size=SIZES[-1]):
    """Root mean square over −1 < x < 1 of how far the fitted line is from the true one."""

    def measure(arrays):
        slope, intercept = arrays[loss][:, SIZES.index(size)] - (SLOPE, INTERCEPT)
        return (slope**2 / 3 + intercept**2) ** 0.5

    return measure


def fitted(result):
    """The points with the line that each loss lays through them, the outliers to be moved."""
    given, found, tables = points(0), result.arrays("fits", seed=0), []
    for place, size in enumerate(SIZES):
        dots = {"x": given["x"][:, 0], "y": given["targets"][:, place]}
        tables.append(pd.DataFrame(dots).assign(choice=size))
        for loss, name in NUMBERS.items():
            slope, intercept = found[loss][:, place]
            ends = {"x": [-1, 1], "y": [intercept - slope, intercept + slope]}
            tables.append(pd.DataFrame(ends).assign(choice=size, loss=name))
    base = alt.Chart().encode(x="x:Q", y=alt.Y("y:Q").scale(domain=[-2, 12.5]))
    dots = base.transform_filter("!isValid(datum.loss)").mark_circle(size=40, opacity=0.9)
    lines = base.transform_filter("isValid(datum.loss)").mark_line(strokeWidth=2.2)
    names = list(NUMBERS.values())
    colour = alt.Color("loss:N").scale(domain=names, range=palette.CATEGORIES[: len(names)])
    chart = alt.layer(
        dots.encode(color=alt.value(palette.BASELINE_COLOR)),
        lines.encode(color=colour.title(None).legend(symbolType="stroke")),
        data=pd.concat(tables),
    )
    return chart.properties(width=480, height=300)


def draw(result):
    """The curves, the outliers, and mean against sum."""
    errors = result.arrays("by_error")
    by_delta = {
        panel: {
            delta: {
                name: errors[key + ending][n] if key == "huber" else errors[key + ending]
                for key, name in NUMBERS.items()
            }
            for n, delta in enumerate(DELTAS)
        }
        for panel, ending in WAYS.items()
    }
    return [
        Figure(
            ("Losses of regression", "回帰の損失関数"),
            figures.slider(
                figures.lines(
                    figures.in_panels(by_delta, ERRORS),
                    x_title=ERROR,
                    y_title=figures.NO_TITLE,
                    y_domain=(-3.2, 5.2),
                ),
                ("Huber's δ", "フーバー損失のδ"),
                start=1.0,
            ),
            (
                "The gradient says how hard one example pulls. Under the squared error an error "
                "twice as large pulls twice as hard; under the absolute error all pull alike. "
                "Huber's loss is like the one near 0, like the other beyond δ.",
                "勾配は、1つのデータが予測を引き寄せる力を表す。二乗誤差では誤差に比例して強くなり、絶対誤差では"
                "どの誤差でも等しい。フーバー損失は0の近くで前者、δの外側で後者に似る。",
            ),
        ),
        Figure(
            ("Move the outliers", "外れ値を動かす"),
            figures.slider(fitted(result), ("outliers raised by", "外れ値を上げる量"), start=6.0),
            (
                f"{OUTLIERS} of {POINTS} points are raised. The squared error's line follows them; "
                "the other two stop once the outliers are plainly outliers.",
                f"{POINTS}点のうち{OUTLIERS}点を上に動かす。二乗誤差の直線は外れ値についていくが、"
                "ほかの2本は、ある程度離れるともうほとんど動かない。",
            ),
        ),
        Figure(
            ("Mean against sum", "平均と和"),
            figures.lines(
                result.arrays("reductions"),
                x_title=("step", "ステップ"),
                y_title=("squared error", "二乗誤差"),
                log="y",
            ),
            (
                "A line through 20 points. A loss that adds up the batch instead of averaging has "
                "a gradient 20 times as large, and the rate that suited the mean diverges. Divided "
                "by 20 it takes the very steps of the mean. Keras averages.",
                "20点に直線を当てはめる。ミニバッチの平均ではなく和をとると勾配は20倍になり、平均では"
                "適切だった学習率でも発散する。学習率を20で割れば、平均とまったく同じ更新になる。"
                "Kerasは平均をとる。",
            ),
        ),
    ]


INTRODUCES = (
    Introduced(
        "half_sum_of_squares",
        r"L = \frac{1}{2N} \sum_{n,k} (y_{nk} - t_{nk})^2, \quad "
        r"\frac{\partial L}{\partial y} = \frac{y - t}{N}",
        (
            "The textbook's (y: prediction, t: target): the half cancels the 2 of the square, and "
            "the gradient is the error over the batch size N. Keras has none, so this is how to "
            "write a loss of one's own.",
            "教科書の2乗和誤差（yは予測、tは正解）。1/2が2乗の微分で出る2を打ち消し、勾配は誤差をバッチ"
            "サイズNで割った値になる。"
            "Kerasにはないので、損失を自作する例になる。",
        ),
        numbers,
    ),
    Introduced(
        "mean_squared_error",
        r"L = \frac{1}{NK} \sum_{n,k} (y_{nk} - t_{nk})^2, \quad "
        r"\frac{\partial L}{\partial y} = \frac{2 (y - t)}{NK}",
        (
            "No half, and the mean over the K outputs too: Keras's gradient is 2/K of the "
            "textbook's.",
            "1/2がなく、K個の出力についても平均をとる。Kerasの勾配は教科書の2/K倍になる。",
        ),
        numbers,
    ),
    Introduced(
        "mean_absolute_error",
        r"L = \frac{1}{NK} \sum_{n,k} |y_{nk} - t_{nk}|, \quad "
        r"\frac{\partial L}{\partial y} = \frac{\mathrm{sign}(y - t)}{NK}",
        (
            "Every error pulls alike, whatever its size. So near the minimum steps do not shrink "
            "by themselves.",
            "誤差の大きさによらず、どのデータも同じ強さで予測を引き寄せる。そのため、最小値の近くでも"
            "更新の幅が自然には縮まない。",
        ),
        numbers,
    ),
    Introduced(
        "huber",
        r"e = y - t, \quad L = \frac{1}{NK} \sum_{n,k} l(e_{nk}), \quad l(e) = \begin{cases} "
        r"e^2 / 2 & (|e| \le \delta) \\ \delta (|e| - \delta / 2) & (|e| > \delta) \end{cases}, "
        r"\quad \frac{\partial L}{\partial y} = \frac{\max(-\delta, \min(e, \delta))}{NK}",
        (
            "Smooth at 0, and an outlier pulls no harder than δ.",
            "0で滑らかで、外れ値が予測を引き寄せる力はδを超えない。",
        ),
        numbers,
    ),
)


def on_outliers(claim, source, metric, larger, smaller, **options):
    """A claim on the fitted lines."""
    experiment = (
        f"{POINTS} points along a line, with noise of {NOISE}; {OUTLIERS} of them are raised by "
        f"{SIZES[-1]:g}. {STEPS} steps of gradient descent, at a learning rate for each loss. A "
        "difference beyond the noise matters.",
        f"直線に沿った{POINTS}点（ノイズの標準偏差{NOISE}）のうち{OUTLIERS}点を{SIZES[-1]:g}上げる。"
        f"損失ごとに決めた学習率で、勾配降下法を{STEPS}ステップ行う。ノイズの大きさを超える差を意味のある"
        "差とする。",
    )
    metric = (
        f"root mean square distance from the true line, {metric[0]}",
        f"真の直線とのずれの二乗平均平方根。{metric[1]}",
    )
    return Claim(claim, source, experiment, metric, versus("fits", larger, smaller), **options)


CLAIMS = (
    on_outliers(
        (
            "Mean squared error is not sensitive to outliers.",
            "平均二乗誤差は外れ値の影響を受けにくい。",
        ),
        ("introductory articles", "入門記事"),
        ("without less with outliers", "外れ値なしの値からありの値を引く"),
        off("mean_squared_error", 0.0),
        off("mean_squared_error"),
        margin=-NOISE,
        instead=(
            "It is the most sensitive of the three: the farther an outlier, the harder it pulls.",
            "平均二乗誤差は3つのうち最も影響を受けやすい。外れ値は、遠いほど強く直線を引き寄せる。",
        ),
    ),
    on_outliers(
        (
            "Mean absolute error and Huber's loss are less moved by outliers.",
            "平均絶対誤差とフーバー損失は外れ値の影響が小さい。",
        ),
        "Huber 1964; Hastie, Tibshirani & Friedman, The elements of statistical learning, 10.6",
        ("squared error less the worse of the two", "二乗誤差の値から2つの悪いほうの値を引く"),
        off("mean_squared_error"),
        lambda a: max(off("mean_absolute_error")(a), off("huber")(a)),
        margin=NOISE,
    ),
)


CONCEPT = Concept(
    title=("Loss functions of regression", "回帰の損失関数"),
    chapter=chapters.LEARNING.section(1),
    summary=(
        "A loss turns predictions and targets into one number, and its gradient says how each "
        "prediction should change. Squared error follows every point, absolute error the many, "
        "and Huber's loss stands between them.",
        "損失関数は予測と正解から1つの数を求め、その勾配は各予測をどう変えればよいかを示す。二乗誤差は"
        "すべての点に合わせようとし、絶対誤差は多数の点に合わせる。フーバー損失はその中間である。",
    ),
    introduces=INTRODUCES,
    terms=(
        ("loss function", "損失関数"),
        ("sum of squared errors", "2乗和誤差"),
        ("mean squared error", "平均二乗誤差", "losses.MeanSquaredError"),
        ("mean absolute error", "平均絶対誤差", "losses.MeanAbsoluteError"),
        ("Huber loss", "フーバー損失", "losses.Huber"),
        ("outlier", "外れ値"),
    ),
    demonstrations=(
        Demonstration("by_error", lambda seed: {"errors": ERRORS, "deltas": DELTAS}),
        Demonstration(
            "fits",
            lambda seed: {**points(seed), "rates": FIT_RATES, "steps": STEPS},
            seeds=5,
            measured=("mean_absolute_error",),  # where errors are 0 rounding turns their signs
        ),
        Demonstration(
            "reductions",
            lambda seed: {
                "x": points(seed)["x"][:20],
                "y": points(seed)["targets"][:20, :1],
                "settings": REDUCTIONS,
                "steps": 8,
            },
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
