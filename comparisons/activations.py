"""Activation functions: nine of them with their derivatives, and what they do to learning."""

import numpy as np
import pandas as pd

from comparisons.harness import chapters, figures
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.datasets import mnist_subset

LABELS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU (Swish)",
    "mish": "Mish",
}
# The points keep clear of 0, where the derivatives of the bent ones are a convention.
POINTS = np.linspace(-4.95, 4.95, 67)
SLOPES = np.round(np.arange(0, 1.01, 0.1), 1)
DEPTH, WIDTH, BATCH = 20, 100, 50
# Factors of Xavier's deviation 1/√n for sigmoid and tanh, of He's √(2/n) for ReLU.
SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
GLOROT = SCALES.index(4.0)  # what Glorot and Bengio advise for sigmoid
STEPS, TARGET, WINDOW = 150, 0.5, 10
HALF = 50  # of a layer of 100
# Each with the initial weights that suit it, at rates a quarter of a decade apart around its best.
NETWORKS = {
    "sigmoid": ("sigmoid", 4.0, 0, (0.56, 1.0, 1.78)),
    "tanh": ("tanh", 1.0, 0, (0.18, 0.32, 0.56)),
    "ReLU": ("relu", 2**0.5, 0, (0.18, 0.32, 0.56)),
    "ReLU, half dead": ("relu", 2**0.5, HALF, (0.32,)),
    "Leaky ReLU, half dead": ("leaky_relu", 2**0.5, HALF, (0.32,)),
}
NEARLY = 0.01  # of the layer's largest output: so small counts as silent
MEASURED = ("losses", "responses", "awake")


def some_numbers(seed):
    """Points on both sides of 0, and clear of it."""
    return {"x": np.linspace(-4.9, 4.9, 30)}


def deep_network(seed):
    """Weights of a deep network, an input, and a gradient to send back."""
    draw = np.random.default_rng(seed).normal
    return {
        "x": draw(size=(BATCH, WIDTH)),
        "dy": draw(size=(BATCH, WIDTH)),
        "weights": draw(size=(DEPTH, WIDTH, WIDTH)) / WIDTH**0.5,
        "scales": {
            name: [factor * own for factor in SCALES]
            for name, own in {"sigmoid": 1.0, "tanh": 1.0, "relu": 2**0.5}.items()
        },
    }


def small_images(seed):
    """1,000 images of MNIST at half their resolution, and the networks."""
    part = mnist_subset(1_000, 10, 10, seed)
    x = part.x_train.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)
    return {"x": x, "y": part.y_train, "networks": NETWORKS, "steps": STEPS}


def numbers(seed):
    """What a layer of 256 units gives for 1,000 examples, and the next layer's weights."""
    draw = np.random.default_rng(seed).standard_normal
    return {
        "x": draw((1000, 256), dtype="float32"),
        "w": draw((256, 256), dtype="float32"),
        "repeats": 30,
    }


def by_seed(result, function, measure):
    """`measure(arrays)` of a demonstration, a number a seed: the mean over the columns."""
    return [
        float(np.mean([measure(result.arrays(function, c, s)) for c in result.implementations]))
        for s in result.seeds_of(function)
    ]


def orders(name, scale):
    """log₁₀ of the gradient at the first layer over that at the last one."""

    def measure(arrays):
        norms = arrays[name][scale]
        return np.log10(norms[0] / norms[-1])

    return measure


def steps_needed(arrays, name):
    """Steps to the target loss (the mean of a window) at each rate."""
    losses = np.nan_to_num(arrays[f"{name}: losses"], nan=np.inf)
    window = np.lib.stride_tricks.sliding_window_view(losses, WINDOW, axis=1).mean(axis=-1)
    reached = np.concatenate([window <= TARGET, np.ones((len(window), 1), bool)], axis=1)
    return reached.argmax(axis=1) + WINDOW


def silent(arrays, name):
    """Share of the last hidden layer's outputs that are nearly 0, at the quickest rate."""
    responses = np.abs(arrays[f"{name}: responses"][steps_needed(arrays, name).argmin()])
    return np.mean(responses <= NEARLY * responses.max())


