"""Half precision: what rounding loses, and where training feels it."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures, palette

RATES, STEPS = (0.01, 0.03, 0.1, 0.3, 1.0), 100
SCALES = tuple(2.0**power for power in (0, 5, 10, 15))
TERM, COUNT, EVERY = 1 / 128, 4_000, 50
KINDS = {
    "float32": both("float32", "float32"),
    "mixed_float16": both("mixed float16", "混合float16"),
    "mixed_float16, no scale": both("the same, not scaled", "同、スケーリングなし"),
    "mixed_bfloat16": both("mixed bfloat16", "混合bfloat16"),
    "bfloat16": both("all in bfloat16", "すべてbfloat16"),
}


def numbers(seed):
    """Numbers of every size that float16 has, and some below; and some halfway between two."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=300) * 10.0 ** generator.uniform(-9, 4, 300)
    halfway = [1 + k * 2.0**power for k in (1, 3) for power in (-11, -8)]
    return {"x": np.concatenate([x, halfway, np.negative(halfway)])}


def some_steps(seed):
    """A weight and six gradients, of which the third has overflowed."""
    draw = np.random.default_rng(seed).normal
    w, gradients = draw(size=(3, 4)), draw(size=(6, 3, 4))
    gradients[2, 1, 1] = np.inf
    given = {"w": w, "gradients": gradients, "scale": 4.0, "steps": 0}
    return {**given, "learning_rate": 0.1, "growth_steps": 2}


def magnitudes(seed):
    """Numbers from 10⁻⁹ to 60,000, evenly on a logarithmic axis."""
    return {"x": np.geomspace(1e-9, 6e4, 700).astype("float32")}


def images(seed):
    """MNIST of 7×7 pixels."""
    part = shrunk_mnist(1_000, 500, 1_000, seed)
    sizes = {"rates": RATES, "steps": STEPS, "scales": SCALES}
    return {"x": part.x_train, "y": part.y_train, "new": part.new, **sizes}


def best(arrays, kind):
    """The place of the rate that is best on the validation data."""
    return arrays[f"{kind}: validation"].argmax()


def at_best_rate(kind):
    """Test accuracy at that rate."""
    return lambda arrays: arrays[f"{kind}: test"][best(arrays, kind)]


def lost(place):
    """The share of gradients that are 0 at a scale, where float32 trains best."""
    return lambda arrays: arrays["lost"][place, best(arrays, "float32")]


def relative_errors(result):
    """The largest relative error among ten neighbouring numbers; 1 where they become 0."""
    x, found = magnitudes(0)["x"], result.arrays("errors")
    apart = {name: np.abs(rounded - x) / x for name, rounded in found.items()}
    return {name: error.reshape(-1, 10).max(axis=1) for name, error in apart.items()}


def by_rate(result):
    """Test accuracy by learning rate, precision by precision, seed by seed."""

    def of(kind, place):
        return result.measured("precisions", lambda arrays: arrays[f"{kind}: test"][place])

    places = range(len(RATES))
    return {name: np.transpose([of(kind, p) for p in places]) for kind, name in KINDS.items()}


def sizes_of_gradients(result):
    """Histograms of the gradients' exponents at each scale, between the limits of float16."""
    found = result.arrays("precisions")
    own = np.abs(found["gradients"][best(found, "float32")])
    exponents = np.log2(own[own > 0])
    choices = {f"{scale:,.0f}": {"": exponents + np.log2(scale)} for scale in SCALES}
    chart = figures.histograms(choices, x_title=("log₂ |gradient × scale|", "log₂ |勾配×倍率|"))
    chart = figures.slider(chart, ("scale of the loss", "損失の倍率"))
    limits = alt.Chart(pd.DataFrame({"x": [-25, 16]}))
    limits = limits.mark_rule(color=palette.INK, strokeDash=[5, 4]).encode(x="x:Q")
    return alt.layer(chart, limits).properties(width=520, height=200)


