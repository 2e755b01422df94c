"""The output layer: what softmax does, why it is computed as it is, and why once is enough."""

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
    Preset,
    Task,
)
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures

SCALES = np.array([1.0, 10.0, 30.0, 100.0, 300.0, 1000.0])
POINTS, OTHERS = np.linspace(-6, 6, 61), np.array([0.0, 1.0])
TEMPERATURES = np.array([0.25, 0.5, 1.0, 2.0, 4.0])
ONCE, TWICE, OWN_RATE = "softmax once", "softmax twice", "softmax twice, at its own rate"
RATE, TWICE_RATE = 0.5, 2.8  # best on validation images of seeds 100 to 109, of 0.1 to 4


def data(settings, seed):
    """A part of MNIST as flat vectors."""
    return mnist_subset(
        20_000 if settings.preset == "full" else 2_000, 1_000, 2_000, seed, flat=True
    )


def some_logits(seed):
    """Rows of logits."""
    return {"x": np.random.default_rng(seed).normal(0, 2, (5, 4))}


def many_logits(seed):
    """Rows of logits in float32, as a network has them."""
    return np.random.default_rng(seed).normal(size=(500, 10)).astype("float32")


def deviation(result, first, second=None):
    """A bound that rounding keeps, and the largest deviation found, by seed."""
    found = []
    for seed in result.seeds_of("properties"):
        arrays = result.arrays("properties", seed=seed)
        other = 1.0 if second is None else arrays[second]
        found.append(float(np.abs(arrays[first] - other).max()))
    return 1e-6, found


def share_of_numbers(result):
    """The share of rows that are numbers where inputs are largest: stable, then naive."""
    found = [result.arrays("overflow", seed=seed) for seed in result.seeds_of("overflow")]
    return [f["stable"][-1] for f in found], [f["naive"][-1] for f in found]


def on_test(score, larger, smaller):
    """A claim's measure: a score on the test images of two variants, by seed."""
    return lambda result: tuple(
        result.by_seed(lambda run: run["scores"]["test"][score], variant=name)
        for name in (larger, smaller)
    )


def draw(result):
    """Softmax over one logit, and what becomes of large inputs."""
    classes = (
        both("y₁, whose logit moves", "y₁（ロジットを動かすクラス）"),
        both("y₂, logit 0", "y₂（ロジット0）"),
        both("y₃, logit 1", "y₃（ロジット1）"),
    )
    curves = result.arrays("curves")["curves"]
    by_temperature = {
        float(temperature): dict(zip(classes, curve.T))
        for temperature, curve in zip(TEMPERATURES, curves)
    }
    shares = result.arrays("overflow")
    names = {"naive": both("naive", "素朴な実装"), "stable": both("stable", "安定な実装")}
    return [
        Figure(
            ("Softmax as one logit moves", "1つのロジットを動かしたときのソフトマックス"),
            figures.slider(
                figures.lines(
                    by_temperature,
                    POINTS,
                    x_title=("logit of the first class", "1番目のクラスのロジット"),
                    y_title=("probability", "確率"),
                ),
                ("temperature T", "温度T"),
                start=1.0,
            ),
            (
                "The three always add up to 1. Divided by a temperature T, the logits decide "
                "more sharply (T < 1) or less sharply (T > 1).",
                "3つの確率の和は常に1になる。ロジットを温度Tで割ると、T < 1では確率の差が広がり、"
                "T > 1では差が縮まる。",
            ),
        ),
        Figure(
            ("Large inputs", "大きな入力"),
            figures.lines(
                {names[key]: values for key, values in shares.items()},
                SCALES,
                x_title=("standard deviation of the logits", "ロジットの標準偏差"),
                y_title=("rows that are numbers", "計算できた行の割合"),
                unit="%",
                log="x",
            ),
            (
                "In float32 exp overflows from 89 on, and ∞ / ∞ is no number. With the largest "
                "logit taken off first, no exponent is above 0.",
                "float32では、入力が89以上になるとexpがオーバーフローし、∞ / ∞は数にならない。"
                "先にロジットの最大値を引けば、指数が0を超えることはない。",
            ),
        ),
    ]


TRAINED = (
    "2,000 MNIST images, 50 hidden units, SGD, 10 epochs",
    "MNISTの画像2,000枚、隠れ層のユニット数50、SGD、10エポック",
)
ACCURACY_LESS = ("test accuracy, once less twice", "テストデータの正解率（1回 − 2回）")

