"""Gaussian discriminant analysis against logistic regression, from few examples to many."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_wine

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.drawing import figures

SEEDS, DRAWS = 8, 3
SHRINKAGES = (0.9, 0.5, 0.1, 0.01, 0.001)
STEPS = (3, 10, 30, 100, 300)
INPUTS, MADE, DISTANCE, AWAY, SHARE = 10, 1400, 2.0, 7.0, 0.3
LDA, QDA, LOGISTIC = range(3)
LEARNERS = [
    both("linear (LDA)", "線形判別分析（LDA）"),
    both("quadratic (QDA)", "二次判別分析（QDA）"),
    both("logistic regression", "ロジスティック回帰"),
]
# For each data set, how many examples of each class are learned from.
SETS = {
    "Gaussian": (4, 8, 16, 64, 256),
    "far": (4, 8, 16, 64, 256),
    "wine": (4, 8, 16),
    "cancer": (4, 8, 16, 64, 128),
    "digits": (4, 8, 16, 64, 128),
}
TITLES = {
    "Gaussian": both("Gaussians (made)", "ガウス分布（人工データ）"),
    "far": both("far examples (made)", "離れた例あり（人工データ）"),
    "wine": both("wine: 13 inputs, 3 classes", "ワイン（入力13、3クラス）"),
    "cancer": both("breast cancer: 30 inputs, 2 classes", "乳がん（入力30、2クラス）"),
    "digits": both("4 × 4 digits: 16 inputs, 10 classes", "4×4画素の数字（入力16、10クラス）"),
}
REAL = ("wine", "cancer", "digits")
AWAYS, POINTS, DOMAIN, GRID = (1, 4, 7, 10), 80, (-4.0, 9.0), 50


def two_classes(number, direction, away, generator):
    """Two Gaussians DISTANCE apart; the share SHARE of class 1 lies `away` from the middle."""
    t = np.arange(number) % 2
    far = t * (generator.random(number) < SHARE)
    along = DISTANCE * (t - 0.5) + (away - DISTANCE / 2) * far
    return generator.normal(size=(number, len(direction))) + along[:, None] * direction, t


def examples(name, generator):
    """The inputs and the classes of a data set."""
    if name in ("Gaussian", "far"):
        direction = generator.normal(size=INPUTS)
        away = AWAY if name == "far" else DISTANCE / 2
        x, t = two_classes(MADE, direction / np.linalg.norm(direction), away, generator)
        return x @ (np.eye(INPUTS) + generator.normal(size=(INPUTS, INPUTS)) / INPUTS**0.5), t
    if name == "digits":
        data = load_digits()
        return data.images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16), data.target
    return (load_wine if name == "wine" else load_breast_cancer)(return_X_y=True)


def roles(y, numbers, generator):
    """Which rows are for training, validation and test: (3, n, groups), a group each number."""
    found = np.zeros((3, len(y), len(numbers)), bool)
    for k in range(y.max() + 1):
        rows = generator.permutation(np.flatnonzero(y == k))
        for group, number in enumerate(numbers):
            found[0, rows[:number], group] = True
        left = rows[numbers[-1] :]
        found[1, left[: len(left) // 3]] = True
        found[2, left[len(left) // 3 :]] = True
    return found


def tables(seed):
    """Every data set, standardised, divided DRAWS times."""
    generator, found = np.random.default_rng(seed), {}
    for name, numbers in SETS.items():
        x, y = examples(name, generator)
        parts = np.concatenate([roles(y, numbers, generator) for _ in range(DRAWS)], axis=2)
        found[f"{name} x"] = (x - x.mean(axis=0)) / x.std(axis=0)
        found[f"{name} t"] = np.eye(y.max() + 1)[y]
        for role, part in zip(("train", "validation", "test"), parts):
            found[f"{name} {role}"] = part
    settings = {"shrinkages": SHRINKAGES, "steps": STEPS, "learning_rate": 1 / 4}
    return {"names": tuple(SETS), **settings, **found}


def plane(seed):
    """The same points four times, the far ones ever farther; a group learns from each."""
    x, t = [], []
    for away in AWAYS:
        generator = np.random.default_rng(seed)
        points, classes = two_classes(POINTS, np.full(2, 0.5**0.5), away, generator)
        x.append(points)
        t.append(classes)
    ticks = np.linspace(*DOMAIN, GRID)
    return {
        "x": np.concatenate(x),
        "t": np.eye(2)[np.concatenate(t)],
        "train": np.repeat(np.eye(len(AWAYS), dtype=bool), POINTS, axis=0),
        "new": np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2),
        "shrinkages": (0.0,),
        "steps": (1000,),
        "learning_rate": 1 / 32,
    }


def some_examples(seed):
    """Twelve examples of three classes, and Gaussians to judge them by."""
    generator = np.random.default_rng(seed)
    x, t = generator.normal(size=(12, 2)), np.eye(3)[np.arange(12) % 3]
    mixing = generator.normal(size=(3, 2, 2))
    return {
        "x": x,
        "t": t,
        "shares": np.array([0.5, 0.3, 0.2]),
        "means": generator.normal(size=(3, 2)),
        "covariances": mixing @ mixing.transpose(0, 2, 1) + np.eye(2),
    }


def accuracies(arrays, name):
    """Test accuracy (learner, number), each learner with the setting of its least loss."""
    best = arrays[f"{name} loss"].argmin(axis=1)[:, None]
    chosen = np.take_along_axis(arrays[f"{name} accuracy"], best, axis=1)
    return chosen.reshape(3, DRAWS, -1).mean(axis=1)


def of(learner, names, chosen):
    """A learner's test accuracy, mean over data sets and the chosen of their numbers."""
    return lambda arrays: np.mean([accuracies(arrays, n)[learner, chosen].mean() for n in names])


