"""Backpropagation: gradients and their cost, and why one's own network and Keras part."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures, graphs

SEEDS, WEIGHTS = 5, ("W1", "b1", "W2", "b2")
DIFFERENCES = tuple(f"difference of {name}" for name in WEIGHTS)
WIDTHS, JUDGED = [4, 12, 36, 108, 324, 972, 2916], 4  # the first ones by differences too
IMAGES, BATCH, EPOCHS = 240, 50, 5  # the last batch of an epoch is short
SGD, ADAM = "as Keras", "Adam as Keras"
CAUSES = {  # what one's own network may do otherwise
    "initial weights": both("weights", "初期値"),
    "order of the data": both("order", "順序"),
    "sum": both("sum", "和"),
    "short batch left out": both("left out", "端数を捨てる"),
    "short batch": both("over 50", "端数も50で割る"),
    "updated at once": both("early update", "先に更新"),
    "Adam's epsilon": both("ε", "ε"),
}
ROUNDED = ("rounded", "Adam rounded")
TIMED = {
    "differences": both("gradient by differences", "数値微分による勾配"),
    "backpropagation": both("loss and gradient by backpropagation", "損失と勾配（逆伝播）"),
    "loss": both("loss alone", "損失だけ"),
}
NAMES = ("x", "W1", "b1", "first", "relu", "W2", "b2", "second", "t", "loss", "L")
TEXTS = ("x", "W₁", "b₁", "Affine", "ReLU", "W₂", "b₂", "Affine", "t", "Softmax", "L")
COLUMNS = (0, 0, 0, 1.3, 2.7, 2.7, 2.7, 4, 4, 5.5, 6.3)
ROWS = (1.2, 0, 2.4, 1.2, 1.2, 0, 2.4, 1.2, 2.4, 1.2, 1.2)
NODES = {name: place for name, *place in zip(NAMES, COLUMNS, ROWS, TEXTS)}
ARROWS = [  # from, to; what flows forward, and back; and the steps in which it does
    ("x", "first", "(N, 784)", "dz₁ W₁ᵀ", 0, 9),
    ("W1", "first", "(784, 50)", "xᵀ dz₁", 0, 9),
    ("b1", "first", "(50,)", "Σ dz₁", 0, 9),
    ("first", "relu", "z₁ (N, 50)", "dz₁ = dh [z₁>0]", 1, 8),
    ("relu", "second", "h (N, 50)", "dh = dz₂ W₂ᵀ", 2, 7),
    ("W2", "second", "(50, 10)", "hᵀ dz₂", 2, 7),
    ("b2", "second", "(10,)", "Σ dz₂", 2, 7),
    ("second", "loss", "z₂ (N, 10)", "dz₂ = (y − t)/N", 3, 6),
    ("t", "loss", "(N, 10)", "", 3, 6),
    ("loss", "L", "L", "1", 4, 5),
]


def some_layer(seed):
    """A batch and a layer's weights."""
    draw = np.random.default_rng(seed).normal
    return {"x": draw(size=(5, 4)), "weight": draw(size=(4, 3)), "bias": draw(size=3)}


def some_logits(seed):
    """Logits, and one-hot targets."""
    generator = np.random.default_rng(seed)
    return {
        "y_true": np.eye(4)[generator.integers(0, 4, 6)],
        "y_pred": generator.normal(size=(6, 4)),
    }


def some_batch(generator, number, inputs, classes):
    """Rows of inputs, and the one-hot class of each."""
    x = generator.normal(size=(number, inputs))
    return {"x": x, "t": np.eye(classes)[generator.integers(0, classes, number)]}


def small_network(seed):
    """A network of 20-12-4 and a batch of 8, small enough to be checked weight by weight."""
    generator = np.random.default_rng(seed)
    batch, draw = some_batch(generator, 8, 20, 4), generator.normal
    first = {"W1": draw(0, 0.3, (20, 12)), "b1": draw(0, 0.1, 12)}
    return {**batch, **first, "W2": draw(0, 0.3, (12, 4)), "b2": draw(0, 0.1, 4)}