CONCEPT = Concept(
    title=("Output layers: identity and softmax", "出力層：恒等関数とソフトマックス関数"),
    chapter=chapters.NEURAL_NETWORKS.section(2),
    summary=(
        "What the last layer does depends on the question. For a number (regression) its sum is "
        "the answer; for yes or no the sigmoid turns the sum into a probability; for one of "
        "several classes softmax turns the sums, called logits, into probabilities that add up to "
        "one.",
        "出力層の活性化関数は、解く問題に応じて選ぶ。数値を予測する回帰では重み付き和をその"
        "まま出力し、2クラス分類ではシグモイド関数で1つの確率に変換する。多クラス分類では、"
        "ソフトマックス関数で重み付き和（ロジット）を総和が1の確率に変換する。",
    ),
    introduces=(
        Introduced(
            "identity",
            r"y = x, \quad \frac{dy}{dx} = 1",
            ("Regression: the sum is the answer.", "回帰：重み付き和をそのまま出力する。"),
            some_logits,
        ),
        Introduced(
            "softmax",
            r"y_k = \frac{e^{x_k - m}}{\sum_i e^{x_i - m}}, \quad m = \max_i x_i, \quad "
            r"\frac{\partial L}{\partial x_k} = y_k \left( \frac{\partial L}{\partial y_k} - "
            r"\sum_i \frac{\partial L}{\partial y_i} y_i \right)",
            (
                "Classification: probabilities. Taking m off multiplies numerator and denominator "
                "by the same number, and nothing overflows. L: the loss.",
                "分類：確率を出力する。mを引いても、分子と分母に同じ数を掛けるのと等しいので"
                "出力は変わらず、オーバーフローは起こらなくなる（Lは損失）。",
            ),
            some_logits,
        ),
        Introduced(
            "naive_softmax",
            r"y_k = \frac{e^{x_k}}{\sum_i e^{x_i}}",
            (
                "The same on paper. On a computer exp overflows: from 89 on in float32, from 710 "
                "on in float64.",
                "数式の上では同じだが、コンピュータではfloat32で89、float64で710以上の入力があると、"
                "expがオーバーフローして計算できない。",
            ),
            some_logits,
        ),
    ),
    equations=(
        (
            r"0 \le y_k \le 1 \;\Rightarrow\; \mathrm{softmax}(y)_k \le \frac{e}{e + 9} "
            r"\approx 0.232",
            (
                "Softmax twice, with ten classes: no answer is surer than 23 %, and the loss never "
                "falls below −log 0.232 = 1.46.",
                "ソフトマックス関数を2回適用した場合（10クラス）。どのクラスの確率も23%を超えず、損失は"
                "−log 0.232 = 1.46より小さくならない。",
            ),
        ),
    ),
    terms=(
        ("output layer", "出力層"),
        ("identity function", "恒等関数", "activations.linear"),
        ("softmax function", "ソフトマックス関数", "activations.softmax"),
        ("logit", "ロジット"),
        ("regression", "回帰"),
        ("classification", "分類"),
        ("overflow", "オーバーフロー"),
    ),
    demonstrations=(
        Demonstration(
            "properties", lambda seed: {"x": many_logits(seed), "constant": 3.0}, seeds=5
        ),
        Demonstration(
            "overflow",
            lambda seed: {"x": many_logits(seed), "scales": SCALES.tolist()},
            seeds=5,
            measured=("naive",),  # float64 overflows later than float32
        ),
        Demonstration(
            "curves",
            lambda seed: {"x": POINTS, "others": OTHERS, "temperatures": TEMPERATURES},
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(10, 50), "full": Preset(20, 100)},
        variants={
            ONCE: {"twice": False, "learning_rate": RATE},
            TWICE: {"twice": True, "learning_rate": RATE},
            OWN_RATE: {"twice": True, "learning_rate": TWICE_RATE},
        },
        variants_ja={
            ONCE: "ソフトマックス1回",
            TWICE: "ソフトマックス2回",
            OWN_RATE: "ソフトマックス2回（2回に合う学習率）",
        },
        seeds=10,
    ),
    claims=(
        Claim(
            claim=(
                "The outputs of softmax add up to one.",
                "ソフトマックス関数の出力の総和は1になる。",
            ),
            source="Saito, Deep Learning from Scratch, 3.5.3",
            experiment=(
                "500 rows of ten random logits a seed",
                "シードごとに、ランダムなロジット10個からなる行を500行",
            ),
            metric=(
                "10⁻⁶ less the largest distance of a sum from 1",
                "10⁻⁶から、総和と1との差の最大値を引いた値",
            ),
            measure=lambda result: deviation(result, "sums"),
            theorem=True,
        ),
        Claim(
            claim=(
                "A constant added to all logits changes nothing.",
                "すべてのロジットに同じ定数を加えても出力は変わらない。",
            ),
            source="Saito, Deep Learning from Scratch, 3.5.2",
            experiment=("the same rows, with 3 added", "同じ行のすべてのロジットに3を加える"),
            metric=(
                "10⁻⁶ less the largest change of an output",
                "10⁻⁶から、出力の変化の最大値を引いた値",
            ),
            measure=lambda result: deviation(result, "constant added", "plain"),
            theorem=True,
        ),
        Claim(
            claim=(
                "Softmax of two classes is the sigmoid of the logits' difference.",
                "2クラスのソフトマックス関数は、ロジットの差のシグモイド関数に等しい。",
            ),
            source="Bishop 2006, Pattern Recognition and Machine Learning, 4.2",
            experiment=("the first two logits of the same rows", "同じ行の最初の2つのロジット"),
            metric=(
                "10⁻⁶ less the largest difference of the two",
                "10⁻⁶から、両者の差の最大値を引いた値",
            ),
            measure=lambda result: deviation(result, "softmax of two", "sigmoid of the difference"),
            theorem=True,
        ),
        Claim(
            claim=(
                "Naive softmax overflows.",
                "ソフトマックス関数の素朴な実装はオーバーフローする。",
            ),
            source="Saito, Deep Learning from Scratch, 3.5.2",
            experiment=(
                "logits with a standard deviation of 1,000, in float32",
                "標準偏差1,000のロジット（float32）",
            ),
            metric=(
                "share of rows that are numbers, stable less naive",
                "計算できた行の割合（安定な実装 − 素朴な実装）",
            ),
            unit="%",
            margin=0.5,
            measure=share_of_numbers,
        ),
        Claim(
            claim=(
                "Softmax twice (a softmax layer before a loss that applies softmax itself) trains "
                "without an error, and worse.",
                "ソフトマックス関数を2回適用しても（ソフトマックス層の後に、"
                "内部でソフトマックス関数を計算する損失関数を使っても）エラーは出ないが、"
                "学習の結果は悪くなる。",
            ),
            source=(
                "Keras documentation, from_logits; a common question",
                "Kerasのドキュメントのfrom_logitsの項、よくある質問",
            ),
            experiment=(
                f"{TRAINED[0]}, each at the learning rate that was best on the validation images "
                f"of other seeds: {RATE} once, {TWICE_RATE} twice. Twice means two softmax layers: "
                "with from_logits=True after one, Keras on TensorFlow warns and goes back to the "
                "logits, on JAX and PyTorch it takes softmax twice.",
                f"{TRAINED[1]}。学習率は、それぞれ別のシードの検証データで最も良かった値"
                f"（1回は{RATE}、2回は{TWICE_RATE}）。2回はソフトマックス層を2つ重ねて試す。層1つと"
                "from_logits=Trueの組み合わせでは、Kerasは、TensorFlowなら警告を出してロジットから"
                "計算し、JAXとPyTorchならソフトマックス関数を2回適用する。",
            ),
            metric=ACCURACY_LESS,
            unit="%",
            margin=0.01,
            measure=on_test("accuracy", ONCE, OWN_RATE),
        ),
        Claim(
            claim=(
                "Softmax twice spoils the probabilities.",
                "ソフトマックス関数を2回適用すると、出力を確率として使えなくなる。",
            ),
            source=(
                "follows from the range: the second softmax is given numbers from 0 to 1",
                "値域から導かれる：2つめのソフトマックス関数には0から1の数が入る",
            ),
            experiment=("the same networks", "上と同じネットワーク"),
            metric=(
                "test log loss, twice less once; 0.05 matters",
                "テストデータの対数損失（2回 − 1回）。0.05以上を意味のある差とする",
            ),
            unit="nats",
            margin=0.05,
            measure=on_test("log_loss", OWN_RATE, ONCE),
        ),
        Claim(
            claim=(
                "At the learning rate that suits a single softmax a second one slows learning.",
                "1回のソフトマックス関数に合う学習率のままでは、2回適用すると学習が遅くなる。",
            ),
            source=(
                "follows from the gradient: dy is multiplied by y once more",
                "勾配から導かれる：dyにもう一度yが掛かる",
            ),
            experiment=(
                f"{TRAINED[0]}, both at the learning rate {RATE}",
                f"{TRAINED[1]}、どちらも学習率{RATE}",
            ),
            metric=ACCURACY_LESS,
            unit="%",
            margin=0.01,
            measure=on_test("accuracy", ONCE, TWICE),
        ),
    ),
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
