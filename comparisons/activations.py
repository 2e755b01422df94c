"""Activation functions: nine of them with their derivatives, and what they do to learning."""

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
from comparisons.harness.datasets import mnist_subset, shrunk
from comparisons.harness.drawing import figures

KEYS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish")
NAMES = ("sigmoid", "tanh", "ReLU", "Leaky ReLU", "ELU", "SELU", "GELU", "SiLU (Swish)", "Mish")
LABELS = dict(zip(KEYS, NAMES))
# The points keep clear of 0, where the derivatives of the bent ones are a convention.
POINTS = np.sort(np.append(np.linspace(-4.95, 4.95, 66), (-1e-3, 1e-3)))
DEPTH, WIDTH, BATCH = 20, 100, 50
# Factors of Xavier's deviation 1/√n for sigmoid and tanh, of He's √(2/n) for ReLU.
SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
HE, GLOROT = SCALES.index(1.0), SCALES.index(4.0)
STEPS, TARGET, WINDOW, HALF, MEASURED = 100, 0.7, 10, 50, ("losses", "responses", "awake")
# Initial weights that suit each, and rates a quarter of a decade apart around its best.
NETWORKS = {
    "sigmoid": ("sigmoid", 4.0, 0, (0.56, 1.0, 1.78)),
    "tanh": ("tanh", 1.0, 0, (0.18, 0.32, 0.56)),
    "ReLU": ("relu", 2**0.5, 0, (0.32,)),
    "ReLU, half dead": ("relu", 2**0.5, HALF, (0.32,)),
    "Leaky ReLU, half dead": ("leaky_relu", 2**0.5, HALF, (0.32,)),
}
WHOLE = ("sigmoid", "tanh", "ReLU")


def deep_network(seed):
    """Weights of a deep network, an input, and a gradient to send back."""
    draw, he = np.random.default_rng(seed).normal, {"sigmoid": 1.0, "tanh": 1.0, "relu": 2**0.5}
    x, dy = draw(size=(2, BATCH, WIDTH))
    weights = draw(size=(DEPTH, WIDTH, WIDTH)) / WIDTH**0.5
    scales = {name: [factor * own for factor in SCALES] for name, own in he.items()}
    return {"x": x, "dy": dy, "weights": weights, "scales": scales}


def small_images(seed):
    """1,000 images of MNIST at half their resolution, and the networks."""
    part = mnist_subset(1_000, 10, 10, seed)
    x = shrunk(part.x_train, 14)
    return {"x": x, "y": part.y_train, "networks": NETWORKS, "steps": STEPS}


def numbers(seed):
    """What a layer of 256 units gives for 1,000 examples, and the next layer's weights."""
    draw = np.random.default_rng(seed).standard_normal
    return {"x": draw((1000, 256), "float32"), "w": draw((256, 256), "float32"), "repeats": 30}


def orders(norms):
    """log₁₀ of the gradient at the first layer over that at the last one."""
    return np.log10(norms[0] / norms[-1])


def steps_needed(arrays, name):
    """Steps to the target loss (the mean of a window) at each rate."""
    losses = np.nan_to_num(arrays[f"{name}: losses"], nan=np.inf)
    window = np.lib.stride_tricks.sliding_window_view(losses, WINDOW, axis=1).mean(axis=-1)
    reached = np.concatenate([window <= TARGET, np.ones((len(window), 1), bool)], axis=1)
    return reached.argmax(axis=1) + WINDOW


def quickest(arrays, name, what):
    """The losses or responses at the rate that reaches the target first."""
    return arrays[f"{name}: {what}"][steps_needed(arrays, name).argmin()]


def silent(arrays, name):
    """Share of the last hidden layer's outputs that are nearly 0."""
    responses = np.abs(quickest(arrays, name, "responses"))
    return np.mean(responses <= 0.01 * responses.max())