def networks(seed):
    """A batch for networks of 30 inputs and 10 classes, and their widths."""
    batch = some_batch(np.random.default_rng(seed), 20, 30, 10)
    return {**batch, "widths": WIDTHS, "judged": WIDTHS[JUDGED - 1], "repeats": 9}


def own_networks(seed):
    """MNIST images, Keras's initial weights (W) and the textbook's (V), and the runs."""
    images = mnist_subset(IMAGES, 10, 10, seed, flat=True, one_hot=True)
    generator, shapes = np.random.default_rng(seed), {"1": (784, 50), "2": (50, 10)}
    kernels = {}
    for layer, shape in shapes.items():
        limit = (6 / sum(shape)) ** 0.5
        kernels[f"W{layer}"] = generator.uniform(-limit, limit, shape)
        kernels[f"V{layer}"] = generator.normal(0, 0.01, shape)
    batches = batches_of(np.arange(IMAGES) for _ in range(EPOCHS))
    shuffled = batches_of(generator.permutation(IMAGES) for _ in range(EPOCHS))
    sgd = {"start": "W", "batches": batches, "learning_rate": 0.02}
    adam = {**sgd, "learning_rate": 0.001, "epsilon": 1e-7}
    runs = {
        SGD: sgd,
        ADAM: adam,
        "initial weights": {**sgd, "start": "V"},
        "order of the data": {**sgd, "batches": shuffled},
        "sum": {**sgd, "summed": True},
        "short batch left out": {**sgd, "batches": [b if len(b) == BATCH else [] for b in batches]},
        "short batch": {**sgd, "summed": True, "learning_rate": 0.02 / BATCH},
        "updated at once": {**sgd, "at_once": True},
        "Adam's epsilon": {**adam, "epsilon": 1e-8},
        "rounded": {**sgd, "dtype": "float32"},
        "Adam rounded": {**adam, "dtype": "float32"},
    }
    x, t = (part.astype("float64") for part in (images.x_train, images.y_train))
    return {"x": x, "t": t, "runs": runs, **kernels}


def batches_of(epochs):
    """The rows of each step."""
    return [rows[start : start + BATCH] for rows in epochs for start in range(0, IMAGES, BATCH)]


def distance(arrays):
    """The largest difference of the two gradients, as a share of the largest entry."""
    found = np.concatenate([arrays[f"gradient of {name}"].ravel() for name in WEIGHTS])
    judge = np.concatenate([arrays[f"difference of {name}"].ravel() for name in WEIGHTS])
    return float(np.abs(found - judge).max() / np.abs(found).max())


def exponent(arrays, way):
    """How the time grows: the slope of its logarithm over that of the number of weights."""
    sizes, times = np.log(arrays["parameters"][:JUDGED]), np.log(arrays[way][:JUDGED])
    return float(np.polyfit(sizes, times, 1)[0])


def parted(arrays, name):
    """How far a run's losses are from Keras's, before training and after each step."""
    return np.abs(arrays[name] - arrays[ADAM if "Adam" in name else SGD])


def farthest(arrays, runs, choose):
    """The largest distance of each of these runs as a power of ten, and the largest or least."""
    return float(np.log10(choose(parted(arrays, name).max() for name in runs)))


def flow():
    """The network forward and backward, step by step."""
    stages = {
        step: {
            (start, end): (above if step >= there else "", below if step >= back else "")
            for start, end, above, below, there, back in ARROWS
        }
        for step in range(10)
    }
    arrows = {arrow: arrow for arrow in stages[0]}
    return figures.slider(graphs.graph(stages, NODES, arrows), ("step", "ステップ"), 9)


