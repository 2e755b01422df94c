"""Logistic regression: a probability surface that turns and sharpens, and how true it is."""

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    Preset,
    Settings,
    Task,
    versus,
)
from comparisons.harness.datasets import mnist_subset, shrunk
from comparisons.harness.drawing import figures
from comparisons.harness.scores import ACCURACY, LOG_LOSS, Score

POINTS, STEPS, RATE, BINS = 60, 400, 1.0, 10
SHOWN = (0, 1, 2, 5, 10, 20, 50, 100, 200, 400)
DOMAIN, GRID = (-4.0, 4.0), 50
SETS = {
    "overlapping": both("overlapping classes", "重なり合うクラス"),
    "separable": both("separable classes", "分離できるクラス"),
}
LOGISTIC, NETWORK = "logistic regression", "network"
NAMES = {
    LOGISTIC: both(LOGISTIC, "ロジスティック回帰"),
    NETWORK: both(NETWORK, "ニューラルネットワーク"),
}


def calibration_bins(y, predictions):
    """By tenth of the predicted probability: number, mean prediction, share that was true."""
    y, p = np.ravel(y), np.ravel(predictions)
    which = np.minimum((p * BINS).astype(int), BINS - 1)
    rows = [(np.sum(which == k), p[which == k], y[which == k]) for k in range(BINS)]
    return [(number, own.mean(), true.mean()) for number, own, true in rows if number]


def calibration_error(y, predictions):
    """How far predicted probability and true share lie apart, on average over the examples."""
    bins = calibration_bins(y, predictions)
    return float(sum(n * abs(p - share) for n, p, share in bins) / len(predictions))


CALIBRATION = Score(
    "calibration_error",
    ("calibration error", "較正誤差"),
    calibration_error,
    unit="%",
    larger_is_better=False,
)


def clouds(seed):
    """Two classes about two centres: once wide clouds that overlap, once squares that do not."""
    generator = np.random.default_rng(seed)
    t = np.arange(POINTS)[:, None] % 2.0
    centres = (2 * t - 1) * [0.9, 0.6]
    return {
        "overlapping": centres + generator.normal(0, 1.2, (POINTS, 2)),
        "separable": centres + generator.uniform(-0.7, 0.7, (POINTS, 2)),
        "t": t,
        "steps": STEPS,
        "learning_rate": RATE,
    }


def some_weights(seed):
    """Weights, rows of inputs, and the class of each row."""
    draw = np.random.default_rng(seed).normal
    t = np.arange(8.0)[:, None] % 2
    return {"w": draw(size=(3, 1)), "b": draw(size=1), "x": draw(size=(8, 3)), "t": t}


def data(settings, seed):
    """MNIST at half resolution: is the digit even?"""
    whole = mnist_subset(20_000 if settings.preset == "full" else 2_000, 1_000, 5_000, seed)
    parts = {}
    for part in ("train", "validation", "test"):
        x, y = getattr(whole, f"x_{part}"), getattr(whole, f"y_{part}")
        parts[f"x_{part}"] = shrunk(x, 14)
        parts[f"y_{part}"] = (y[:, None] % 2 == 0).astype("float32")
    description = (
        f"{whole.description[0]}; at half resolution; the question is whether the digit is even",
        f"{whole.description[1]}解像度は半分にした。問いは「数字が偶数か」である。",
    )
    return replace(whole, **parts, description=description)


def from_scikit_learn(result):
    """The largest difference of a probability from scikit-learn's, by seed."""
    found = []
    for seed in result.seeds_of("descents"):
        given = clouds(seed)
        x, t = given["overlapping"], given["t"][:, 0]
        theirs = LogisticRegression(C=1e9, tol=1e-8).fit(x, t).predict_proba(x)[:, 1]
        ours = [
            probability(result.arrays("descents", column, seed), "overlapping", -1, x)
            for column in result.implementations
        ]
        found.append(float(np.abs(np.array(ours) - theirs).max()))
    return found


def probability(arrays, name, step, x):
    """σ(x w + b) with the weights after a step."""
    w, b = arrays[f"{name}: weights"][step], arrays[f"{name}: biases"][step]
    return 1 / (1 + np.exp(-(x @ w + b)[..., 0]))