def draw(result):
    """Rounding, sums, accuracy by rate, and the gradients' sizes."""
    return [
        Figure(
            ("What rounding loses", "丸めで失われるもの"),
            figures.lines(
                relative_errors(result),
                magnitudes(0)["x"][::10],
                x_title=("number", "数の大きさ"),
                y_title=("relative error", "相対誤差"),
                log="xy",
            ),
            (
                "float16 has three decimal digits, but only between 6·10⁻⁵ and 65,504: below them "
                "the digits are lost one by one until nothing is left, above them a number becomes "
                "infinite. bfloat16 has two digits wherever float32 has seven.",
                "float16の精度は10進で3桁ほどだが、それは6·10⁻⁵から65,504までに限られる。それより小さいと"
                "桁が徐々に失われてついには0になり、大きいと無限大になる。bfloat16は2桁ほどしかないが、"
                "float32と同じ範囲を表せる。",
            ),
        ),
        Figure(
            ("1/128 added 4,000 times", "1/128を4,000回足す"),
            figures.lines(
                result.arrays("running_sums"),
                np.arange(EVERY, COUNT + 1, EVERY),
                x_title=("additions", "足した回数"),
                y_title=("sum", "和"),
            ),
            (
                "A sum stands still once half the distance to the next number is no less than what "
                "is added: at 2 in bfloat16, at 16 in float16. A weight is such a sum, of many "
                "small steps.",
                "足す数が、和の近くの刻み幅の半分以下になると、和は増えなくなる。bfloat16では2、float16"
                "では16で止まる。重みも、小さな更新を何度も足した和である。",
            ),
        ),
        Figure(
            ("Accuracy by precision and learning rate", "精度・学習率と正解率"),
            figures.lines(
                by_rate(result),
                RATES,
                x_title=("learning rate", "学習率"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
                log="x",
            ),
            (
                "Mixed means: what is computed is rounded, the weights are kept in float32. Only "
                "weights in bfloat16 fall behind, at the smallest rate, whose steps they lose.",
                "「混合」は、計算は16ビットに丸め、重みはfloat32で保持することを表す。差がつくのは重みも"
                "bfloat16にしたときで、しかも最も小さい学習率のときである。小さな更新が丸めで失われる。",
            ),
        ),
        Figure(
            ("The gradients' sizes, and what float16 can hold", "勾配の大きさとfloat16の範囲"),
            sizes_of_gradients(result),
            (
                "The gradients of one trained network that are not 0. Left of the first line "
                "float16 makes them 0, right of the second infinite. Scaling the loss moves "
                "all of them to the right.",
                "学習後のネットワーク1つの、0でない勾配。float16では、左の線より小さいと0、右の線より"
                "大きいと無限大になる。損失を定数倍すると、すべての勾配が右へ動く。",
            ),
        ),
    ]


SETTING = (
    "1,000 MNIST images of 7×7 pixels, two hidden layers of 32, "
    f"{STEPS} steps of SGD. In NumPy every result is rounded as it is computed (sums within a "
    "product are taken in float32); in Keras the dtype policy does it. ",
    f"7×7画素に縮めたMNISTの画像1,000枚、32ユニットの隠れ層2つ、SGDで{STEPS}ステップ。NumPyでは"
    "計算するたびに結果を丸め（行列積の中の和はfloat32でとる）、Kerasではdtype policyを使う。",
)
OWN_RATE = (
    "Each side at that of five learning rates which is best on validation data.",
    "5通りの学習率のうち、検証データで最も良いものをそれぞれに使う。",
)
BOOK, MIXED = "Saito, Deep Learning from Scratch, 8.3.4", "Micikevicius et al. 2017"


def on_training(claim, source, more, metric, larger, smaller, margin, instead=None):
    """A claim on the trained networks."""
    experiment = tuple(setting + sentence for setting, sentence in zip(SETTING, more))
    measure = versus("precisions", larger, smaller)
    return Claim(claim, source, experiment, metric, measure, "%", margin, instead)


CLAIMS = (
    on_training(
        (
            "Training needs 32 bits in its sums alone: in the weights, which add up the steps, and "
            "within matrix products.",
            "学習で32ビットが必要なのは、和をとるところ（更新を足し合わせていく重みと、行列積の中の和）だけ"
            "である。",
        ),
        f"{MIXED}; {BOOK}",
        OWN_RATE,
        (
            "test accuracy, mean of float16 and bfloat16 less float32",
            "テストデータの正解率。float16とbfloat16の平均からfloat32の値を引く",
        ),
        lambda a: np.mean([at_best_rate(f"mixed_{kind}")(a) for kind in ("float16", "bfloat16")]),
        at_best_rate("float32"),
        -0.01,
    ),
    on_training(
        (
            "The weights must be kept in 32 bits.",
            "重みは32ビットで保持しなければならない。",
        ),
        f"{MIXED}, 3.1",
        OWN_RATE,
        (
            "test accuracy, weights in float32 less weights in bfloat16",
            "テストデータの正解率。重みがfloat32での値からbfloat16での値を引く",
        ),
        at_best_rate("mixed_bfloat16"),
        at_best_rate("bfloat16"),
        0.01,
        (
            "Not while the steps are large: at its best rate this training gets by with 16 bits.",
            "更新の幅が大きいうちは、その必要はない。最良の学習率なら、この学習は16ビットでも足りる。",
        ),
    ),
    on_training(
        (
            "In weights of 16 bits small steps are lost.",
            "重みが16ビットだと、小さな更新は失われる。",
        ),
        f"{MIXED}, 3.1",
        (f"Both at the rate {RATES[0]}.", f"どちらも学習率{RATES[0]}。"),
        (
            "test accuracy, weights in float32 less weights in bfloat16",
            "テストデータの正解率。重みがfloat32での値からbfloat16での値を引く",
        ),
        lambda a: a["mixed_bfloat16: test"][0],
        lambda a: a["bfloat16: test"][0],
        0.01,
    ),
    on_training(
        (
            "Training in float16 fails unless the loss is scaled.",
            "float16の学習は、損失をスケーリングしないと失敗する。",
        ),
        (f"a common reading of {MIXED}, 3.2", "Micikevicius et al. 2017, 3.2のよくある解釈"),
        OWN_RATE,
        (
            "test accuracy, scaled less not scaled",
            "テストデータの正解率。スケーリングありの値からなしの値を引く",
        ),
        at_best_rate("mixed_float16"),
        at_best_rate("mixed_float16, no scale"),
        0.01,
        (
            "It depends on how small the gradients are. In this small network hardly any is lost.",
            "勾配がどれほど小さいかによる。この小さなネットワークでは、失われる勾配はほとんどない。",
        ),
    ),
    Claim(
        (
            "Without scaling the loss, many gradients become 0 in float16.",
            "float16では、損失をスケーリングしないと多くの勾配が0になる。",
        ),
        f"{MIXED}, 3.2",
        (
            f"{SETTING[0]}Then the gradients of 50 images in the network that float32 trained "
            f"best: which of those that are not 0 become 0 in float16, at the scales 1 and "
            f"{SCALES[-1]:,.0f}. NumPy alone.",
            f"{SETTING[1]}学習後、float32で最も良かったネットワークの、画像50枚についての勾配を調べる。"
            f"0でない勾配のうち、倍率1と{SCALES[-1]:,.0f}のそれぞれで、float16では0になるものの割合。"
            "NumPyだけで測る。",
        ),
        (
            "share of gradients lost, without less with scale",
            "失われる勾配の割合。スケーリングなしの値からありの値を引く",
        ),
        lambda result: tuple(result.of_numpy("precisions", lost(place)) for place in (0, -1)),
        "%",
        0.01,
        (
            "Here fewer than one in a hundred are that small. Scaling does save those.",
            "ここでは、それほど小さい勾配は100個に1個もない。それらはスケーリングによって救われる。",
        ),
    ),
)


def row(name, equation, english, japanese, arguments, **options):
    """A row of what is introduced."""
    return Introduced(name, equation, (english, japanese), arguments, **options)


CONCEPT = Concept(
    title=(
        "Half precision: float16, bfloat16, loss scaling",
        "半精度：float16、bfloat16、損失のスケーリング",
    ),
    chapter=chapters.TECHNIQUES.section(13),
    summary=(
        "Numbers of 16 bits take half the memory of 32, and hardware made for them is several "
        "times as fast. float16 has more digits, bfloat16 more range. What is computed from "
        "scratch in each step mostly bears the rounding; what is added up over many steps, the "
        "weights, can lose all of a small step.",
        "16ビットの数はメモリが半分で済み、専用のハードウェアでは数倍速く計算できる。float16は桁数が、"
        "bfloat16は範囲が広い。ステップごとに計算し直すものはおおむね丸めに耐えるが、何度も足し合わせていく重みでは、"
        "小さな更新がまるごと失われることがある。",
    ),
    introduces=(
        row(
            "round_to_float16",
            r"y = s \, \mathrm{round}\!\left(\frac{x}{s}\right), \quad "
            r"s = 2^{\max(\lfloor \log_2 |x| \rfloor, \, -14) - 10}",
            "1 bit of sign, 5 of exponent, 10 of fraction: s is the step between numbers near x.",
            "符号1ビット、指数5ビット、仮数10ビット。sは、xの近くの数の刻み幅である。",
            numbers,
            kinks=True,
        ),
        row(
            "round_to_bfloat16",
            r"\mathrm{bits}(y) = \left\lfloor \frac{\mathrm{bits}(x) + 2^{15} - 1 + "
            r"b_{16}}{2^{16}} \right\rfloor 2^{16}",
            "1 bit of sign, 8 of exponent, 7 of fraction: float32 without its last 16 bits. b₁₆ is "
            "the last bit that stays; it sends ties to the even number.",
            "符号1ビット、指数8ビット、仮数7ビット。float32の下位16ビットを除いたもの。b₁₆は残る最後の"
            "ビットで、ちょうど中間のときに偶数側へ丸める。",
            numbers,
            kinks=True,
        ),
        row(
            "loss_scaling",
            r"w \leftarrow w - \eta \, \frac{1}{S} \frac{\partial (S L)}{\partial w}, \quad "
            r"S \leftarrow \begin{cases} S / 2 & (|g| = \infty) \\ 2 S & (k = K) \end{cases}",
            "The gradients g of S·L are S times as large, so fewer of them become 0 in float16. "
            "Where one overflows, S is halved and the step left out; after K steps in a row (k "
            "counts them) S is doubled.",
            "S·Lの勾配gはS倍になるので、float16で0になるものが減る。オーバーフローしたら更新せずにSを半分にし、"
            "更新がK回続いたら（kはその回数）Sを2倍にする。",
            some_steps,
        ),
    ),
    terms=(
        ("half precision", "半精度"),
        ("mixed precision", "混合精度", "dtype_policies.DTypePolicy"),
        ("loss scaling", "損失のスケーリング", "optimizers.LossScaleOptimizer"),
        ("rounding error", "丸め誤差"),
        ("overflow, underflow", "オーバーフロー、アンダーフロー"),
    ),
    demonstrations=(
        Demonstration("errors", magnitudes),
        Demonstration(
            "running_sums",
            lambda seed: {"term": np.array([TERM], "float32"), "count": COUNT, "every": EVERY},
        ),
        Demonstration(
            "precisions",
            images,
            seeds=10,
            first_seed=10,  # before them one claim took the lower of two accuracies for their mean
            measured=(
                *(f"{kind}: {what}" for kind in KINDS for what in ("losses", "validation", "test")),
                *("gradients", "lost"),
            ),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
