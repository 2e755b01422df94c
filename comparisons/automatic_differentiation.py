"""Automatic differentiation: a tape of arrays; where it is exact, what it costs, where it fails."""

import numpy as np

from comparisons.backpropagation import small_network, some_batch
from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.drawing import figures

SEEDS, WEIGHTS = 5, ("W1", "b1", "W2", "b2")
BY_HAND = tuple(f"by hand, {name}" for name in WEIGHTS)
TAPE = tuple(f"gradient of {name}" for name in WEIGHTS)
DIFFERENCES = tuple(f"difference, {name}" for name in WEIGHTS)
WIDTHS = [4, 12, 36, 108, 324]
WAYS = {
    "by hand": both("backward written by hand", "手で書いた逆伝播"),
    "by the tape": both("tape", "テープ"),
}
TURNS, POINTS = list(range(7)), np.linspace(0.1, 30, 90)


def networks(seed):
    """A batch for networks of 100 inputs and 10 classes, and their widths."""
    batch = some_batch(np.random.default_rng(seed), 50, 100, 10)
    return {**batch, "widths": WIDTHS, "repeats": 25}


def some_zeros(seed):
    """Twenty numbers, half of which are 0."""
    return {"x": np.append(np.random.default_rng(seed).normal(size=10), np.zeros(10))}


def distance(arrays, names):
    """The largest difference from the gradients by hand, as a share of their largest entry."""
    found, judge = (
        np.concatenate([arrays[name].ravel() for name in own]) for own in (names, BY_HAND)
    )
    return float(np.abs(found - judge).max() / np.abs(judge).max())


def digits(arrays, names):
    """How many digits of these gradients are right, of the sixteen that there are."""
    return float(-np.log10(max(distance(arrays, names), 2.0**-53)))


def finite(result, name):
    """The share of finite numbers in all columns, by seed."""
    return [
        np.mean([np.isfinite(result.arrays("lengths", c, s)[name]) for c in result.implementations])
        for s in result.seeds_of("lengths")
    ]


def draw(result):
    """A loop and its derivative; the time by width."""
    loop = result.arrays("newton")
    names = {
        "derivatives": both("derivative of the loop", "ループの微分"),
        "values": both("value of the loop", "ループの値"),
    }
    exact = {
        both("1 / (2√x)", "1 / (2√x)"): 0.5 / np.sqrt(POINTS),
        both("√x", "√x"): np.sqrt(POINTS),
    }
    by_turns = {
        turns: {**{names[key]: loop[key][place] for key in names}, **exact}
        for place, turns in enumerate(TURNS)
    }
    times = {
        name: 1000 * np.array(result.of_numpy("cost", dict.get, way)) for way, name in WAYS.items()
    }
    return [
        Figure(
            ("A loop is differentiated too", "ループも微分できる"),
            figures.slider(
                figures.lines(
                    by_turns, POINTS, x_title=("x", "x"), y_title=("y, dy/dx", "y, dy/dx")
                ),
                ("turns of the loop", "繰り返しの回数"),
                1,
            ),
            (
                "Newton's method for √x: y ← (y + x / y) / 2. The tape knows no loop, only the "
                "steps that ran. With more turns the value becomes √x, and its derivative, for "
                "which nobody wrote a formula, 1 / (2√x).",
                "√xを求めるニュートン法：y ← (y + x / y) / 2。テープに残るのは、ループではなく、"
                "実行された計算の列である。繰り返すほど値は√xに近づき、誰も式を書いていない微分も"
                "1 / (2√x)に近づく。",
            ),
        ),
        Figure(
            ("What a tape costs", "テープにかかる時間"),
            figures.lines(
                times,
                WIDTHS,
                x_title=("units in the hidden layer", "隠れ層のユニット数"),
                y_title=("milliseconds for loss and gradients", "損失と勾配の時間（ミリ秒）"),
                log="xy",
            ),
            (
                "Each step is written down and called by itself, in small pieces. The larger the "
                "arrays, the less that counts.",
                "テープは計算を細かい単位で記録し、1つずつ呼び出す。配列が大きいほど、その負担の割合は"
                "小さくなる。",
            ),
        ),
    ]