def draw(result):
    """The curves, a slope to turn, the gradient by layer, learning, outputs and times."""
    arrays = result.arrays("curves")
    names = {both("value", "関数の値"): "", both("derivative", "微分"): ": derivative"}
    nine = pd.concat(
        pd.DataFrame({"x": POINTS, "y": arrays[key + ending], "series": curve, "panel": name})
        for key, name in LABELS.items()
        for curve, ending in names.items()
    )
    turned = {
        slope: {
            curve: arrays[f"leaky_relu by slope{ending}"][place] for curve, ending in names.items()
        }
        for place, slope in enumerate(SLOPES.tolist())
    }
    seeds = result.seeds_of("learning")
    learned = [result.arrays("learning", seed=seed) for seed in seeds]
    quickest = {
        name: [steps_needed(found, name).argmin() for found in learned]
        for name in ("sigmoid", "tanh", "ReLU")
    }
    losses = {
        name: [found[f"{name}: losses"][rate] for found, rate in zip(learned, rates)]
        for name, rates in quickest.items()
    }
    responses = {
        name: learned[0][f"{name}: responses"][rates[0]] for name, rates in quickest.items()
    }
    norms = {
        scale: {
            LABELS[name]: [
                result.arrays("gradient_norms", seed=seed)[name][place]
                for seed in result.seeds_of("gradient_norms")
            ]
            for name in ("sigmoid", "tanh", "relu")
        }
        for place, scale in enumerate(SCALES)
    }
    times = {
        name: {
            column: [
                1e3 * result.arrays("cost", column, seed)[key] for seed in result.seeds_of("cost")
            ]
            for column in result.implementations
        }
        for name, key in (
            ("ReLU", "ReLU"),
            ("sigmoid", "sigmoid"),
            ("tanh", "tanh"),
            (both("product with the weights", "重みとの積"), "product"),
        )
    }
    plane = {"x_title": ("x", "x"), "y_title": ("y", "y"), "y_domain": (-1.5, 3)}
    return [
        Figure(
            ("Nine functions and their derivatives", "9つの活性化関数とその微分"),
            figures.lines(nine, **plane),
            (
                "All pass the slope near 1 on somewhere; only sigmoid's is 1/4 at most.",
                "多くの関数では微分が1に近い範囲があるが、シグモイドの微分は最大でも1/4である。",
            ),
        ),
        Figure(
            ("Turn the slope of leaky ReLU", "Leaky ReLUの傾きを変える"),
            figures.slider(figures.lines(turned, POINTS, **plane), ("slope", "傾き"), start=0.2),
            (
                "Slope 0 is ReLU, which passes no gradient on below 0; slope 1 is the identity, "
                "with which layers on layers are no more than one.",
                "傾き0はReLUであり、負の側では勾配が流れない。傾き1は恒等関数であり、層をいくら重ねても"
                "1層と変わらない。",
            ),
        ),
        Figure(
            ("The gradient on its way back through 20 layers", "20層を逆伝播する勾配の大きさ"),
            figures.slider(
                figures.lines(
                    norms,
                    x_title=("layer (1 is the first)", "層（1が入力側）"),
                    y_title=("gradient, mean size", "勾配の大きさの平均"),
                    log="y",
                ),
                ("scale of the weights", "重みの倍率"),
                start=1.0,
            ),
            (
                "The weights' deviation is the scale times Xavier's for sigmoid and tanh, times "
                "He's for ReLU. Sigmoid needs weights about ten times as large to keep its "
                "gradient, and then most of its units are saturated.",
                "重みの標準偏差は、シグモイドとtanhではXavierの初期値、ReLUではHeの初期値に倍率を掛けた値である。"
                "シグモイドで勾配の大きさを保つには約10倍の重みが要り、そのときユニットのほとんどが飽和している。",
            ),
        ),
        Figure(
            ("Learning, each at its quickest rate", "学習の推移（それぞれ最も速い学習率）"),
            figures.lines(
                losses, x_title=("step", "ステップ"), y_title=("loss", "損失"), y_domain=(0, 2.5)
            ),
            (
                f"1,000 images of 14 × 14 pixels, two hidden layers of 100; {len(seeds)} seeds.",
                f"14×14画素の画像1,000枚、ユニット数100の隠れ層2つ、シード{len(seeds)}個。",
            ),
        ),
        Figure(
            ("What the last hidden layer gives after learning", "学習後の最後の隠れ層の出力"),
            figures.histograms(responses, x_title=("output of a unit", "ユニットの出力")),
            (
                "Nearly half of ReLU's outputs are 0. Tanh's lie on both sides of 0.",
                "ReLUでは出力の半分近くが0になる。tanhの出力は0の両側に分布する。",
            ),
        ),
        Figure(
            ("Time for 256,000 numbers", "数値256,000個の計算時間"),
            figures.bars(times, x_title=("milliseconds", "ミリ秒")),
            (
                "One number each: the three functions beside the product that comes before them "
                "in a layer of 256 units.",
                "3つの活性化関数と、ユニット数256の層でその前に計算する重みとの積。",
            ),
        ),
    ]