def lengths(arrays, name):
    """The length of w after each step."""
    return np.linalg.norm(arrays[f"{name}: weights"][..., 0], axis=1)


def growth(arrays):
    """By how much w grows in the second half on separable classes."""
    length = lengths(arrays, "separable")
    return length[-1] / length[STEPS // 2] - 1


def errors_of(result, variant):
    """The calibration error of a variant on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["calibration_error"], variant=variant)


def answers(result, variant):
    """The true answers and the predicted probabilities of all seeds."""
    seeds = sorted({run["seed"] for run in result.runs(variant=variant)})
    kept = [list(result.kept(variant, seed=seed).values())[-1]["probability"] for seed in seeds]
    return np.concatenate([data(Settings(), seed).y_test[:, 0] for seed in seeds]), np.ravel(kept)


def draw(result):
    """The surface step by step, the length of the weights, and reliability."""
    arrays, given = result.arrays("descents"), clouds(0)
    ticks = np.linspace(*DOMAIN, GRID)
    plane = np.stack(np.meshgrid(ticks, ticks), axis=-1)
    surfaces = {
        step: {name: probability(arrays, key, step, plane) for key, name in SETS.items()}
        for step in SHOWN
    }
    points = {name: (given[key], given["t"][:, 0]) for key, name in SETS.items()}
    seeds = result.seeds_of("descents")
    grown = {
        name: [lengths(result.arrays("descents", seed=seed), key)[1:] for seed in seeds]
        for key, name in SETS.items()
    }
    found = {name: answers(result, variant) for variant, name in NAMES.items()}
    perfect, axes = both("perfect", "理想"), {"x_title": ("x₁", "x₁"), "y_title": ("x₂", "x₂")}
    reliability = pd.concat(
        [
            pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0], "series": perfect}),
            *(
                pd.DataFrame(calibration_bins(*own), columns=["n", "x", "y"]).assign(series=name)
                for name, own in found.items()
            ),
        ]
    )
    return [
        Figure(
            ("The probability surface, step by step", "確率の曲面の変化"),
            figures.slider(
                figures.regions(surfaces, DOMAIN, DOMAIN, points, **axes),
                ("step", "ステップ"),
                start=10,
            ),
            (
                "The paler, the less sure. Where the classes overlap the border stays soft. Where "
                "a line separates them it grows sharper and sharper.",
                "色が薄いほど確信が低い。クラスが重なり合う場合、境界はぼやけたままになる。直線で分離できる"
                "場合、境界は際限なく鋭くなる。",
            ),
        ),
        Figure(
            ("The length of the weights", "重みの大きさ"),
            figures.lines(grown, x_title=("step", "ステップ"), y_title=("‖w‖", "‖w‖"), log="x"),
            (
                "On separable classes any longer w has a lower loss: there is no end.",
                "分離できるクラスでは、‖w‖が大きいほど損失が小さくなるので、際限なく大きくなる。",
            ),
        ),
        Figure(
            ("Reliability diagram", "信頼度曲線"),
            figures.lines(
                reliability,
                x_title=("predicted probability", "予測確率"),
                y_title=("share that was even", "実際に偶数だった割合"),
                unit="%",
            ),
            (
                "Test images by tenth of the predicted probability. On the diagonal, of the images "
                "that are given 70 % seventy in a hundred are even. A line flatter than that, as "
                "the network's, is overconfident. But the network gives few images a probability "
                "in the middle, so that its error on average is a few points only.",
                "テスト画像を予測確率の10%ごとに分けて集計した。対角線上なら、70%と予測した画像100枚のうち"
                "70枚が実際に偶数である。ニューラルネットワークのように対角線より傾きが緩ければ、自信過剰で"
                "ある。ただし中間の確率になる画像は少ないので、平均したずれは数ポイントにとどまる。",
            ),
        ),
    ]


DIGITS = (
    "2,000 MNIST images at half resolution, even or odd, Adam at the rate that reads other seeds' "
    "validation images best, 20 epochs; 5,000 test images in ten bins of the probability",
    "解像度を半分にしたMNISTの画像2,000枚で偶数か奇数かを学習（Adam、学習率は別のシードの検証データで"
    "最も良かった値、20エポック）。テスト画像5,000枚を予測確率で10の区間に分ける",
)
CLAIMS = (
    Claim(
        claim=(
            "Logistic regression is a network of one layer.",
            "ロジスティック回帰は1層のニューラルネットワークである。",
        ),
        source=(
            "a common remark; Zhang et al., Dive into Deep Learning, 4.1 (softmax regression)",
            "よくある指摘。Zhang et al., Dive into Deep Learning, 4.1（ソフトマックス回帰）",
        ),
        experiment=(
            f"A Dense layer of one unit with sigmoid and cross-entropy, {STEPS} steps of gradient "
            f"descent on {POINTS} points of two overlapping classes, against scikit-learn's "
            "LogisticRegression without a penalty.",
            "シグモイドと交差エントロピー誤差を使うユニット1つのDense層を、重なり合う2クラスの"
            f"{POINTS}点で{STEPS}ステップ学習し、scikit-learnの正則化なしのLogisticRegressionと比べる。",
        ),
        metric=(
            "one point less the largest difference of a probability",
            "1ポイントから、確率の差の最大値を引いた値",
        ),
        measure=lambda result: (0.01, from_scikit_learn(result)),
        unit="%",
    ),
    Claim(
        claim=(
            "The loss is convex (without local minima), so gradient descent arrives.",
            "損失は凸関数（局所的な最小値がない）なので、勾配降下法は必ず収束する。",
        ),
        source=(
            "a common remark on logistic regression",
            "ロジスティック回帰についてのよくある指摘",
        ),
        experiment=(
            f"{STEPS} steps with learning rate {RATE} on {POINTS} points of two separable classes. "
            "Arrived means that w grows by less than 1 % in the second half.",
            f"分離できる2クラスの{POINTS}点で、学習率{RATE}、{STEPS}ステップ。後半でwの大きさの増加が"
            "1%未満なら収束とみなす。",
        ),
        metric=(
            "1 % less the growth of w in the second half",
            "1%から、後半でのwの大きさの増加率を引いた値",
        ),
        measure=versus("descents", lambda arrays: 0.01, growth),
        unit="%",
        instead=(
            "It arrives only where the classes overlap. Where a line separates them, the loss has "
            "no lowest point: w grows for ever, like the logarithm of the steps. A penalty on the "
            "weights gives it a bottom.",
            "収束するのは、クラスが重なり合うときだけである。直線で分離できるとき、損失には最小値がなく、wは"
            "ステップ数の対数のように大きくなり続ける。重みに罰則を加えれば、最小値ができる。",
        ),
    ),
    Claim(
        claim=(
            "The probabilities of logistic regression are calibrated: true as often as they say.",
            "ロジスティック回帰の予測確率は較正されている（実際の割合と一致する）。",
        ),
        source="scikit-learn user guide, 1.16, Probability calibration",
        experiment=(
            f"{DIGITS[0]}. An error of at most three points counts as calibrated.",
            f"{DIGITS[1]}。較正誤差が3ポイント以下なら、較正されているとみなす。",
        ),
        metric=(
            "three points less the calibration error (ECE)",
            "3ポイントから較正誤差（ECE）を引いた値",
        ),
        measure=lambda result: (0.03, errors_of(result, LOGISTIC)),
        unit="%",
    ),
    Claim(
        claim=(
            "The probabilities of a network are less calibrated than those of logistic regression.",
            "ニューラルネットワークの予測確率は、ロジスティック回帰ほど較正されていない。",
        ),
        source="Guo et al. 2017, On calibration of modern neural networks",
        experiment=(
            f"{DIGITS[0]}; two hidden layers of 100 with ReLU against none.",
            f"{DIGITS[1]}。ReLUの隠れ層2つ（各100ユニット）と、隠れ層なしを比べる。",
        ),
        metric=(
            "calibration error (ECE), network less logistic regression",
            "較正誤差（ECE）。ネットワークの値からロジスティック回帰の値を引く",
        ),
        measure=lambda result: (errors_of(result, NETWORK), errors_of(result, LOGISTIC)),
        unit="%",
        margin=0.01,
        instead=(
            "Here the network misses its own probabilities by about as little, and answers more "
            "rightly: most of its probabilities are near 0 or 1.",
            "ここでは、ネットワークの予測確率のずれも同程度にとどまり、正解率はネットワークのほうが高い。"
            "予測確率の多くは0か1に近い。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Logistic regression: sigmoid and cross-entropy", "ロジスティック回帰"),
    chapter=chapters.LEARNING.section(8),
    summary=(
        "The weighted sum becomes a probability by the sigmoid, and the weights are those that "
        "give what happened the highest probability (maximum likelihood). The gradient is "
        "prediction less truth, as in linear regression. It is a network of one layer, and its "
        "probabilities are off by a few points.",
        "重み付き和をシグモイド関数で確率に変え、実際に起きたことの確率が最も高くなるように重みを決める"
        "（最尤推定）。"
        "勾配は線形回帰と同じく「予測 − 正解」になる。これは1層のニューラルネットワークであり、"
        "出力する確率の実際とのずれは数ポイントにとどまる。",
    ),
    introduces=(
        Introduced(
            "logistic_loss",
            r"y = \sigma(x w + b), \quad "
            r"L = -\frac{1}{n} \sum_i \left( t_i \log y_i + (1 - t_i) \log (1 - y_i) \right), "
            r"\quad \frac{\partial L}{\partial w} = \frac{1}{n} x^T (y - t), \quad "
            r"\frac{\partial L}{\partial b} = \frac{1}{n} \sum_i (y_i - t_i)",
            (
                "The cross-entropy of the weighted sum's sigmoid. Its gradient has the form of "
                "linear regression's: prediction less truth.",
                "重み付き和のシグモイドの交差エントロピー誤差。"
                "勾配は線形回帰と同じ「予測 − 正解」の形になる。",
            ),
            some_weights,
        ),
        Introduced(
            "logistic_regression",
            r"w \leftarrow w - \eta \frac{\partial L}{\partial w}, \quad "
            r"b \leftarrow b - \eta \frac{\partial L}{\partial b}",
            (
                "Gradient descent over all examples at once. In Keras: a Dense layer of one unit.",
                "すべてのデータを一度に使う勾配降下法。Kerasではユニット1つのDense層になる。",
            ),
            demonstration="descents",
        ),
    ),
    equations=(
        (
            r"y = \sigma(x w + b), \quad \log \frac{y}{1 - y} = x w + b",
            (
                "The weighted sum is the logarithm of the odds.",
                "重み付き和は、オッズの対数（ロジット）である。",
            ),
        ),
        (
            r"\mathrm{ECE} = \sum_k \frac{n_k}{n} \left| \bar{y}_k - \bar{t}_k \right|",
            (
                "Calibration error: by tenth k of the probability, in which nₖ of the n examples "
                "lie, how far the means of prediction and truth are apart.",
                "較正誤差：確率を10%ごとの区間kに分けたときの、予測の平均と実際の割合とのずれ（nₖは区間kの"
                "データの数）。",
            ),
        ),
    ),
    terms=(
        ("logistic regression", "ロジスティック回帰"),
        ("odds", "オッズ"),
        ("maximum likelihood", "最尤推定"),
        ("calibration", "較正（キャリブレーション）"),
        ("reliability diagram", "信頼度曲線"),
    ),
    demonstrations=(Demonstration("descents", clouds, seeds=5),),
    task=Task(
        data=data,
        presets={"default": Preset(20, 50), "full": Preset(20, 50)},
        scores=(ACCURACY, LOG_LOSS, CALIBRATION),
        variants={
            LOGISTIC: {"hidden": (), "learning_rate": 0.01},
            NETWORK: {"hidden": (100, 100), "learning_rate": 0.003},
        },
        variants_ja={LOGISTIC: "ロジスティック回帰", NETWORK: "ニューラルネットワーク"},
        keep="probabilities",
        seeds=10,
        first_seed=10,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