def draw(result):
    """Three boundaries, and how far examples move them; accuracy by number of examples."""
    given, found = plane(0), result.arrays("learners")["answers"]
    regions, points = {}, {}
    for group, away in enumerate(AWAYS):
        rows = given["train"][:, group]
        shown = (given["x"][rows], given["t"][rows].argmax(axis=1))
        shares = np.exp(found[:, 0, :, group, 1]).reshape(3, GRID, GRID)
        regions[away] = dict(zip(LEARNERS, shares))
        points[away] = dict.fromkeys(LEARNERS, shown)
    curves = []
    for name, numbers in SETS.items():
        by_seed = np.stack(result.of_numpy("compare", lambda a, name=name: accuracies(a, name)))
        own = dict(zip(LEARNERS, by_seed.transpose(1, 0, 2)))
        curves.append(figures.in_panels({TITLES[name]: own}, numbers))
    titles = {"x_title": ("x₁", "x₁"), "y_title": ("x₂", "x₂")}
    return [
        Figure(
            ("Three boundaries, and some examples far away", "3つの決定境界と、離れた例の影響"),
            figures.slider(
                figures.regions(regions, DOMAIN, DOMAIN, points, **titles),
                ("distance of the far examples", "離れた例までの距離"),
                start=7,
            ),
            (
                "Colours show the probability of class 1. At 1 both classes are Gaussians, and the "
                "three agree. Then a part of class 1 moves away, on its own side, where no one "
                "would mistake it. One Gaussian has to cover all of class 1: its mean moves, its "
                "covariance grows, and the boundary with them. Logistic regression looks at "
                "p(k | x) alone: examples that it is sure of hardly pull.",
                "色はクラス1の確率を表す。距離1では両クラスともガウス分布であり、3つの境界はほぼ一致する。"
                "距離を伸ばすと、クラス1の一部が、間違えようのない方向へ離れていく。生成モデルはクラス1全体を"
                "1つのガウス分布で表すため、平均がずれ、共分散も大きくなって、境界が動く。ロジスティック回帰は"
                "事後確率だけを学習するので、確信をもって分類できる例からはほとんど影響を受けない。",
            ),
        ),
        Figure(
            ("From few examples to many", "少ないデータから多いデータへ"),
            figures.lines(
                pd.concat(curves, ignore_index=True),
                x_title=("training examples of each class", "クラスごとの訓練データ数"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
                log="x",
            ),
            (
                "Each learner with the setting that validation rows prefer. Where LDA's assumption "
                "holds the curves meet, and on breast cancer they nearly do; where it does not, "
                "LDA stops rising while logistic regression goes on. On digits QDA, which is "
                "generative too, ends above both: what counts is whether the assumption fits, more "
                "than which kind of model it is.",
                "どの学習器も、検証データで選んだ設定を使う。LDAの仮定が成り立つ場合、曲線はほぼ重なる。"
                "乳がんのデータでも差は小さい。仮定が成り立たない場合、ロジスティック回帰の正解率は"
                "伸び続けるが、LDAは頭打ちになる。数字のデータでは、同じ生成モデルのQDAが最も高くなる。"
                "モデルの種類よりも、仮定がデータに合うかどうかが重要である。",
            ),
        ),
    ]


SETTING = (
    "LDA with covariances shrunk towards the identity, logistic regression with early stopping, "
    "each with the best of five settings by the loss on validation rows (a third of what is left; "
    "more than the few examples). ",
    "共分散行列を単位行列に近づけたLDAと、早期終了を用いたロジスティック回帰を、それぞれ5通りの設定から"
    "検証データの損失で選んだもので比べる（検証データは残りの3分の1であり、少数の訓練データより多い）。",
)
METRICS = {
    LDA: (
        "test accuracy, LDA less logistic regression",
        "テストデータの正解率。LDAの値からロジスティック回帰の値を引く",
    ),
    LOGISTIC: (
        "test accuracy, logistic regression less LDA",
        "テストデータの正解率。ロジスティック回帰の値からLDAの値を引く",
    ),
}
NG = "Ng & Jordan 2001, On discriminative vs. generative classifiers"


def claim(sentence, source, experiment, winner, names, chosen, instead):
    """A claim that one of the two wins on some data sets, with some of their numbers."""
    sides = (of(learner, names, chosen) for learner in (winner, LDA + LOGISTIC - winner))
    return Claim(
        sentence,
        source,
        (SETTING[0] + experiment[0], SETTING[1] + experiment[1]),
        METRICS[winner],
        versus("compare", *sides),
        unit="%",
        margin=0.01,
        instead=instead,
    )


FEW, MANY = slice(0, 2), slice(-1, None)
REGULARISED = (
    "Once both are regularised, a few examples favour neither by much.",
    "両者に正則化を施せば、データが少なくても差はほとんどない。",
)
CLAIMS = (
    claim(
        (
            "With few examples a generative classifier wins.",
            "データが少ないときは、生成モデルの分類器のほうが正解率が高い。",
        ),
        NG,
        (
            "Wine, breast cancer and digits, 4 and 8 examples of each class.",
            "ワイン、乳がん、数字のデータで、訓練データはクラスごとに4個と8個。",
        ),
        LDA,
        REAL,
        FEW,
        REGULARISED,
    ),
    claim(
        (
            "With many examples a discriminative classifier wins.",
            "データが多いときは、識別モデルの分類器のほうが正解率が高い。",
        ),
        NG,
        (
            "Breast cancer and digits, 128 examples of each class.",
            "乳がんと数字のデータで、訓練データはクラスごとに128個。",
        ),
        LOGISTIC,
        ("cancer", "digits"),
        MANY,
        (
            "It depends on whether the assumption fits the data.",
            "仮定がデータに合うかどうかによる。",
        ),
    ),
    claim(
        (
            "If the classes really are Gaussians of one covariance, LDA needs fewer examples.",
            "各クラスが共通の共分散をもつガウス分布に従うなら、LDAは少ないデータで済む。",
        ),
        "Efron 1975, The efficiency of logistic regression",
        (
            f"Two Gaussians in {INPUTS} dimensions, 4 and 8 examples of each class.",
            f"{INPUTS}次元の2つのガウス分布で、訓練データはクラスごとに4個と8個。",
        ),
        LDA,
        ("Gaussian",),
        FEW,
        REGULARISED,
    ),
    claim(
        (
            "If the Gaussian assumption is wrong, logistic regression wins with many examples.",
            "ガウス分布の仮定が誤りなら、データが多いときはロジスティック回帰のほうが正解率が高い。",
        ),
        "Hastie et al., The Elements of Statistical Learning, 4.4.5",
        (
            f"The same Gaussians, but {SHARE:.0%} of class 1 lie far away on its own side; 256 "
            "examples of each class.",
            f"同じガウス分布だが、クラス1の{SHARE:.0%}は境界から遠く離れている。訓練データはクラスごとに256個。",
        ),
        LOGISTIC,
        ("far",),
        MANY,
        None,
    ),
)

CONCEPT = Concept(
    title=("Generative and discriminative models", "生成モデルと識別モデル"),
    chapter=chapters.GENERATION.section(7),
    summary=(
        "A generative classifier learns how each class k makes its inputs, p(x | k), and turns "
        "that round by Bayes' theorem; a discriminative one learns p(k | x) at once. With a "
        "Gaussian for each class and one covariance for all (LDA) the first is a linear layer with "
        "softmax, just as logistic regression is; but its weights are computed by averaging, not "
        "found by descent.",
        "生成モデルの分類器は、各クラスのデータの分布p(x | k)を学習し、ベイズの定理で"
        "事後確率p(k | x)を求める。識別モデルはp(k | x)を直接学習する。各クラスを共通の共分散をもつ"
        "ガウス分布で表すと（LDA）、事後確率はロジスティック回帰と同じ式、つまり線形層とソフトマックスになる。"
        "違いは、その重みを勾配降下法ではなく平均の計算で求める点にある。",
    ),
    introduces=(
        Introduced(
            "class_statistics",
            r"\pi_k = \frac{n_k}{n}, \quad \mu_k = \frac{1}{n_k} \sum_{i \in k} x_i, \quad "
            r"\Sigma_k = \frac{1}{n_k} \sum_{i \in k} (x_i - \mu_k)(x_i - \mu_k)^\top",
            (
                "The share, mean and covariance of each class: the whole of the learning.",
                "クラスごとの割合、平均、共分散行列。学習はこの計算だけで終わる。",
            ),
            some_examples,
        ),
        Introduced(
            "quadratic_discriminant",
            r"\log p(k \mid x) = a_k - \log \sum_j e^{a_j}, \quad a_k = \log \pi_k - "
            r"\frac{1}{2} \log |\Sigma_k| - \frac{1}{2} d_k, \quad "
            r"d_k = (x - \mu_k)^\top \Sigma_k^{-1} (x - \mu_k)",
            (
                "Bayes' theorem: prior times Gaussian density, normalised. With a covariance for "
                "each class the boundaries are quadratic in x: QDA.",
                "ベイズの定理により、事前確率とガウス分布の密度の積を正規化する。クラスごとに共分散行列をもつと、"
                "境界はxの2次式になる（QDA）。",
            ),
            some_examples,
        ),
        Introduced(
            "linear_discriminant",
            r"\Sigma = \sum_k \pi_k \Sigma_k, \quad w_k = \Sigma^{-1} \mu_k, \quad "
            r"b_k = \log \pi_k - \frac{1}{2} \mu_k^\top \Sigma^{-1} \mu_k",
            (
                "With one covariance for all, x⊤Σ⁻¹x is the same for every class and drops out of "
                "the softmax: LDA is a Dense layer with these weights.",
                "共分散行列が全クラスに共通なら、x⊤Σ⁻¹xはどのクラスでも同じ値になり、ソフトマックスの中で"
                "打ち消し合う。LDAはこの重みをもつ全結合層である。",
            ),
            some_examples,
        ),
    ),
    equations=(
        (
            r"p(k \mid x) = \frac{p(x \mid k) \, \pi_k}{\sum_j p(x \mid j) \, \pi_j}",
            ("Bayes' theorem", "ベイズの定理"),
        ),
    ),
    terms=(
        ("generative model", "生成モデル"),
        ("discriminative model", "識別モデル"),
        ("Gaussian discriminant analysis", "ガウス判別分析"),
        ("linear discriminant analysis (LDA)", "線形判別分析（LDA）"),
        ("quadratic discriminant analysis (QDA)", "二次判別分析（QDA）"),
        ("posterior", "事後確率"),
    ),
    demonstrations=(
        Demonstration("learners", plane, proven_with={"steps": (5,)}),
        Demonstration(
            "compare",
            tables,
            seeds=SEEDS,
            # A row on a boundary may round to either side.
            measured=tuple(f"{name} accuracy" for name in SETS),
            proven_with={"names": ("wine",), "shrinkages": (0.5, 0.1), "steps": (2, 5)},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