def row(name, equation, english, japanese, helpers=()):
    """A function's row."""
    return Introduced(name, equation, (english, japanese), some_numbers, helpers=helpers)


INTRODUCES = (
    row(
        "sigmoid",
        r"\sigma(x) = \frac{1}{1 + e^{-x}}, \quad \sigma'(x) = \sigma(x) (1 - \sigma(x))",
        "Between 0 and 1, so its output reads as a probability. Its slope is 1/4 at most.",
        "出力は0から1の間にあり、確率とみなせる。微分は最大でも1/4である。",
    ),
    row(
        "tanh",
        r"\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}} = 2 \sigma(2x) - 1, \quad "
        r"\tanh'(x) = 1 - \tanh^2(x)",
        "Sigmoid stretched to lie between −1 and 1; around 0 its slope is 1.",
        "シグモイドを−1から1の範囲に引き伸ばした形で、0での微分は1である。",
    ),
    row(
        "relu",
        r"\mathrm{ReLU}(x) = \max(0, x), \quad "
        r"\mathrm{ReLU}'(x) = \begin{cases} 1 & (x > 0) \\ 0 & (x \le 0) \end{cases}",
        "What is positive passes as it is, forward and back; what is negative is switched off.",
        "正の値は順伝播でも逆伝播でもそのまま通り、負の値は0になる。",
    ),
    row(
        "leaky_relu",
        r"y = \begin{cases} x & (x > 0) \\ a x & (x \le 0) \end{cases}, \quad "
        r"y' = \begin{cases} 1 & (x > 0) \\ a & (x \le 0) \end{cases}",
        "ReLU with a small slope a below 0, so that a gradient comes through there too.",
        "負の側にも小さな傾きaをもつReLU。負の側でも勾配が流れる。",
    ),
    row(
        "elu",
        r"y = \begin{cases} x & (x > 0) \\ \alpha (e^x - 1) & (x \le 0) \end{cases}, \quad "
        r"y' = \begin{cases} 1 & (x > 0) \\ \alpha e^x & (x \le 0) \end{cases}",
        "Below 0 it bends smoothly towards −α, which brings the mean of the outputs near 0.",
        "負の側で滑らかに−αへ近づき、出力の平均が0に近くなる。",
    ),
    row(
        "selu",
        r"\mathrm{SELU}(x) = \lambda \, \mathrm{ELU}_\alpha(x), \quad "
        r"\lambda \approx 1.0507, \; \alpha \approx 1.6733",
        "ELU with the two numbers for which outputs of mean 0 and variance 1 stay so.",
        "平均0、分散1の出力が層を経ても保たれるように、2つの定数を決めたELU。",
    ),
    row(
        "gelu",
        r"\mathrm{GELU}(x) = x \, \Phi(x), \quad \mathrm{GELU}'(x) = \Phi(x) + x \, \varphi(x), "
        r"\quad \Phi(x) = \frac{1}{2} + \int_0^x \frac{e^{-t^2/2}}{\sqrt{2 \pi}} \, dt",
        "Each x is weighted by the share Φ of a normal distribution that lies below it; the "
        "transformers' function.",
        "xを、標準正規分布でxより小さい値の割合Φで重み付けする。Transformerで使われる。",
        helpers=("normal_density", "normal_share"),
    ),
    row(
        "silu",
        r"\mathrm{SiLU}(x) = x \, \sigma(x), \quad "
        r"\mathrm{SiLU}'(x) = \sigma(x) + x \, \sigma(x) (1 - \sigma(x))",
        "GELU with the sigmoid in place of Φ; also called swish.",
        "GELUのΦをシグモイドに置き換えたもの。Swishとも呼ばれる。",
    ),
    row(
        "mish",
        r"\mathrm{Mish}(x) = x \, t, \quad t = \tanh(\log(1 + e^x)), \quad "
        r"\mathrm{Mish}'(x) = t + x (1 - t^2) \sigma(x)",
        "Once more x times a gate that rises from 0 to 1.",
        "これも、0から1へ滑らかに上がるゲートをxに掛けた形である。",
    ),
)
LEARNING = (
    "1,000 MNIST images at half resolution, two hidden layers of 100, batches of 50, 150 steps of "
    "SGD; each activation with initial weights that suit it (sigmoid 4 × Xavier, tanh Xavier, ReLU "
    "He). ",
    "解像度を半分にしたMNISTの画像1,000枚、ユニット数100の隠れ層2つ、バッチサイズ50、SGDで150ステップ。"
    "初期値は関数ごとに適したもの（シグモイドはXavierの4倍、tanhはXavier、ReLUはHe）を使う。",
)
CLAIMS = (
    Claim(
        claim=(
            "Sigmoid's gradient vanishes with depth; ReLU's does not.",
            "層が深くなると、シグモイドの勾配は消失するが、ReLUの勾配は消失しない。",
        ),
        source="Glorot & Bengio 2010; Saito, Deep Learning from Scratch, 6.2",
        experiment=(
            f"A random gradient sent back through {DEPTH} layers of {WIDTH}, with He's initial "
            "weights for ReLU, and for sigmoid the four times Xavier's that Glorot and Bengio "
            "advise.",
            f"ユニット数{WIDTH}の層を{DEPTH}個重ね、ランダムな勾配を逆伝播させる。初期値はReLUではHe、"
            "シグモイドではGlorotとBengioが勧めるXavierの4倍とする。",
        ),
        metric=(
            "log₁₀ of the gradient at the first layer over that at the last, ReLU less sigmoid",
            "最初の層と最後の層の勾配の比の常用対数。ReLUの値からシグモイドの値を引く",
        ),
        measure=lambda result: (
            by_seed(result, "gradient_norms", orders("relu", SCALES.index(1.0))),
            by_seed(result, "gradient_norms", orders("sigmoid", GLOROT)),
        ),
        unit="orders of magnitude",
        margin=1.0,
    ),
    Claim(
        claim=(
            "ReLU is cheaper to compute than sigmoid and tanh.",
            "ReLUはシグモイドやtanhより計算コストが小さい。",
        ),
        source="Krizhevsky et al. 2012, AlexNet; Goodfellow et al., Deep Learning, 6.3",
        experiment=(
            "The three functions in turns on 256,000 numbers, 30 times in each run; the median "
            "times. The cheaper of sigmoid and tanh counts. (Beside the product with the weights "
            "all three are small, see the figure.)",
            "3つの関数を数値256,000個に対して交互に30回ずつ計算し、時間の中央値を比べる。シグモイドとtanhは"
            "速いほうをとる（重みとの積に比べれば、どれも小さい。図を参照）。",
        ),
        metric=(
            "time of the cheaper of sigmoid and tanh over ReLU's, less 1",
            "シグモイドとtanhのうち速いほうの時間とReLUの時間の比から1を引いた値",
        ),
        measure=lambda result: (
            by_seed(result, "cost", lambda a: min(a["sigmoid"], a["tanh"]) / a["ReLU"]),
            [1.0 for _ in result.seeds_of("cost")],
        ),
        margin=0.2,
        instead=(
            "How much cheaper depends on the library and the processor: where calling a function "
            "costs as much as computing it, hardly at all.",
            "差の大きさはライブラリとプロセッサによる。関数の呼び出しに計算と同じくらいの時間がかかる場合は、"
            "ほとんど差がない。",
        ),
    ),
    Claim(
        claim=(
            "ReLU makes activations sparse.",
            "ReLUを使うと、隠れ層の出力がスパース（大半が0）になる。",
        ),
        source="Glorot, Bordes & Bengio 2011, Deep sparse rectifier neural networks",
        experiment=(
            LEARNING[0] + "After learning, outputs of the last hidden layer of at most 1 % of the "
            "largest count as silent.",
            LEARNING[1] + "学習後、最後の隠れ層で出力の大きさが最大値の1%以下のものを0とみなす。",
        ),
        metric=(
            "share of silent outputs, ReLU less tanh",
            "0とみなせる出力の割合。ReLUの値からtanhの値を引く",
        ),
        measure=lambda result: (
            by_seed(result, "learning", lambda a: silent(a, "ReLU")),
            by_seed(result, "learning", lambda a: silent(a, "tanh")),
        ),
        unit="%",
        margin=0.1,
    ),
    Claim(
        claim=(
            "Leaky ReLU keeps units alive that die with ReLU.",
            "Leaky ReLUなら、ReLUで死んでしまうユニットも学習を続ける。",
        ),
        source="Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic "
        "models",
        experiment=(
            LEARNING[0] + "Half of the first layer starts dead: biases so low that no image "
            "excites the unit. The unit is alive again where some image does after learning.",
            LEARNING[1]
            + "第1層の半分のユニットは、どの画像にも反応しないほど小さいバイアスから始める。"
            "学習後にいずれかの画像に反応すれば、生き返ったとみなす。",
        ),
        metric=(
            "share of the dead units that are alive again, leaky ReLU less ReLU",
            "死んだユニットのうち生き返った割合。Leaky ReLUの値からReLUの値を引く",
        ),
        measure=lambda result: (
            by_seed(result, "learning", lambda a: a["Leaky ReLU, half dead: awake"].mean()),
            by_seed(result, "learning", lambda a: a["ReLU, half dead: awake"].mean()),
        ),
        unit="%",
        margin=0.1,
    ),
    Claim(
        claim=(
            "A network with tanh learns faster than one with sigmoid.",
            "tanhを使うネットワークは、シグモイドを使うネットワークより学習が速い。",
        ),
        source="LeCun, Bottou, Orr & Müller 1998, Efficient backprop, 4.4",
        experiment=(
            LEARNING[0] + f"Steps until the mean loss of {WINDOW} steps is at most {TARGET}, each "
            "at the quickest of three learning rates.",
            LEARNING[1]
            + f"{WINDOW}ステップの平均損失が{TARGET}以下になるまでの更新回数を、それぞれ3つの"
            "学習率のうち最も速いもので比べる。",
        ),
        metric=(
            "steps that sigmoid needs more than tanh",
            "シグモイドがtanhより余計に要する更新回数",
        ),
        measure=lambda result: (
            by_seed(result, "learning", lambda a: steps_needed(a, "sigmoid").min()),
            by_seed(result, "learning", lambda a: steps_needed(a, "tanh").min()),
        ),
        unit="steps",
        margin=5.0,
    ),
    Claim(
        claim=(
            "tanh maps its input to values from 0 to 1.",
            "tanhは入力を0から1の範囲の値に変換する。",
        ),
        source="many tutorials, which tell sigmoid's range of both",
        experiment=(
            LEARNING[0] + "The least output of the last hidden layer's tanh units; it would have "
            "to be 0 or more.",
            LEARNING[1] + "最後の隠れ層のtanhの出力の最小値を求める。主張が正しければ0以上になる。",
        ),
        metric=("least output of tanh", "tanhの出力の最小値"),
        measure=lambda result: (
            by_seed(result, "learning", lambda a: a["tanh: responses"].min()),
            [0.0 for _ in result.seeds_of("learning")],
        ),
        margin=-0.01,
        instead=(
            "tanh gives values from −1 to 1; from 0 to 1 is sigmoid's range. tanh(x) = 2σ(2x) − 1.",
            "tanhの出力は−1から1の範囲にある。0から1はシグモイドの範囲である。tanh(x) = 2σ(2x) − 1"
            "の関係がある。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Activation functions and their derivatives", "活性化関数とその微分"),
    chapter=chapters.NEURAL_NETWORKS.section(1),
    summary=(
        "Without an activation function any number of layers is one linear map. In backpropagation "
        "its derivative multiplies the gradient at every layer: where that is small, as sigmoid's "
        "is, the first layers learn slowly or not at all.",
        "活性化関数がなければ、層をいくら重ねても1つの線形変換と変わらない。誤差逆伝播法では、各層で活性化"
        "関数の微分が勾配に掛けられる。シグモイドのようにその値が小さいと、入力に近い層の学習は遅くなり、"
        "ほとんど進まないこともある。",
    ),
    introduces=INTRODUCES,
    equations=(
        (
            r"\frac{\partial L}{\partial h_{l}} = \left( \frac{\partial L}{\partial h_{l+1}} "
            r"\odot f'(h_l W_l) \right) W_l^{T}",
            (
                "One layer of backpropagation: the derivative f′ multiplies the gradient.",
                "逆伝播の1層分。勾配に活性化関数の微分f′が掛かる。",
            ),
        ),
    ),
    terms=(
        ("activation function", "活性化関数"),
        ("sigmoid function", "シグモイド関数"),
        ("hyperbolic tangent", "双曲線正接関数（tanh）"),
        ("rectified linear unit (ReLU)", "正規化線形関数（ReLU）"),
        ("derivative", "微分（導関数）"),
        ("vanishing gradient", "勾配消失"),
        ("saturation", "飽和"),
        ("sparse", "スパース（疎）"),
        ("dead unit", "死んだユニット（常に0を出力するユニット）"),
    ),
    demonstrations=(
        Demonstration(
            "curves",
            lambda seed: {"x": POINTS, "slopes": tuple(SLOPES.tolist())},
            subject=lambda curve: ("Activation", {"activation": curve.partition(":")[0]}),
        ),
        Demonstration("gradient_norms", deep_network, seeds=5),
        Demonstration("cost", numbers, seeds=5, measured=("ReLU", "sigmoid", "tanh", "product")),
        Demonstration(
            "learning",
            small_images,
            seeds=5,
            measured=tuple(f"{name}: {what}" for name in NETWORKS for what in MEASURED),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
