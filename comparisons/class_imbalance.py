"""Class imbalance: weights and resampling, what they move, and which score sees it."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve

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
    versus,
)
from comparisons.harness.drawing import figures, palette

TRAIN, VALIDATION, TEST, EVERY, SEEDS = 600, 1000, 2000, 20, 20
DOMAIN, GRID = (-4.0, 5.0), 40
RATIOS, RATES = (1.0, 3.0, 10.0, None, 50.0), (0.003, 0.01, 0.03, 0.1)
PLAIN, BALANCED, OVER, UNDER = 0, 3, 5, 6  # ways; None stands for `class_weights`
TIMES = [1, 3, 10, EVERY - 1, 50]  # what the ratios are
NAMES = {
    PLAIN: both("no weights", "重みなし"),
    BALANCED: both("class weights", "クラスの重み"),
    OVER: both("oversampling", "オーバーサンプリング"),
    UNDER: both("undersampling", "アンダーサンプリング"),
}


def some_classes(seed):
    """One-hot answers, seven of one class and one of each of two others."""
    return {"y": np.eye(3)[[0, 0, 1, 0, 0, 2, 0, 0, 0]]}


def some_answers(seed):
    """True answers and probabilities."""
    generator = np.random.default_rng(seed)
    return {
        "y_true": np.arange(12) % 3 // 2 * 1.0,
        "y_pred": generator.random(12),
        "threshold": 0.4,
    }


def points(number, generator):
    """Points of a common class and, one in EVERY, of a rare one beside its middle."""
    y = (np.arange(number) % EVERY == 0).astype(float)
    rare = y[:, None]
    spread = np.where(rare, 0.7, 1.1)
    return generator.normal(size=(number, 2)) * spread + rare * [1.8, 1.2], y


def parts(seed):
    """Training, validation and test points."""
    generator = np.random.default_rng(seed)
    return [points(number, generator) for number in (TRAIN, VALIDATION, TEST)]


def given(seed):
    """The training points; those to be predicted, and a grid over the plane."""
    (x, y), (validation, _), (test, _) = parts(seed)
    ticks = np.linspace(*DOMAIN, GRID)
    plane = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return {
        "x": x,
        "y": y,
        "new": np.concatenate([validation, test, plane]),
        "ratios": RATIOS,
        "rates": np.array(RATES),
        "steps": 400,
        "batch_size": 32,
    }


# Every seed has as many of each class, in the same order.
Y_VALIDATION, Y_TEST = (
    points(number, np.random.default_rng(0))[1] for number in (VALIDATION, TEST)
)


def validation(arrays):
    """The probabilities of the validation points, (VALIDATION, ways, rates)."""
    return arrays["probability"][:VALIDATION]


def at_best_rate(arrays, way):
    """All probabilities of one way, at the rate of the best average precision on validation."""
    found = [average_precision_score(Y_VALIDATION, p) for p in validation(arrays)[:, way].T]
    return arrays["probability"][:, way, np.argmax(found)]


def tested(arrays, way):
    """The same of the test points."""
    return at_best_rate(arrays, way)[VALIDATION : VALIDATION + TEST]


def average_precision(way):
    """Of one way, on the test points."""
    return lambda arrays: float(average_precision_score(Y_TEST, tested(arrays, way)))


def recall(way):
    """Which share of the rare test points has a probability above one half."""
    return lambda arrays: float(np.mean(tested(arrays, way)[Y_TEST == 1] > 0.5))


def chosen_by(score):
    """F1 on the test points of the weights and the rate that this score chooses on validation."""

    def measure(arrays):
        probabilities = arrays["probability"][:, : len(RATIOS)].reshape(
            -1, len(RATIOS) * len(RATES)
        )
        found = [score(Y_VALIDATION, p > 0.5) for p in probabilities[:VALIDATION].T]
        best = probabilities[VALIDATION : VALIDATION + TEST, np.argmax(found)]
        return float(f1_score(Y_TEST, best > 0.5))

    return measure


def accuracy(y, answers):
    """The share of right answers."""
    return np.mean(answers == y)


def by_weight(arrays):
    """Accuracy, precision and recall on the test points, by ratio: (3, ratios)."""
    answers = np.stack([tested(arrays, way) > 0.5 for way in range(len(RATIOS))])
    rare = Y_TEST == 1
    hits = np.sum(answers & rare, axis=1)
    precision = hits / np.maximum(np.sum(answers, axis=1), 1)
    return np.stack([np.mean(answers == rare, axis=1), precision, hits / np.sum(rare)])


def curves(result):
    """Precision by recall as the threshold moves, and where the threshold 0.5 is."""
    arrays, tables = result.arrays("training"), []
    for way, name in NAMES.items():
        p = tested(arrays, way)
        precision, found, _ = precision_recall_curve(Y_TEST, p)
        own = pd.DataFrame({"precision": precision, "recall": found, "way": name})
        own = own.groupby(["recall", "way"], as_index=False).max()  # the corners of its steps
        at = recall(way)(arrays)
        half = np.mean(Y_TEST[p > 0.5]) if (p > 0.5).any() else 1.0
        point = pd.DataFrame({"precision": [half], "recall": [at], "way": name, "half": True})
        tables += [own[own["recall"] > 0], point]
    base = alt.Chart().encode(
        x=alt.X("recall:Q").axis(format="%").title(both("recall", "再現率")),
        y=alt.Y("precision:Q").axis(format="%").title(both("precision", "適合率")),
        color=alt.Color("way:N")
        .scale(domain=list(NAMES.values()), range=palette.CATEGORIES[: len(NAMES)])
        .title(None),
    )
    lines = base.transform_filter("!datum.half").mark_line(strokeWidth=1.6)
    dots = base.transform_filter("datum.half").mark_circle(size=120, opacity=1)
    chart = alt.layer(lines.encode(order="recall:Q"), dots, data=pd.concat(tables))
    return chart.properties(width=420, height=300)


def draw(result):
    """The regions by weight, the scores by weight, and precision against recall."""
    arrays, (x, y) = result.arrays("training"), parts(result.seeds_of("training")[0])[0]
    regions = {
        times: {"": at_best_rate(arrays, way)[VALIDATION + TEST :].reshape(GRID, GRID)}
        for way, times in enumerate(TIMES)
    }
    found = np.array(result.of_numpy("training", by_weight))
    scores = (both("accuracy", "正解率"), both("precision", "適合率"), both("recall", "再現率"))
    weight = ("weight of the rare class", "少数クラスの重み（倍）")
    return [
        Figure(
            ("Where the rare class is seen", "少数クラスと判定される領域"),
            figures.slider(
                figures.regions(
                    regions, DOMAIN, DOMAIN, (x, y), x_title=("x₁", "x₁"), y_title=("x₂", "x₂")
                ),
                weight,
                start=EVERY - 1,
            ),
            (
                f"One point in {EVERY} is of the rare class. The more it weighs, the further its "
                f"region spreads over the common one. At {EVERY - 1} both classes together weigh "
                "the same.",
                f"{EVERY}点に1点が少数クラスである。その重みを大きくするほど、少数クラスの領域は"
                f"多数クラスの側へ広がる。{EVERY - 1}倍で両クラスの重みの合計が等しくなる。",
            ),
        ),
        Figure(
            ("What a weight moves", "重みで何が変わるか"),
            figures.lines(
                {name: found[:, k] for k, name in enumerate(scores)},
                TIMES,
                x_title=weight,
                y_title=("test points", "テストデータでの値"),
                unit="%",
                log="x",
            ),
            (
                "Recall: the share of the rare points that is found. Precision: the share of those "
                f"called rare that is rare. To call no point rare is right in {1 - 1 / EVERY:.0%} "
                "of the cases, and finds nothing.",
                "再現率は、少数クラスのうち見つけた割合。適合率は、少数クラスと判定したうち正しかった"
                f"割合。すべて多数クラスと予測するだけで、正解率は{1 - 1 / EVERY:.0%}に"
                "なるが、何も見つからない。",
            ),
        ),
        Figure(
            ("The same curve, another place on it", "同じ曲線の上の別の点"),
            curves(result),
            (
                "The lines are traced as the threshold moves from 1 to 0; the dots mark 0.5 (first "
                "seed). All ways have nearly the same line: weights and resampling do about what "
                "another threshold does.",
                "線は、しきい値を1から0まで動かしたときの軌跡、点はしきい値0.5での値（最初のシード）。どの方法"
                "でも線はほぼ重なる。クラスの重みや再標本化の働きは、しきい値を変えることとほぼ同じである。",
            ),
        ),
    ]


SETTING = (
    f"Two classes in the plane, one point in {EVERY} rare; {TRAIN} points to learn from, "
    f"{VALIDATION:,} to choose the learning rate on, {TEST:,} to test. Logistic regression on "
    "coordinates, squares and product, mini-batches of 32, 400 steps. ",
    f"平面上の2クラス、{EVERY}点に1点が少数クラス。学習に{TRAIN}点、学習率の選択に{VALIDATION:,}点、評価に"
    f"{TEST:,}点を使う。座標とその2乗、積を入力とするロジスティック回帰、バッチサイズ32、400ステップ。",
)


def on_points(claim, source, experiment, metric, larger, smaller, margin, instead=None):
    """A claim on the points."""
    return Claim(
        claim,
        source,
        (SETTING[0] + experiment[0], SETTING[1] + experiment[1]),
        metric,
        versus("training", larger, smaller),
        unit="%",
        margin=margin,
        instead=instead,
    )


CLAIMS = (
    on_points(
        (
            "With a rare class, to choose a model by accuracy costs a good part of its F1.",
            "不均衡なデータでは、正解率でモデルを選ぶとF値が大きく下がる。",
        ),
        "He and Garcia 2009, Learning from imbalanced data, 4",
        (
            "Out of five weights and four rates one model is chosen by accuracy, one by F1, on "
            "the validation points.",
            "重み5通りと学習率4通りから、検証データでの正解率とF値のそれぞれで1つのモデルを選ぶ。",
        ),
        (
            "F1 (harmonic mean of precision and recall) on test points, chosen by F1 less by "
            "accuracy",
            "テストデータでのF値（適合率と再現率の調和平均）。F値で選んだ値から正解率で選んだ値を引く",
        ),
        chosen_by(f1_score),
        chosen_by(accuracy),
        0.02,
    ),
    on_points(
        ("Class weights raise the recall.", "クラスの重みをつけると再現率が上がる。"),
        "Keras, code examples: Imbalanced classification: credit card fraud detection",
        ("n / (2 n_c) against no weights.", "n/(2 n_c)の重みと、重みなしを比べる。"),
        (
            "recall at 0.5, with less without weights",
            "しきい値0.5での再現率。重みありの値からなしの値を引く",
        ),
        recall(BALANCED),
        recall(PLAIN),
        0.05,
    ),
    on_points(
        (
            "Class weights make the model better at telling the rare class.",
            "クラスの重みをつけると、少数クラスを見分ける能力が上がる。",
        ),
        ("a common expectation", "よくある期待"),
        ("n / (2 n_c) against no weights.", "n/(2 n_c)の重みと、重みなしを比べる。"),
        (
            "average precision (area below precision over recall, no threshold), with less without",
            "平均適合率（適合率–再現率曲線の下の面積。しきい値によらない）。重みありの値からなしの値を引く",
        ),
        average_precision(BALANCED),
        average_precision(PLAIN),
        0.01,
        (
            "They move the threshold: more is found, and more of it is wrong. A lower threshold "
            "without weights does the same.",
            "動くのは実質的にしきい値である。多く見つかる代わりに誤りも増える。重みなしでしきい値を下げても"
            "同じことができる。",
        ),
    ),
    on_points(
        (
            "Drawing the rare class again beats class weights.",
            "少数クラスのオーバーサンプリングは、クラスの重みより良い。",
        ),
        ("articles on imbalanced data", "不均衡データについての記事"),
        (
            "Mini-batches from all rows with weights, against mini-batches from rows drawn until "
            "both classes are as frequent.",
            "全データからのミニバッチに重みをつける場合と、両クラスが同数になるまで引き直したデータから"
            "ミニバッチを取る場合を比べる。",
        ),
        (
            "average precision, oversampled less weighted",
            "平均適合率。オーバーサンプリングの値からクラスの重みの値を引く",
        ),
        average_precision(OVER),
        average_precision(BALANCED),
        0.01,
        (
            "On average both take the same gradients, and end at the same quality here.",
            "勾配は平均すると等しく、ここでは到達する性能も変わらない。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Class imbalance", "クラスの不均衡"),
    chapter=chapters.DATA.section(5),
    summary=(
        "Where one class is rare, always to answer with the common one is right most of the time, "
        "so accuracy looks high. Weights make an error on the rare class count more, resampling "
        "shows its rows more often. Both find more of it, and are wrong more often when they name "
        "it: they move along the curve of precision and recall, much as a threshold does.",
        "一方のクラスが少ないと、常に多数クラスと予測するだけで正解率は高くなる。クラスの重みは少数クラスの"
        "誤りを重く数え、再標本化は少数クラスのデータを何度も見せる。どちらも見つける数を増やすが、誤って"
        "少数クラスと予測することも増える。その働きは別のしきい値を選ぶことに近く、適合率と再現率の曲線の"
        "上を移動するだけである。",
    ),
    introduces=(
        Introduced(
            "class_weights",
            r"w_c = \frac{n}{K n_c}, \quad L = \frac{1}{n} \sum_i w_{y_i} L_i",
            (
                "n_c of the n rows are of class c, out of K classes. Keras: "
                "`fit(…, class_weight={0: w₀, 1: w₁})`.",
                "n行のうちn_c行がクラスc、クラス数はK。Kerasでは"
                "`fit(…, class_weight={0: w₀, 1: w₁})`とする。",
            ),
            some_classes,
        ),
        Introduced(
            "resample",
            r"n_c \rightarrow s, \quad s \in \left\{ \max_c n_c, \, \min_c n_c \right\}",
            (
                "s rows of each class: oversampling takes the largest class's number, "
                "undersampling the smallest's. Only training rows are drawn: a copy among the "
                "test rows would be known.",
                "sは、オーバーサンプリングでは最も多いクラスの数、アンダーサンプリングでは最も"
                "少ないクラスの数とする。引き直すのは訓練データだけである。コピーがテストデータに"
                "入れば、答えを知っていることになる。",
            ),
            demonstration="training",
        ),
        Introduced(
            "precision_recall",
            r"P = \frac{TP}{TP + FP}, \quad R = \frac{TP}{TP + FN}, \quad F_1 = \frac{2PR}{P + R}",
            (
                "TP: rare and found, FP: found but not rare, FN: rare but not found.",
                "TPは正しく見つけた数、FPは誤って少数クラスとした数、FNは見逃した数。",
            ),
            some_answers,
        ),
    ),
    terms=(
        ("class imbalance", "クラスの不均衡"),
        ("class weight", "クラスの重み"),
        ("oversampling, undersampling", "オーバーサンプリング、アンダーサンプリング"),
        ("precision", "適合率", "metrics.Precision"),
        ("recall", "再現率", "metrics.Recall"),
        ("F1 score", "F値（F1スコア）", "metrics.F1Score"),
    ),
    demonstrations=(
        Demonstration("training", given, SEEDS, first_seed=20, subject=trained_with("SGD")),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
