"""Time series: windows, simple forecasts that are hard to beat, and the split that flatters."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    trained_with,
)
from comparisons.harness.drawing import figures, palette

LENGTH, TIMES, FAR = 24, 1_500, 12
RATES, STEPS = (0.01, 0.03), 800
WALK, SEASONS, CHAOS, PIXELS, BY_TIME, SHUFFLED = range(6)
TITLES = {
    WALK: ("random walk", "ランダムウォーク"),
    SEASONS: ("seasons with noise", "周期と雑音"),
    CHAOS: ("chaos (Hénon)", "カオス（エノン写像）"),
    PIXELS: ("pixels of digits", "数字画像の画素"),
}
FAR_AHEAD = {
    BY_TIME: (f"walk, {FAR} ahead", f"ランダムウォーク{FAR}先"),
    SHUFFLED: ("the same, shuffled", "同じ（シャッフル）"),
}


def some_series(seed):
    """A short series, and how it is cut."""
    series = np.random.default_rng(seed).normal(size=12)
    return {"series": series, "length": 4, "ahead": 2}


def some_windows(seed):
    """Windows, and where they are split."""
    draw = np.random.default_rng(seed).normal
    return {"x": draw(size=(20, 4)), "y": draw(size=20), "shares": (0.5, 0.75), "gap": 2}


def made_series(seed):
    """Four series, scaled so that a step's change has deviation 1; the walk three times."""
    generator = np.random.default_rng(seed)
    times, noise = np.arange(TIMES), generator.normal(size=(3, TIMES))
    weather, chaos = np.zeros(TIMES), np.zeros(TIMES)
    chaos[:2] = generator.uniform(-0.1, 0.1, 2)
    for t in range(1, TIMES):
        weather[t] = 0.7 * weather[t - 1] + noise[1, t]
        if t > 1:
            chaos[t] = 1 - 1.4 * chaos[t - 1] ** 2 + 0.3 * chaos[t - 2]
    day, week = (2 * np.pi * (times / period + generator.random()) for period in (24, 7))
    digits = load_digits().data
    first = generator.integers(len(digits) - TIMES // 64 - 1)
    series = np.empty((6, TIMES))
    series[[WALK, BY_TIME, SHUFFLED]] = noise[0].cumsum()
    series[SEASONS] = 2 * np.sin(day) + np.sin(week) + 0.5 * weather
    series[CHAOS] = chaos + 0.05 * noise[2]
    series[PIXELS] = digits[first:].ravel()[:TIMES]
    series /= np.diff(series, axis=1).std(axis=1, keepdims=True)
    return {
        "series": series.astype("float32"),
        "length": LENGTH,
        "aheads": (1, 1, 1, 1, FAR, FAR),
        "shuffled": (False,) * 5 + (True,),
        "rates": RATES,
        "steps": STEPS,
        "kept": 3,
    }


def linear(arrays, problem):
    """Error of the linear forecast, as a share of that of the last value."""
    return float(arrays["linear"][problem] / arrays["last value"][problem])


def network(arrays, problem):
    """The network's, at the rate and the step that are best on the validation windows."""
    chosen = arrays["network, validation"][..., problem].argmin()
    error = arrays["network, test"][..., problem].flat[chosen]
    return float(error / arrays["last value"][problem])


def cut():
    """A window that slides over the seasons, and the value that follows it."""
    series, rows = made_series(0)["series"][SEASONS, :73].tolist(), []
    kinds = both("series", "系列"), both("window", "窓"), both("to be forecast", "予測する値")
    for start in range(0, 49, 6):
        for t, value in enumerate(series):
            kind = 1 if start <= t < start + LENGTH else 2 if t == start + LENGTH else 0
            rows.append((start, t, value, kinds[kind]))
    table = pd.DataFrame(rows, columns=["choice", "t", "value", "kind"])
    base = alt.Chart().encode(
        x=alt.X("t:Q").title(both("time", "時刻")), y=alt.Y("value:Q").title(both("value", "値"))
    )
    colours = [palette.BASELINE_COLOR, palette.CATEGORIES[0], palette.CATEGORIES[1]]
    colour = alt.Color("kind:N").scale(domain=list(kinds), range=colours).title(None)
    line = base.mark_line(color=palette.BASELINE_COLOR, opacity=0.5)
    points = base.mark_circle(size=60, opacity=1).encode(color=colour)
    chart = alt.layer(line, points, data=table).properties(width=560, height=200)
    return figures.slider(chart, ("number of the window", "窓の番号"), start=18)


def draw(result):
    """How windows are cut, errors by series, and forecasts that lag behind."""
    arrays = result.arrays("forecasting")
    shown = {}
    # A window's last value, of the last 60 windows.
    before = np.arange(TIMES - FAR - 60, TIMES - FAR)
    for problem, title in TITLES.items():
        level = made_series(0)["series"][problem, before]
        shown[both(*title)] = {
            both("truth", "実際の値"): level + arrays["truth"][-60:, problem],
            both("linear forecast", "線形回帰の予測"): level + arrays["forecasts"][-60:, problem],
        }
    kinds = ("linear", "線形回帰", linear), ("network", "ネットワーク", network)
    errors = {
        both(f"{en}: {kind}", f"{ja}：{kind_ja}"): result.of_numpy("forecasting", error, problem)
        for problem, (en, ja) in {**TITLES, **FAR_AHEAD}.items()
        for kind, kind_ja, error in kinds
    }
    return [
        Figure(
            ("Windows", "窓を切り出す"),
            cut(),
            (
                f"A series becomes a table: {LENGTH} values in a row, and the value after them as "
                "the answer. Neighbouring windows share all but one of their values.",
                f"系列を表に直す。連続する{LENGTH}個の値が入力、その次の値が正解である。"
                "隣り合う窓は、1個を除いて同じ値からなる。",
            ),
        ),
        Figure(
            ("Against simple forecasts", "単純な予測との比較"),
            figures.bars(
                errors,
                x_title=("error over that of the last value", "誤差（直前の値による予測との比）"),
            ),
            (
                "Below 1 is better than saying that nothing changes. Nothing beats that on the "
                "random walk. Seasons are linear, so the network adds nothing; the rule of chaos "
                "is a curve, which it can follow. "
                "Shuffled before the split, even the walk seems to be forecast a little better.",
                "1より小さければ「何も変わらない」という予測より良い。ランダムウォークではこれに勝てない。"
                "周期的な系列は線形なのでネットワークでも良くならず、カオスは規則が曲線なので大きく良くなる。"
                "分割前にシャッフルすると、ランダムウォークさえ実際より少し良く予測できたように見える。",
            ),
        ),
        Figure(
            ("Forecasts that follow", "後を追うだけの予測"),
            figures.selection(
                figures.lines(
                    shown,
                    x_title=("time", "時刻"),
                    y_title=("value", "値"),
                ),
                ("series", "系列"),
            ),
            (
                "On the random walk the forecast looks good from afar, yet it is hardly more than "
                "the truth shifted by one step. So plot errors against those of the last value, "
                "not curves.",
                "ランダムウォークの予測は、遠目には合っているように見えるが、実際の値を1ステップ"
                "ずらしたものとほとんど変わらない。曲線を重ねて眺めるのではなく、"
                "直前の値による予測と誤差を比べるとよい。",
            ),
        ),
    ]


SETTING = (
    f"{TIMES:,} values, windows of {LENGTH}, less their last value; the first 60 % to learn from, "
    "then 20 % to validate, the last for the test, with a gap between. Network: 32 units with "
    f"ReLU, Adam, {STEPS} batches of 32, rate and step by validation. ",
    f"{TIMES:,}個の値、長さ{LENGTH}の窓（窓の最後の値を引いておく）。前から60%を訓練、次の20%を検証、"
    "残りをテストに使い、間を空ける。ネットワークはReLUの32ユニット、Adam、バッチサイズ32で"
    f"{STEPS}ステップ。学習率とステップ数は検証データで選ぶ。",
)
SHARE = (
    "Errors (root mean square) as shares of that of the last value; 0.05 matters. ",
    "誤差（RMSE）は、直前の値を予測とした場合との比で表し、0.05以上を意味のある差とする。",
)


def claim(words, source, experiment, metric, larger, smaller, margin=0.05, instead=None):
    """A claim on two errors, each a function of the arrays and a problem."""
    return Claim(
        words,
        source,
        (f"{SETTING[0]}{SHARE[0]}{experiment[0]}", f"{SETTING[1]}{SHARE[1]}{experiment[1]}"),
        metric,
        lambda result: tuple(
            side if isinstance(side, float) else result.of_numpy("forecasting", *side)
            for side in (larger, smaller)
        ),
        margin=margin,
        instead=instead,
    )


LINEAR_LESS_NETWORK = (
    "error, linear regression less network",
    "誤差。線形回帰の値からネットワークの値を引く",
)
CLAIMS = (
    claim(
        (
            "Even a random walk is forecast better by a network than by its last value.",
            "ランダムウォークでも、ネットワークなら「直前の値のまま」より良い予測ができる。",
        ),
        ("introductory articles that forecast share prices", "株価を予測する入門記事"),
        (
            "A random walk, as share prices are often modelled.",
            "株価のモデルとしてよく使われるランダムウォークを予測する。",
        ),
        ("error, last value less network", "誤差。直前の値による予測からネットワークの値を引く"),
        1.0,
        (network, WALK),
        instead=(
            "What moves at random has no better forecast than its last value. A curve that lies "
            "over the truth is that value, one step late.",
            "ランダムに動く値には、直前の値より良い予測はない。実際の値に重なって見える曲線は、1ステップ"
            "遅れた値にすぎない。",
        ),
    ),
    claim(
        (
            "A network forecasts seasons better than linear regression.",
            "周期的な系列の予測では、ネットワークは線形回帰より良い。",
        ),
        ("a common expectation", "よくある期待"),
        (
            "Periods of 24 and 7 steps, and noise that follows itself.",
            "周期24と7の波に、自己相関のある雑音を加えた系列。",
        ),
        LINEAR_LESS_NETWORK,
        (linear, SEASONS),
        (network, SEASONS),
        instead=(
            "Waves and noise that follows itself are linear in what came before; there is nothing "
            "more to find.",
            "波も自己相関のある雑音も、過去の値の線形結合で表せる。それ以上に学習できるものはない。",
        ),
    ),
    claim(
        (
            "Where the rule is a curve, a network forecasts better than linear regression.",
            "規則が非線形なら、ネットワークは線形回帰より良い予測をする。",
        ),
        "Hénon 1976, A two-dimensional mapping with a strange attractor",
        (
            "Hénon's map, xₜ = 1 − 1.4 xₜ₋₁² + 0.3 xₜ₋₂, measured with noise.",
            "エノン写像xₜ = 1 − 1.4 xₜ₋₁² + 0.3 xₜ₋₂に観測雑音を加えた系列。",
        ),
        LINEAR_LESS_NETWORK,
        (linear, CHAOS),
        (network, CHAOS),
    ),
    claim(
        (
            "Windows that are shuffled before the split promise more than the future keeps.",
            "分割の前に窓をシャッフルすると、将来のデータより良い成績が出てしまう。",
        ),
        "Chollet 2021, Deep Learning with Python, 5.2.3; Bergmeir & Benítez 2012, On the use of "
        "cross-validation for time series predictor evaluation, saw no harm in stationary series",
        (
            f"The random walk, {FAR} steps ahead; the same network, its windows split by time or "
            "shuffled first.",
            f"ランダムウォークの{FAR}ステップ先を予測する。同じネットワークで、時刻順に分けた場合と、"
            "先にシャッフルした場合を比べる。",
        ),
        (
            "error, split by time less shuffled",
            "誤差。時刻順に分けた値からシャッフルした値を引く",
        ),
        (network, BY_TIME),
        (network, SHUFFLED),
    ),
)

CONCEPT = Concept(
    title=("Time series", "時系列予測"),
    chapter=chapters.SEQUENCES.section(8),
    summary=(
        "Cut a series into windows, and forecasting is regression: some values in, the next one "
        "out. Two things decide whether the result means something: the split, earlier windows to "
        "learn from and later ones for the test, and the comparison with simple forecasts, the "
        "last value and linear regression.",
        "系列を窓に切り分ければ、予測は回帰になる。いくつかの値を入力し、次の値を出力する。結果に意味が"
        "あるかどうかは2つのことで決まる。前の時刻で学習して後の時刻でテストする分割と、直前の値や線形回帰"
        "のような単純な予測との比較である。",
    ),
    introduces=(
        Introduced(
            "sliding_windows",
            r"x_i = (s_i, \dots, s_{i+n-1}), \quad y_i = s_{i+n-1+h}",
            (
                "Window i holds n values of the series s; its answer lies h steps (the horizon) "
                "after its end.",
                "i番目の窓は、系列sのn個の値からなる。正解は、窓の終わりからhステップ先（予測ホライズン）の"
                "値である。",
            ),
            some_series,
            kinks=True,
        ),
        Introduced(
            "split_by_time",
            r"i < k_1 \quad | \quad k_1 + g \le i < k_2 \quad | \quad i \ge k_2 + g",
            (
                "Learn from the past, test on the future. Behind the ends of parts, k₁ and k₂, g "
                "windows are left out, which reach into both.",
                "過去で学習し、未来でテストする。区切りk₁、k₂の後の、両方にまたがるg個の窓は使わない。",
            ),
            some_windows,
            inputs=2,
            kinks=True,
        ),
    ),
    terms=(
        ("time series", "時系列"),
        ("window", "窓（ウィンドウ）"),
        ("baseline", "ベースライン"),
        ("random walk", "ランダムウォーク"),
        ("forecast horizon", "予測ホライズン"),
    ),
    demonstrations=(
        Demonstration(
            "forecasting",
            made_series,
            seeds=20,
            subject=trained_with("Adam"),
            measured=("network, validation", "network, test"),
            proven_with={"rates": (0.01,), "steps": 20},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.8,
)

if __name__ == "__main__":
    run_script(__file__)