def draw(result):
    """The layers, where two networks part, and the time of a gradient."""
    parts = {}
    for name, title in {**CAUSES, "rounded": both("rounding", "丸め誤差")}.items():
        found = np.array(result.of_numpy("training", parted, name))
        parts[title] = np.where(found > 1e-13, found, np.nan)  # nothing before they part
    times = {TIMED[way]: 1000 * np.array(result.of_numpy("cost", dict.get, way)) for way in TIMED}
    return [
        Figure(
            ("Through the layers and back", "層の順伝播と逆伝播"),
            flow(),
            (
                "Above the arrows the arrays and their shapes, N images in a batch; below them "
                "the gradients, each in the shape of its array: that tells which factor is where.",
                "矢印の上は配列とその形状（Nはバッチサイズ）、下は勾配である。勾配の形状は必ず元の配列と"
                "同じなので、どこを転置し、どの順に掛けるかは形状からわかる。",
            ),
        ),
        Figure(
            ("My network and Keras differ: why?", "Kerasの結果と一致しないのはなぜか"),
            figures.lines(
                parts,
                np.arange(found.shape[1]),
                x_title=("step", "ステップ"),
                y_title=("difference of the losses", "損失の差"),
                log="y",
            ),
            (
                "The same network, as Keras computes it and with a single thing done otherwise: "
                "initial weights from N(0, 0.01²); the data in another order (`fit` shuffles); the "
                "sum of the losses; the short last batch of an epoch, here every fifth, left out "
                "or divided by 50; the last layer updated before the gradient passes through it; "
                "10⁻⁸ as Adam's ε. Where a line begins tells the cause. Rounding to float32 alone "
                "stays far below.",
                "同じネットワークについて、Kerasと同じ計算と、1か所だけ変えた計算の損失を比べた。変えたのは、"
                "重みの初期値をN(0, 0.01²)にする、データの順序を変える（`fit`は並べ替える）、"
                "損失を和にする、5つに1つある端数のバッチを捨てるか50で割る、勾配を流す前に最後の層を"
                "更新する、Adamのεを10⁻⁸にする、の7通りである。線の始まる位置から原因がわかる。"
                "float32への丸め誤差だけによる差は、これらよりはるかに小さい。",
            ),
        ),
        Figure(
            ("What a gradient costs", "勾配を求める時間"),
            figures.lines(
                times,
                result.arrays("cost")["parameters"],
                x_title=("weights in the network", "ネットワークの重みの数"),
                y_title=("milliseconds", "時間（ミリ秒）"),
                log="xy",
            ),
            (
                "Differences take two losses a weight, backpropagation one pass each way.",
                "数値微分は重み1つにつき損失を2回計算する。誤差逆伝播法は順伝播と逆伝播を1回ずつ行うだけである。",
            ),
        ),
    ]


