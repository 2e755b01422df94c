"""Cross-entropy: of probabilities, of logits, of classes; and how fast it teaches."""

import numpy as np

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
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures

LOGITS = np.linspace(-29.9, 10.1, 81)
ENTROPY = ("cross-entropy", "交差エントロピー誤差")
# Loss, bias of the last unit at the start, and the rate that was quickest on seeds 100 to 104: of
# 0.3 to 4 for squared error, of 0.05 to 1.1 for cross-entropy.
NETWORKS = {
    "squared error": ("mean_squared_error", 0.0, 2.0),
    "cross-entropy": ("binary_crossentropy", 0.0, 0.6),
    "squared error, saturated": ("mean_squared_error", 6.0, 1.5),
    "cross-entropy, saturated": ("binary_crossentropy", 6.0, 0.6),
}
TARGET, WINDOW, BATCH, IMAGES = 0.9, 20, 50, 12_500
STEPS = range(WINDOW, IMAGES // BATCH + 1)


def chances(seed):
    """Yes or no, and probabilities of yes."""
    generator = np.random.default_rng(seed)
    y = generator.uniform(0.05, 0.95, (6, 3))
    return {"y_true": generator.integers(0, 2, (6, 3)).astype("float64"), "y_pred": y}


def distributions(seed):
    """Distributions, and predicted ones that do not add up to 1."""
    t, y = np.random.default_rng(seed).uniform(0.05, 1, (2, 6, 4))
    return {"y_true": t / t.sum(axis=1, keepdims=True), "y_pred": y / 2}


def class_numbers(seed):
    """Class numbers in place of distributions."""
    return {**distributions(seed), "y_true": np.random.default_rng(seed).integers(0, 4, 6)}


def many_rows(seed):
    """500 rows of predictions in float32, with distributions and class numbers as targets."""
    generator = np.random.default_rng(seed)
    t, y = generator.dirichlet(np.full(10, 5.0), (2, 500)).astype("float32")
    return {"distributions": t, "y": y, "labels": generator.integers(0, 10, 500)}


def digits(seed):
    """MNIST images, and whether the digit is odd."""
    part = mnist_subset(IMAGES, 10, 10, seed, flat=True)
    return {"x": part.x_train, "y": (part.y_train[:, None] % 2).astype("float32")}


def accuracy(arrays, name):
    """The mean accuracy of each window of batches, none of them seen before."""
    return np.convolve(arrays[f"{name}: accuracy"], np.full(WINDOW, 1 / WINDOW), "valid")


def steps_needed(name):
    """Steps until that is enough."""
    return lambda arrays: np.append(accuracy(arrays, name) >= TARGET, True).argmax() + WINDOW


def learned(result):
    """Accuracy on new images by step, of every seed, from both starts."""
    starts = {
        both("ordinary start", "通常の初期値"): "",
        both("saturated start", "飽和した初期値"): ", saturated",
    }
    return {
        start: {
            both(*words): result.of_numpy("learning", accuracy, words[0] + ending)
            for words in (("squared error", "二乗誤差"), ENTROPY)
        }
        for start, ending in starts.items()
    }


def draw(result):
    """The losses behind a sigmoid, and learning."""
    names = {
        "square": both("squared error", "二乗誤差"),
        "from probabilities": both(f"{ENTROPY[0]}, probabilities", f"{ENTROPY[1]}（確率）"),
        "from logits": both(f"{ENTROPY[0]}, logits", f"{ENTROPY[1]}（ロジット）"),
    }
    found = result.arrays("behind_a_sigmoid")
    behind = {
        panel: {name: found[key + ending] for key, name in names.items()}
        for panel, ending in (
            (both("loss", "損失"), ""),
            (both("gradient", "勾配"), ": gradient"),
        )
    }
    return [
        Figure(
            ("Behind a sigmoid, target 1", "シグモイドの後の損失（正解は1）"),
            figures.lines(
                figures.in_panels(behind, LOGITS),
                x_title=("logit a", "ロジットa"),
                y_title=figures.NO_TITLE,
                y_domain=(-1.1, 5.5),
            ),
            (
                "Far left the answer is entirely wrong. There the squared error has no gradient: "
                "the sigmoid is flat. Cross-entropy has y − t, nearly −1; computed from "
                "probabilities it is cut off below −16, from logits never. So end the model "
                "without a sigmoid and say from_logits=True. (On TensorFlow, Keras goes back from "
                "a sigmoid or softmax to the logits by itself.) Both at once, a softmax layer and "
                "from_logits=True, is a mistake: on JAX and PyTorch softmax is then taken twice; "
                "the page on output layers measures that.",
                "左端では予測が完全に誤っている。そこではシグモイドが平らなので、二乗誤差の勾配は"
                "ほぼ0になる。交差エントロピー誤差の勾配はy − t（ほぼ−1）である。確率から計算すると"
                "−16より左で打ち切られて0になり、ロジットから計算すればそうならない。モデルの最後に"
                "シグモイドを置かず、from_logits=Trueを指定するとよい（TensorFlowでは、Kerasが"
                "自動でロジットに戻って計算する）。ソフトマックス層とfrom_logits=Trueの両方を使うのは"
                "誤りで、JAXとPyTorchではソフトマックス関数が2回適用される。その影響は出力層のページで"
                "測っている。",
            ),
        ),
        Figure(
            ("Learning behind a sigmoid", "シグモイドの後の損失による学習"),
            figures.lines(
                figures.in_panels(learned(result), STEPS),
                x_title=("step", "ステップ"),
                y_title=("accuracy", "正解率"),
                unit="%",
            ),
            (
                "On new images, each loss at its best rate. The saturated start answers 0.998 to "
                "every image. Thin: the single seeds.",
                "新しい画像での正解率。学習率はそれぞれ最適な値である。飽和した初期値では、どの画像にも"
                "0.998を出力する状態から始める。細い線は個々のシード。",
            ),
        ),
    ]


INTRODUCES = (
    Introduced(
        "binary_crossentropy",
        r"L = -\frac{1}{N} \sum_n \left( t_n \log y_n + (1 - t_n) \log (1 - y_n) \right), \quad "
        r"\frac{\partial L}{\partial y} = \frac{1}{N} \frac{y - t}{y (1 - y)}",
        (
            "Yes or no (t = 1 or 0), after a sigmoid. log 0 would make the loss ∞ or NaN, so y is "
            "kept 10⁻⁷ away from 0 and 1.",
            "2値分類（tは1か0）に、シグモイドの後で使う。log 0で損失が∞やNaNにならないよう、yを"
            "10⁻⁷以上1 − 10⁻⁷以下に制限する。",
        ),
        chances,
    ),
    Introduced(
        "binary_crossentropy_on_logits",
        r"y = \sigma(a), \quad L = \frac{1}{N} \sum_n \left( \log (1 + e^{a_n}) - t_n a_n \right),"
        r" \quad \frac{\partial L}{\partial a} = \frac{y - t}{N}",
        (
            "Sigmoid and logarithm in one: no log 0, and the sigmoid's slope has cancelled out.",
            "シグモイドと対数を1つにまとめる。log 0は現れず、シグモイドの微分も約分されて消える。",
        ),
        lambda seed: {**chances(seed), "y_pred": np.linspace(-3, 3, 18).reshape(6, 3)},
    ),
    Introduced(
        "categorical_crossentropy",
        r"p = \frac{y}{\sum_k y_k}, \; L = -\frac{1}{N} \sum_{n,k} t_{nk} \log p_{nk}, \; "
        r"\frac{\partial L}{\partial y_k} = \frac{1}{N \sum_i y_i} \left( \sum_i t_i - "
        r"\frac{t_k}{p_k} \right)",
        (
            "One of several classes, after softmax. As Keras divides y by its sum, its gradient is "
            "1 − t/p for one-hot t, where the textbook has −t/p; for the logits both give y − t.",
            "多クラス分類に、ソフトマックスの後で使う。Kerasはyをその和で割るので、one-hotのtに対"
            "する勾配は教科書の−t/pではなく1 − t/pになる。ロジットに関する勾配は、どちらもy − tで"
            "ある。",
        ),
        distributions,
    ),
    Introduced(
        "sparse_categorical_crossentropy",
        r"L = -\frac{1}{N} \sum_n \log p_{n, t_n}",
        (
            "The same loss for targets that are class numbers 0, 1, 2, … instead of one-hot rows: "
            "take the one that fits your labels. Keras raises an error for the wrong one; squared "
            "error, given class numbers as a column (n, 1), learns nonsense without a word.",
            "正解がone-hotではなくクラス番号0, 1, 2, …のときの同じ損失。ラベルの形に合うほうを使"
            "う。取り違えるとKerasはエラーを出す。二乗誤差に(n, 1)の形のクラス番号を渡すと、エラー"
            "は出ないが無意味な学習になる。",
        ),
        class_numbers,
        helpers=("categorical_crossentropy_gradient",),
    ),
    Introduced(
        "kl_divergence",
        r"D_{KL} = \frac{1}{N} \sum_{n,k} t_{nk} \log \frac{t_{nk}}{y_{nk}}, \quad "
        r"\frac{\partial D}{\partial y} = -\frac{t}{N y}",
        (
            "How far a predicted distribution is from the true one; 0 where they are the same. "
            "With the entropy −Σ t log t added it is the cross-entropy.",
            "予測した分布が正解の分布からどれだけ離れているかを表す。等しいとき0になる。エントロピー"
            "−Σ t log tを加えると、交差エントロピー誤差になる。",
        ),
        distributions,
    ),
)


def on_learning(claim, start, ending, instead):
    """A claim on the networks that learn."""
    experiment = (
        f"Is the digit odd? 12,500 MNIST images, each seen once, batches of {BATCH}, 50 hidden "
        f"units, a sigmoid. {start[0]} Same weights and batches; each loss at the rate that was "
        f"quickest on other seeds. Steps to {TARGET:.0%} on {WINDOW} batches of new images.",
        f"数字の偶奇を当てる。MNISTの画像12,500枚を1回ずつ、バッチサイズ{BATCH}、隠れ層のユニット数50、"
        f"出力はシグモイド。{start[1]}初期値とバッチは共通、学習率は別のシードで最も速かった値。"
        f"新しい画像{WINDOW}バッチの正解率が{TARGET:.0%}に達するまでの更新回数を比べる。",
    )
    return Claim(
        claim,
        "Nielsen 2015, Neural networks and deep learning, 3",
        experiment,
        ("how many steps more squared error needs", "二乗誤差が余計に要する更新回数"),
        versus(
            "learning", *(steps_needed(loss + ending) for loss in ("squared error", ENTROPY[0]))
        ),
        unit="steps",
        margin=10.0,
        instead=instead,
    )


def the_same(claim, source, difference):
    """A claim that two losses are the same but for rounding."""
    experiment = ("500 rows of ten probabilities, in float32", "確率10個の行を500行（float32）")
    metric = ("10⁻⁵ less the largest difference", "10⁻⁵から差の最大値を引いた値")
    measure = versus("agreement", lambda a: 1e-5, difference)
    return Claim(claim, source, experiment, metric, measure, theorem=True)


CLAIMS = (
    on_learning(
        (
            "Cross-entropy learns faster than squared error behind a sigmoid.",
            "シグモイドの後では、交差エントロピー誤差のほうが二乗誤差より学習が速い。",
        ),
        ("Ordinary initial weights.", "通常の初期値を使う。"),
        "",
        (
            "At a rate of its own, here three times as large, squared error is as fast. Its "
            "gradient for the logit is that of cross-entropy times 2y(1 − y), at most half, so it "
            "takes a larger rate.",
            "損失ごとに学習率を選べば（ここでは3倍余り）、二乗誤差も同じくらい速い。二乗誤差のロジットに"
            "関する勾配は交差エントロピー誤差の2y(1 − y)倍、つまり半分以下なので、大きめの学習率が"
            "合う。",
        ),
    ),
    on_learning(
        (
            "Where the sigmoid is saturated at a wrong answer, cross-entropy learns faster.",
            "シグモイドが誤った出力で飽和していると、交差エントロピー誤差のほうが学習が速い。",
        ),
        (
            "The last bias starts at 6: 0.998 for every image.",
            "出力層のバイアスを6とし、どの画像にも0.998を出力する状態から始める。",
        ),
        ", saturated",
        None,
    ),
    the_same(
        (
            "Cross-entropy is KL divergence plus a constant, the entropy of the targets.",
            "交差エントロピー誤差は、KLダイバージェンスに定数（正解の分布のエントロピー）を加えた値である。",
        ),
        "Goodfellow et al., Deep Learning, 3.13",
        lambda a: np.abs(a["cross-entropy"] - a["KL divergence"] - a["entropy"]).max(),
    ),
    the_same(
        (
            "Categorical and sparse categorical cross-entropy are the same loss.",
            "categorical_crossentropyとsparse_categorical_crossentropyは同じ損失である。",
        ),
        ("Keras documentation; a common question", "Kerasのドキュメント、よくある質問"),
        lambda a: max(
            np.abs(a[f"{what}categorical"] - a[f"{what}sparse"]).max()
            for what in ("", "gradient, ")
        ),
    ),
)


CONCEPT = Concept(
    title=("Cross-entropy: the loss of classification", "交差エントロピー誤差：分類の損失関数"),
    chapter=chapters.LEARNING.section(2),
    summary=(
        "Cross-entropy is −log of the probability that the model gave to the right answer: 0 where "
        "it was sure, large for a confident mistake. Behind a sigmoid or softmax its gradient for "
        "the logits is y − t, the error itself. Accuracy is no loss: its gradient is 0 almost "
        "everywhere.",
        "交差エントロピー誤差は、モデルが正解に与えた確率の対数に負号をつけた値である。確信をもって当てれば0に"
        "近く、確信をもって誤れば大きい。シグモイドやソフトマックスの後では、ロジットに関する勾配は誤差そのもの、"
        "つまりy − tになる。正解率は、ほとんどの場所で勾配が0になるので、損失関数には使えない。",
    ),
    introduces=INTRODUCES,
    terms=(
        ("binary cross-entropy", "2値交差エントロピー誤差", "losses.BinaryCrossentropy"),
        ("cross-entropy error", "交差エントロピー誤差", "losses.CategoricalCrossentropy"),
        ("Kullback-Leibler divergence", "KLダイバージェンス", "losses.KLDivergence"),
        ("entropy", "エントロピー"),
        ("logit", "ロジット"),
        ("one-hot vector", "one-hotベクトル"),
    ),
    demonstrations=(
        Demonstration("behind_a_sigmoid", lambda seed: {"logits": LOGITS}),
        Demonstration("agreement", many_rows, seeds=5, first_seed=10),
        Demonstration(
            "learning",
            lambda seed: {**digits(seed), "networks": NETWORKS, "batch_size": BATCH},
            seeds=5,
            measured=tuple(f"{name}: accuracy" for name in NETWORKS),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.7,
)

if __name__ == "__main__":
    run_script(__file__)