def draw(result):
    """The curves, the gradient by layer, learning, outputs and times."""
    arrays = result.arrays("curves")
    names = {both("value", "関数の値"): "", both("derivative", "微分"): ": derivative"}
    nine = {
        name: {curve: arrays[key + ending] for curve, ending in names.items()}
        for key, name in LABELS.items()
    }
    learned = [result.arrays("learning", seed=seed) for seed in result.seeds_of("learning")]
    losses = {name: [quickest(found, name, "losses") for found in learned] for name in WHOLE}
    responses = {name: quickest(learned[0], name, "responses") for name in WHOLE}
    deep = [result.arrays("gradient_norms", seed=s) for s in result.seeds_of("gradient_norms")]
    norms = {
        scale: {LABELS[name]: [found[name][n] for found in deep] for name in deep[0]}
        for n, scale in enumerate(SCALES)
    }
    times = {
        both(*name): {
            c: [1e3 * result.arrays("cost", c, seed)[name[0]] for seed in result.seeds_of("cost")]
            for c in result.implementations
        }
        for name in (*((name, name) for name in reversed(WHOLE)), ("product", "重みとの積"))
    }
    by_layer = figures.lines(
        norms, x_title=("layer", "層"), y_title=("gradient, mean size", "勾配の大きさ"), log="y"
    )
    return [
        Figure(
            ("Nine functions and their derivatives", "9つの活性化関数とその微分"),
            figures.lines(
                figures.in_panels(nine, POINTS),
                x_title=("x", "x"),
                y_title=("y", "y"),
                y_domain=(-1.5, 3),
            ),
            (
                "All but sigmoid have a slope of 1 or more somewhere; sigmoid's is 1/4 at most.",
                "シグモイド以外の微分は1以上になる範囲や点があるが、シグモイドの微分は最大でも1/4である。",
            ),
        ),
        Figure(
            ("The gradient on its way back through 20 layers", "20層を逆伝播する勾配の大きさ"),
            figures.slider(by_layer, ("scale of the weights", "重みの倍率"), start=1.0),
            (
                "The weights' deviation is the scale times Xavier's 1/√n for sigmoid and tanh, "
                "times He's √(2/n) for ReLU, with n inputs. Sigmoid needs about ten times as much "
                "to keep its gradient, and then most of its units are saturated: near 0 or 1.",
                "重みの標準偏差は、シグモイドとtanhではXavierの初期値1/√n、ReLUではHeの初期値√(2/n)に"
                "倍率を掛けた値である（nは入力の数）。シグモイドで勾配の大きさを保つには約10倍の重みが"
                "要り、そのときユニットの多くは飽和している（出力が0か1に近い）。",
            ),
        ),
        Figure(
            ("Learning, each at its quickest rate", "学習の推移（それぞれ最も速い学習率）"),
            figures.lines(
                losses, x_title=("step", "ステップ"), y_title=("loss", "損失"), y_domain=(0, 2.5)
            ),
        ),
        Figure(
            ("What the last hidden layer gives after learning", "学習後の最後の隠れ層の出力"),
            figures.histograms(responses, x_title=("output of a unit", "ユニットの出力")),
        ),
        Figure(
            ("Time for 256,000 numbers", "数値256,000個の計算時間"),
            figures.bars(times, x_title=("milliseconds", "ミリ秒")),
            (
                "The functions, and the product with the weights before them in a layer of 256.",
                "3つの活性化関数と、ユニット数256の層でその前に計算する重みとの積。",
            ),
        ),
    ]


def row(name, equation, english, japanese, helpers=()):
    """A function's row; it is proven at points on both sides of 0, and clear of it."""
    points = {"x": np.linspace(-4.9, 4.9, 30)}
    return Introduced(name, equation, (english, japanese), lambda seed: points, helpers=helpers)


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
        r"\mathrm{SELU}(x) = \lambda \, \mathrm{ELU}(x), \quad \mathrm{SELU}'(x) = \lambda \, "
        r"\mathrm{ELU}'(x), \quad \lambda \approx 1.0507, \; \alpha \approx 1.6733",
        "ELU with the two numbers for which outputs of mean 0 and variance 1 stay so.",
        "平均0、分散1の出力が層を経ても保たれるように、2つの定数を決めたELU。",
    ),
    row(
        "gelu",
        r"\mathrm{GELU}(x) = x \, \Phi(x), \quad \mathrm{GELU}'(x) = \Phi(x) + x \, \varphi(x), "
        r"\quad \Phi(x) = \frac{1}{2} + \int_0^x \frac{e^{-t^2/2}}{\sqrt{2 \pi}} \, dt",
        "x times the share Φ of the standard normal distribution that lies below it (φ: its "
        "density); the transformers' function.",
        "xに、標準正規分布でxより小さい値の割合Φを掛ける（φは確率密度）。Transformerで使われる。",
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
        "Once more x times a factor that rises from 0 to 1, here t.",
        "これも、0から1へ滑らかに増える係数（ここではt）をxに掛けた形である。",
    ),
)