TIMES = (
    "30 inputs, a hidden layer with ReLU, 10 classes, a batch of 20, float64, one core. ",
    "入力30、ReLUの隠れ層1つ、10クラス、バッチサイズ20、float64、1コア。",
)
CLAIMS = (
    Claim(
        claim=(
            "Backpropagation gives the same gradients as numerical differentiation.",
            "誤差逆伝播法で求めた勾配は、数値微分で求めた勾配と一致する。",
        ),
        source="Saito, Deep Learning from Scratch, 5.7.3",
        experiment=(
            "20-12-4 with ReLU, 8 examples; each weight moved by ±10⁻⁵ in double precision.",
            "20-12-4のReLUのネットワークとデータ8個。各重みを±10⁻⁵だけ動かす（倍精度）。",
        ),
        metric=(
            "10⁻⁶ less the largest difference, as a share of the largest gradient",
            "10⁻⁶から、差の最大値（最大の勾配に対する割合）を引いた値",
        ),
        measure=lambda result: (1e-6, result.of_numpy("gradients", distance)),
        theorem=True,
    ),
    Claim(
        claim=(
            "The more weights, the farther numerical differentiation falls behind backpropagation.",
            "重みが増えると、数値微分の計算時間は誤差逆伝播法よりはるかに速く増える。",
        ),
        source="Saito, Deep Learning from Scratch, 4.5.2, 5.7.3",
        experiment=(
            f"{TIMES[0]}{WIDTHS[0]} to {WIDTHS[JUDGED - 1]} hidden units.",
            f"{TIMES[1]}隠れ層のユニット数は{WIDTHS[0]}から{WIDTHS[JUDGED - 1]}まで。",
        ),
        metric=(
            "exponent of the time in the number of weights, differences less backpropagation",
            "計算時間を重みの数のべき乗とみたときの指数。数値微分の値から誤差逆伝播法の値を引く",
        ),
        measure=lambda result: (
            result.of_numpy("cost", exponent, "differences"),
            result.of_numpy("cost", exponent, "backpropagation"),
        ),
        margin=0.5,
    ),
    Claim(
        claim=(
            "Loss and gradient together cost at most five times the loss alone.",
            "損失と勾配を合わせて求める時間は、損失だけを求める時間の5倍を超えない。",
        ),
        source="Baur & Strassen 1983; Griewank & Walther 2008, Evaluating derivatives, 3.3",
        experiment=(TIMES[0] + "2,916 hidden units.", TIMES[1] + "隠れ層のユニット数2,916。"),
        metric=(
            "5 less the time of both, in times of the loss",
            "5から、両方の時間が損失だけの時間の何倍かを引いた値",
        ),
        measure=lambda result: (
            5.0,
            result.of_numpy("cost", lambda a: float(a["backpropagation"][-1] / a["loss"][-1])),
        ),
        unit="×",
    ),
    Claim(
        claim=(
            "If my own network and Keras differ, it is rounding.",
            "自作のネットワークとKerasの結果が違うのは、丸め誤差のためである。",
        ),
        source=("a common explanation", "よくある説明"),
        experiment=(
            f"784-50-10, {IMAGES} MNIST images, {EPOCHS} epochs in batches of {BATCH}. A run in "
            "float32 against float64; and each of the seven causes above by itself.",
            f"784-50-10のネットワーク、MNISTの画像{IMAGES}枚、バッチサイズ{BATCH}、{EPOCHS}エポック。"
            "float32とfloat64の差を、上の図の7つの原因（1つずつ試す）による差と比べる。",
        ),
        metric=(
            "log₁₀ of the largest difference of the losses, rounding less the least cause",
            "損失の差の最大値の常用対数。丸め誤差の値から最も小さな原因の値を引く",
        ),
        measure=lambda result: (
            result.of_numpy("training", farthest, ROUNDED, max),
            result.of_numpy("training", farthest, CAUSES, min),
        ),
        unit="orders of magnitude",
        instead=(
            "Rounding shows in the seventh digit. Compare the loss before training, after a step, "
            "after an epoch: where the two part first tells the cause.",
            "丸め誤差が現れるのは7桁目あたりである。学習前、1ステップ後、1エポック後の損失を比べ、"
            "最初に差が出る場所から原因を探すとよい。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Backpropagation, layer by layer", "誤差逆伝播法：層ごとの順伝播と逆伝播"),
    chapter=chapters.BACKPROPAGATION.section(2),
    summary=(
        "A layer that knows its way forward and its way back is a building block: however many of "
        "them are chained, one pass forward gives the loss, and one pass back all gradients. "
        "Keras's layers hold the way forward; its backend finds the way back. From the same "
        "weights, batches and formulas both give the same losses, step for step.",
        "順伝播と逆伝播を備えた層（レイヤ）は、部品として自由に組み合わせられる。何層つないでも、"
        "順伝播1回で損失が、逆伝播1回ですべての勾配が求まる。Kerasの層がもつのは順伝播だけで、"
        "逆伝播はバックエンドが求める。初期値、ミニバッチ、式が同じなら、両者の損失は1ステップごとに"
        "一致する。",
    ),
    introduces=(
        Introduced(
            "affine",
            r"Y = X W + b, \quad \frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} "
            r"W^T, \quad \frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Y}, \quad "
            r"\frac{\partial L}{\partial b} = \sum_n \frac{\partial L}{\partial Y_n}",
            (
                "A product of matrices. The bias is added to every row, so its gradient is a sum.",
                "Affineレイヤは行列の積である。バイアスは全行に足されるので、勾配は行の和になる。",
            ),
            some_layer,
        ),
        Introduced(
            "softmax_with_loss",
            r"L = -\frac{1}{N} \sum_{n,k} t_{nk} \log y_{nk}, \quad y = \mathrm{softmax}(a), \quad "
            r"\frac{\partial L}{\partial a} = \frac{y - t}{N}",
            (
                "Softmax and cross-entropy in one: the gradient is answer less target. The loss is "
                "a mean over the batch's own N rows, in a short batch too; Keras sums with "
                '`reduction="sum"`.',
                "ソフトマックス関数と交差エントロピー誤差をまとめると、勾配は「出力−教師データ」という"
                "きれいな形になる。損失はバッチのN行の平均で、端数のバッチではその行数で割る。"
                '和にするには`reduction="sum"`とする。',
            ),
            some_logits,
        ),
        Introduced(
            "backpropagation",
            r"\delta_l = \left( \delta_{l+1} W_{l+1}^T \right) \odot \mathrm{ReLU}'(z_l), \quad "
            r"\frac{\partial L}{\partial W_l} = h_{l-1}^T \delta_l, \quad \delta_l = "
            r"\frac{\partial L}{\partial z_l}",
            (
                "The layers forward in their order, each keeping what its way back needs; then "
                "backward in the reverse order. z: a layer's sums, h: its outputs.",
                "層を順にたどり、逆伝播に必要な値を覚えておく。次に、逆の順に逆伝播する（zは重み付き和、"
                "hは層の出力）。",
            ),
            helpers=("forward", "backward"),
            demonstration="gradients",
        ),
    ),
    equations=(
        (
            r"W \sim U(-r, r), \quad r = \sqrt{\frac{6}{n_{in} + n_{out}}}, \quad b = 0",
            (
                "Keras's initial weights (glorot_uniform; n: a layer's inputs and outputs); the "
                "textbook's are N(0, 0.01²). `set_weights` hands one's own to Keras.",
                "Kerasの重みの初期値（glorot_uniform、nは層の入出力の数）。教科書ではN(0, 0.01²)"
                "である。自分の重みは`set_weights`でKerasに渡せる。",
            ),
        ),
        (
            r"W \leftarrow W - \eta \frac{m}{\sqrt{v} + \epsilon}",
            (
                "Adam's ε (see Optimizers) is 10⁻⁷ in Keras, 10⁻⁸ in the paper. Updates come last.",
                "Adam（「パラメータの更新手法」を参照）のεは、Kerasでは10⁻⁷、論文では10⁻⁸。更新は最後に行う。",
            ),
        ),
    ),
    terms=(
        ("backpropagation", "誤差逆伝播法"),
        ("Affine layer", "Affineレイヤ", "layers.Dense"),
        ("ReLU layer", "ReLUレイヤ", "layers.ReLU"),
        ("Softmax-with-loss layer", "Softmax-with-Lossレイヤ", "losses.CategoricalCrossentropy"),
        ("gradient check", "勾配確認"),
    ),
    demonstrations=(
        Demonstration("gradients", small_network, seeds=SEEDS, measured=DIFFERENCES),
        Demonstration("cost", networks, seeds=SEEDS, measured=tuple(TIMED), timed=True),
        Demonstration(
            "training",
            own_networks,
            seeds=SEEDS,
            subject=lambda run: ("Optimizer" if "Adam" in run else "Model", {"name": "Adam"}),
            measured=("updated at once", *ROUNDED),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.7,
)

if __name__ == "__main__":
    run_script(__file__)