NETWORK = (
    "A network of 20-12-4 with ReLU, 8 examples, in double precision. ",
    "20-12-4のReLUのネットワークとデータ8個（倍精度）。",
)
CLAIMS = (
    Claim(
        claim=(
            "The tape gives the same gradients as backward passes written by hand.",
            "テープで求めた勾配は、手で書いた逆伝播の勾配と一致する。",
        ),
        source="Baydin et al. 2018, Automatic differentiation in machine learning: a survey",
        experiment=(
            NETWORK[0] + "The tape is given the forward pass only.",
            NETWORK[1] + "テープには順伝播だけを与える。",
        ),
        metric=(
            "10⁻¹² less the largest difference, as a share of the largest gradient",
            "10⁻¹²から、差の最大値（最大の勾配に対する割合）を引いた値",
        ),
        measure=lambda result: (1e-12, result.of_numpy("gradients", distance, TAPE)),
        theorem=True,
    ),
    Claim(
        claim=(
            "Automatic differentiation is numerical differentiation: it approximates.",
            "自動微分は数値微分の一種であり、得られるのは近似値である。",
        ),
        source=(
            "a common mistake, named in Baydin et al. 2018, section 2",
            "よくある誤解。Baydin et al. 2018の2節が挙げる",
        ),
        experiment=(
            NETWORK[0] + "Digits that agree with the gradient by hand: central differences (step "
            "10⁻⁵) and the tape; as good means within one digit.",
            NETWORK[1] + "手で書いた勾配と一致する桁数を、中心差分（刻み幅10⁻⁵）とテープで比べる。"
            "1桁以内の差なら同等とみなす。",
        ),
        metric=(
            "digits that are right, differences less tape",
            "正しい桁数。数値微分の値からテープの値を引く",
        ),
        measure=lambda result: (
            result.of_numpy("gradients", digits, DIFFERENCES),
            result.of_numpy("gradients", digits, TAPE),
        ),
        unit="orders of magnitude",
        margin=-1.0,
        instead=(
            "It applies the chain rule to every step, with exact derivatives, and so is wrong by "
            "rounding only. There is no step size to choose.",
            "各ステップに厳密な微分を使って連鎖律を適用するので、誤差は丸め誤差だけである。刻み幅を"
            "選ぶ必要もない。",
        ),
    ),
    Claim(
        claim=(
            "Gradients by automatic differentiation take longer than those written by hand.",
            "自動微分で勾配を求めると、手で書いた逆伝播より時間がかかる。",
        ),
        source=("a common belief: what is convenient is slow", "手軽な方法は遅い、という通説"),
        experiment=(
            f"This page's tape, in NumPy. 100 inputs, {WIDTHS[-1]} units with ReLU, 10 classes, a "
            "batch of 50, float64, one core; the two in turns, the median of 25.",
            f"このページのNumPyのテープで測る。入力100、ReLUの{WIDTHS[-1]}ユニット、10クラス、"
            "バッチサイズ50、float64、1コア。交互に25回測り、中央値をとる。",
        ),
        metric=(
            "time of the tape in times of that by hand, less 1",
            "テープの時間が手で書いた逆伝播の時間の何倍かを求め、1を引いた値",
        ),
        measure=lambda result: (
            result.of_numpy("cost", lambda a: float(a["by the tape"][-1] / a["by hand"][-1])),
            1.0,
        ),
        unit="×",
        margin=0.1,
    ),
    Claim(
        claim=(
            "Where a loss is a number, so is its gradient.",
            "損失が数として求まれば、勾配も数として求まる。",
        ),
        source=(
            "a common assumption, until a NaN turns up in training",
            "学習中にNaNが出るまで疑われない、よくある思い込み",
        ),
        experiment=(
            "√(x²), the length of x, for 20 numbers, ten of which are 0; in NumPy and in Keras.",
            "√(x²)（xの長さ）を20個の数について求める。そのうち10個は0である。NumPyとKerasの両方で測る。",
        ),
        metric=(
            "share of finite numbers, derivatives less values; 5 points would not matter",
            "有限の値の割合。微分の値から関数の値を引く。5ポイントまでの差は問わない",
        ),
        measure=lambda result: (finite(result, "derivatives"), finite(result, "lengths")),
        unit="%",
        margin=-0.05,
        instead=(
            "At 0 the root's derivative is infinite and that of x² is 0; the chain rule multiplies "
            "them, and ∞ · 0 is no number. Add a small number under the root.",
            "0では平方根の微分は∞、x²の微分は0である。連鎖律はこれらを掛けるが、∞ × 0は数ではない。"
            "平方根の中に小さな値を足すとよい。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Automatic differentiation: the tape", "自動微分：計算を記録するテープ"),
    chapter=chapters.BACKPROPAGATION.section(3),
    summary=(
        "Written by hand, every layer needs a backward pass. A tape needs none: each operation on "
        "arrays writes down what it was computed from and how a gradient goes back, and walking "
        "the tape in reverse is backpropagation. That is what tf.GradientTape, jax.grad and "
        "torch.autograd do, and why a Keras layer has a `call` and no `backward`.",
        "手で書く場合は、層ごとに逆伝播が必要である。テープを使えば、それは要らない。配列の演算のたびに、何から"
        "計算したか、勾配をどう戻すかを記録し、そのテープを逆にたどれば誤差逆伝播法になる。"
        "tf.GradientTape、jax.grad、torch.autogradがしているのはこれであり、Kerasの層に`call`だけがあって"
        "`backward`がないのもそのためである。",
    ),
    introduces=(
        Introduced(
            "Tape",
            r"\bar{y} = 1, \quad \bar{x} \mathrel{+}= \bar{z} \frac{\partial z}{\partial x}",
            (
                "x̄ is the derivative of the result with respect to x. For every step z that was "
                "written down, from the last to the first, each operand x gets its share.",
                "x̄は結果をxで微分した値。記録したステップzを最後から最初へたどり、それぞれの"
                "オペランドxに勾配を足し込む。",
            ),
            helpers=("Variable", "shrink", "exp", "log", "maximum", "total"),
            demonstration="gradients",
        ),
        Introduced(
            "value_and_gradients",
            r"f(x_1, \dots, x_n) \mapsto \left( f, \frac{\partial f}{\partial x_1}, \dots, "
            r"\frac{\partial f}{\partial x_n} \right)",
            (
                "From a function that goes forward only to its gradients: watch the arrays, run "
                "it, walk back. The three frameworks do so each in its own words.",
                "順伝播だけの関数から勾配を得る。配列をテープに載せ、関数を実行し、逆にたどる。"
                "3つのフレームワークは、同じことをそれぞれの書き方で行う。",
            ),
            demonstration="newton",
        ),
    ),
    terms=(
        ("automatic differentiation", "自動微分"),
        ("tape", "テープ（計算の記録）"),
        ("define-by-run", "Define-by-Run（動的計算グラフ）"),
        ("reverse mode", "リバースモード（後ろ向き自動微分）"),
        ("broadcasting", "ブロードキャスト"),
        ("operator overloading", "演算子のオーバーロード"),
    ),
    demonstrations=(
        Demonstration("gradients", small_network, seeds=SEEDS, measured=(*BY_HAND, *DIFFERENCES)),
        Demonstration("newton", lambda seed: {"x": POINTS, "steps": TURNS}),
        Demonstration("lengths", some_zeros, seeds=SEEDS, measured=("derivatives",)),
        Demonstration("cost", networks, seeds=SEEDS, measured=tuple(WAYS), timed=True),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.3,
)

if __name__ == "__main__":
    run_script(__file__)