def of_learning(claim, source, experiment, metric, larger, smaller, **options):
    """A claim on the networks that learn."""
    setting = (
        f"1,000 MNIST images at half resolution, two hidden layers of 100, {STEPS} steps of SGD "
        "with batches of 50; initial weights that suit each activation (sigmoid 4 × Xavier, tanh "
        "Xavier, ReLU He). ",
        "解像度を半分にしたMNISTの画像1,000枚、ユニット数100の隠れ層2つ、バッチサイズ50のSGDで"
        f"{STEPS}ステップ。初期値は関数ごとに適したもの（シグモイドはXavierの4倍、tanhはXavier、ReLUはHe）"
        "を使う。",
    )
    experiment = (setting[0] + experiment[0], setting[1] + experiment[1])
    measure = versus("learning", larger, smaller)
    return Claim(claim, source, experiment, metric, measure, **options)


CLAIMS = (
    Claim(
        (
            "Sigmoid's gradient vanishes with depth; ReLU's does not.",
            "層が深くなると、シグモイドの勾配は消失するが、ReLUの勾配は消失しない。",
        ),
        "Glorot & Bengio 2010; Saito, Deep Learning from Scratch, 6.2",
        (
            f"A random gradient sent back through {DEPTH} layers of {WIDTH}, with He's initial "
            "weights for ReLU, and for sigmoid four times Xavier's, the best of the usual ones.",
            f"ユニット数{WIDTH}の層を{DEPTH}個重ね、ランダムな勾配を逆伝播させる。初期値はReLUではHe、"
            "シグモイドでは通常の初期値のうち最も有利なXavierの4倍とする。",
        ),
        (
            "log₁₀ of the gradient at the first layer over that at the last, ReLU less sigmoid",
            "最初の層と最後の層の勾配の比の常用対数。ReLUの値からシグモイドの値を引く",
        ),
        versus(
            "gradient_norms",
            lambda a: orders(a["relu"][HE]),
            lambda a: orders(a["sigmoid"][GLOROT]),
        ),
        unit="orders of magnitude",
        margin=1.0,
    ),
    Claim(
        ("ReLU is cheaper than sigmoid and tanh.", "ReLUはシグモイドやtanhより計算が軽い。"),
        "Glorot, Bordes & Bengio 2011, Deep sparse rectifier neural networks",
        (
            "The three functions in turns on 256,000 numbers, 30 times in each run; the median "
            "times. The cheaper of sigmoid and tanh counts.",
            "3つの関数を数値256,000個に対して交互に30回ずつ計算し、時間の中央値を比べる。シグモイドとtanhは"
            "速いほうをとる。",
        ),
        ("the cheaper one's time over ReLU's, less 1", "速いほうとReLUの時間の比から1を引いた値"),
        versus("cost", lambda a: min(a["sigmoid"], a["tanh"]) / a["ReLU"], lambda a: 1.0),
        margin=0.2,
        instead=(
            "On today's processors hardly: all three take about as long as reading and writing the "
            "numbers. Only a sigmoid of single NumPy operations takes several times as long.",
            "現在のプロセッサではほとんど差がなく、どの関数でも数値の読み書きと同じ程度の時間しかかからない。"
            "NumPyの演算を組み合わせたシグモイドだけは数倍の時間がかかる。",
        ),
    ),
    of_learning(
        ("ReLU makes activations sparse.", "ReLUを使うと隠れ層の出力がスパースになる。"),
        "Glorot, Bordes & Bengio 2011, Deep sparse rectifier neural networks",
        (
            "Outputs of the last hidden layer of at most 1 % of the largest count as silent.",
            "最後の隠れ層で出力の大きさが最大値の1%以下のものを0とみなす。",
        ),
        ("share of silent outputs, ReLU less tanh", "0とみなした割合。ReLU − tanh"),
        lambda a: silent(a, "ReLU"),
        lambda a: silent(a, "tanh"),
        unit="%",
        margin=0.1,
    ),
    of_learning(
        ("Leaky ReLU keeps dead units alive.", "Leaky ReLUなら死んだユニットも学習できる。"),
        "Maas, Hannun & Ng 2013, Rectifier nonlinearities improve acoustic models",
        (
            "Half of the first layer starts dead: biases so low that no image excites the unit. It "
            "is alive again where some image does after learning.",
            "第1層の半分のユニットは、どの画像にも反応しないほど小さいバイアスから始める。学習後にいずれかの"
            "画像に反応すれば、生き返ったとみなす。",
        ),
        ("dead units alive again, leaky less ReLU", "生き返った割合。Leaky ReLU − ReLU"),
        lambda a: a["Leaky ReLU, half dead: awake"].mean(),
        lambda a: a["ReLU, half dead: awake"].mean(),
        unit="%",
        margin=0.1,
    ),
    of_learning(
        ("tanh learns faster than sigmoid.", "tanhを使うとシグモイドより学習が速い。"),
        "LeCun, Bottou, Orr & Müller 1998, Efficient backprop, 4.4",
        (
            f"Steps to a mean loss of {TARGET}, at the quickest of three learning rates.",
            f"平均損失が{TARGET}になるまでの更新回数を、3つの学習率のうち最も速いもので比べる。",
        ),
        ("how many steps more sigmoid needs", "シグモイドが余計に要する更新回数"),
        lambda a: steps_needed(a, "sigmoid").min(),
        lambda a: steps_needed(a, "tanh").min(),
        unit="steps",
        margin=5.0,
    ),
    of_learning(
        ("tanh maps to values from 0 to 1.", "tanhは入力を0から1の範囲の値に変換する。"),
        ("many tutorials, which give sigmoid's range for both", "シグモイドと取り違えた入門記事"),
        (
            "If the claim holds, no tanh unit of the last hidden layer gives less than 0.",
            "主張が正しければ、最後の隠れ層のtanhの出力に0未満の値はない。",
        ),
        ("least output of tanh", "tanhの出力の最小値"),
        lambda a: a["tanh: responses"].min(),
        lambda a: 0.0,
        margin=-0.01,
        instead=(
            "tanh gives values from −1 to 1; sigmoid's are from 0 to 1: tanh(x) = 2σ(2x) − 1.",
            "tanhの範囲は−1から1である。0から1になるのはシグモイドで、tanh(x) = 2σ(2x) − 1である。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Activation functions and their derivatives", "活性化関数とその微分"),
    chapter=chapters.NEURAL_NETWORKS.section(1),
    summary=(
        "An activation function turns a unit's weighted sum into its output; without it all layers "
        "are one linear map. In backpropagation its derivative multiplies the gradient at every "
        "layer: where that is small, as sigmoid's is, the first layers learn slowly or not at all.",
        "活性化関数は、ユニットの重み付き和を出力に変換する。これがなければ、層をいくら重ねても1つの線形"
        "変換と変わらない。誤差逆伝播法では、層ごとにその微分が勾配に掛けられる。シグモイドのように微分が"
        "小さいと、入力に近い層の学習は遅くなり、ほとんど進まないこともある。",
    ),
    introduces=INTRODUCES,
    equations=(
        (
            r"y = f(xW), \; \frac{\partial L}{\partial x} = "
            r"\left( \frac{\partial L}{\partial y} \odot f'(xW) \right) W^T",
            ("One layer back (⊙: entry by entry).", "逆伝播の1層分（⊙は要素ごとの積）。"),
        ),
    ),
    terms=(
        ("activation function", "活性化関数"),
        ("hyperbolic tangent", "双曲線正接関数（tanh）", "activations.tanh"),
        ("rectified linear unit (ReLU)", "正規化線形関数（ReLU）", "activations.relu"),
        ("vanishing gradient", "勾配消失"),
        ("sparse", "スパース（疎）"),
        ("dead unit", "死んだユニット（常に0を出力するユニット）"),
    ),
    demonstrations=(
        Demonstration(
            "curves",
            lambda seed: {"x": POINTS},
            subject=lambda curve: ("Activation", {"activation": curve.partition(":")[0]}),
        ),
        Demonstration("gradient_norms", deep_network, seeds=5),
        Demonstration("cost", numbers, seeds=5, measured=(*WHOLE, "product"), timed=True),
        Demonstration(
            "learning",
            small_images,
            seeds=5,
            subject=lambda q: ("Activation", {"activation": NETWORKS[q.partition(":")[0]][0]}),
            measured=tuple(f"{name}: {what}" for name in NETWORKS for what in MEASURED),
            proven_with={"steps": 5},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
