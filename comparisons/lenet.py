"""LeNet-5: the network of 1998 in full, against the same network with ReLU and max pooling."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures

OLD, TODAY = "1998", "ReLU and max pooling"
# The best of 0.001, 0.002, 0.004, 0.008 and 0.016 on the validation images of seeds from 100 on;
# the soonest there, too, of those from 0.002 (0.004 with ReLU) on.
VARIANTS = {
    OLD: {"today": False, "learning_rate": 0.004},
    TODAY: {"today": True, "learning_rate": 0.008},
}
JAPANESE = {OLD: "1998年", TODAY: "ReLUと最大値プーリング"}
NAMES = {name: both(name, JAPANESE[name]) for name in VARIANTS}
ENOUGH = 0.85


def data(settings, seed):
    """MNIST as images: a small part in the default preset, all of it in the full one."""
    if settings.preset == "full":
        return mnist_subset(seed=seed)
    return mnist_subset(1_000, 500, 2_000, seed)


def some_maps(seed):
    """Two images of three maps, and a weight and a bias for each map."""
    draw = np.random.default_rng(seed).normal
    shapes = {"x": (2, 4, 6, 3), "weight": (1, 1, 3, 1), "bias": (3,)}
    return {name: draw(size=shape) for name, shape in shapes.items()} | {"pool_size": (2, 2)}


def accuracy(result, variant):
    """Accuracy on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["accuracy"], variant=variant)


def epochs_needed(run):
    """The epoch after which validation accuracy is enough for the first time."""
    reached = np.array(run["history"]["val_accuracy"]) >= ENOUGH
    return float(reached.argmax() + 1 if reached.any() else len(reached) + 1)


def curves():
    """Three activation functions and their derivatives."""
    x = np.linspace(-4, 4, 161)
    half, others = reference_half("lenet"), reference_half("activations")
    names = {
        both("scaled tanh", "スケーリングしたtanh"): (
            half.scaled_tanh(x),
            half.scaled_tanh_derivative(x),
        ),
        "tanh": (others.tanh(x), others.tanh_derivative(x)),
        "ReLU": (others.relu(x), others.relu_derivative(x)),
    }
    panels = {
        panel: {name: found[place] for name, found in names.items()}
        for place, panel in enumerate((both("function", "関数"), both("derivative", "導関数")))
    }
    return figures.lines(
        figures.in_panels(panels, x), x_title=("x", "x"), y_title=("y", "y"), panels=2
    )


def journey(kept):
    """A test image and what each layer makes of it; vectors as small pictures."""
    parts = {"input": kept["image"][None]}
    parts |= {name: kept[name] for name in ("C1", "S2", "C3", "S4")}
    parts |= {"C5": kept["C5"].reshape(1, 10, 12), "F6": kept["F6"].reshape(1, 7, 12)}
    words = {
        "input": both("input 28×28", "入力 28×28"),
        "C1": both("C1: 6 maps of 28×28", "C1：28×28が6枚"),
        "S2": both("S2: 6 of 14×14", "S2：14×14が6枚"),
        "C3": both("C3: 16 of 10×10", "C3：10×10が16枚"),
        "S4": both("S4: 16 of 5×5", "S4：5×5が16枚"),
        "C5": both("C5: 120 units", "C5：120ユニット"),
        "F6": both("F6: 84 units", "F6：84ユニット"),
    }
    return {words[name]: pictures for name, pictures in parts.items()}


def draw(result):
    """The squashing function, a digit on its way, and the first filters."""
    kept = {variant: sorted(result.kept(variant).items()) for variant in VARIANTS}
    journeys = {NAMES[variant]: journey(found[-1][1]) for variant, found in kept.items()}
    filters = {
        both(f"{variant}, {moment}", f"{JAPANESE[variant]}、{moment_ja}"): found[place][1][
            "filters"
        ]
        for variant, found in kept.items()
        for place, (moment, moment_ja) in enumerate((("before", "学習前"), ("after", "学習後")))
    }
    return [
        Figure(
            ("The activation functions", "活性化関数"),
            curves(),
            (
                "The scaled tanh of 1998 goes through (1, 1) and (−1, −1) and has most curvature "
                "there. Its derivative dies out on both sides, as tanh's does; ReLU's stays 1 on "
                "the right.",
                "1998年のスケーリングしたtanhは(1, 1)と(−1, −1)を通り、そこで最も大きく曲がる。"
                "導関数はtanhと同じく両側で0に近づくが、ReLUの導関数は正の側では1のままである。",
            ),
        ),
        Figure(
            ("A digit on its way through LeNet-5", "LeNet-5を通る数字"),
            figures.selection(
                figures.images(journeys, columns=8, size=44, panels=2),
                ("network", "ネットワーク"),
            ),
            (
                "A test image in the trained networks. C convolves, S halves the maps, F connects "
                "fully. In the network of 1998 the numbers have both signs (blue positive, orange "
                "negative) and few are 0; behind ReLU all dark places are exactly 0.",
                "学習後のネットワークにテスト画像を1枚入力した。Cは畳み込み層、Sはマップを半分にする層、"
                "Fは全結合層。1998年のネットワークの値には正（青）と負（橙）があり、0はほとんどない。"
                "ReLUの後では、暗い部分はちょうど0である。",
            ),
        ),
        Figure(
            ("The six filters of C1", "C1の6個のフィルター"),
            figures.images(filters, columns=6, size=40),
            (
                "After ten epochs on 1,000 images some have one side positive and the other "
                "negative, as edges do; much of the random start is still there.",
                "1,000枚の画像で10エポック学習すると、エッジのように一方が正、もう一方が負になったものもあるが、"
                "ランダムな初期値の面影も多く残る。",
            ),
        ),
    ]


SETTING = (
    "1,000 MNIST images, 10 epochs of Adam in batches of 50; LeNet-5 has 61,750 weights in the "
    "form of 1998 and 61,706 in today's. Initial weights are Xavier's with tanh, He's with ReLU. "
    "Each at its best of five learning rates on the validation images of other seeds, 0.004 and "
    "0.008. ",
    "MNISTの画像1,000枚、バッチサイズ50のAdamで10エポック。LeNet-5の重みは1998年の形で61,750個、現在の形で"
    "61,706個。重みの初期値は、tanhではXavierの初期値、ReLUではHeの初期値。"
    "学習率は、別のシードの検証データで5通りのうちそれぞれに最も良かったもの（0.004と0.008）。",
)
CLAIMS = (
    Claim(
        (
            "ReLU and max pooling make LeNet-5 more accurate.",
            "ReLUと最大値プーリングを使うと、LeNet-5の正解率は上がる。",
        ),
        (
            "Glorot et al. 2011; Scherer et al. 2010; common",
            "Glorot et al. 2011、Scherer et al. 2010、一般的な主張",
        ),
        (f"{SETTING[0]}Half a point matters.", f"{SETTING[1]}0.5ポイントの差に意味がある。"),
        (
            "test accuracy, today's form less that of 1998",
            "テストデータの正解率。現在の形の値から1998年の形の値を引く",
        ),
        lambda result: (accuracy(result, TODAY), accuracy(result, OLD)),
        unit="%",
        margin=0.005,
    ),
    Claim(
        (
            "With ReLU and max pooling LeNet-5 learns faster.",
            "ReLUと最大値プーリングを使うと、LeNet-5は速く学習する。",
        ),
        ("Krizhevsky et al. 2012, 3.1, of ReLU", "Krizhevsky et al. 2012, 3.1（ReLUについて）"),
        (
            f"{SETTING[0]}Counted are the epochs until {ENOUGH:.0%} of the validation images are "
            "read; on those other seeds no rate from 0.002 (1998) or 0.004 (today) to 0.016 gets "
            "there sooner. Half an epoch matters.",
            f"{SETTING[1]}検証データの正解率が{ENOUGH:.0%}に達するまでのエポック数を数える。別のシードでは、"
            "0.002（1998年の形）または0.004（現在の形）から0.016までに、これより早く達する学習率はない。"
            "0.5エポックの差に意味がある。",
        ),
        (
            "epochs needed, the form of 1998 less today's",
            "必要なエポック数。1998年の形の値から現在の形の値を引く",
        ),
        lambda result: (
            result.by_seed(epochs_needed, variant=OLD),
            result.by_seed(epochs_needed, variant=TODAY),
        ),
        unit="epochs",
        margin=0.5,
        instead=(
            "At rates that suit each of them both are as far after the first epochs; where ReLU "
            "and max pooling gain, they gain later.",
            "それぞれに合った学習率を使えば、初めの数エポックでは差がない。ReLUと最大値プーリングに利点が"
            "あるとすれば、その後に現れる。",
        ),
    ),
)

CONCEPT = Concept(
    title=("LeNet-5", "LeNet-5"),
    chapter=chapters.CONVOLUTION.section(5),
    summary=(
        "The network that read cheques in the 1990s already has today's plan: convolution, "
        "pooling, convolution, pooling, dense layers. Two things have changed: ReLU stands in "
        "place of a scaled tanh, and max pooling in place of averages with a weight and a bias. "
        "What else differed in the paper is said below.",
        "1990年代に小切手の数字を読んでいたネットワークは、畳み込み、プーリング、畳み込み、プーリング、全結合という"
        "現在と同じ構成をすでにもっていた。変わったのは2点で、スケーリングしたtanhがReLUに、重みとバイアスをもつ"
        "平均が最大値プーリングに置き換わった。論文とのその他の違いは下に述べる。",
    ),
    introduces=(
        Introduced(
            "scaled_tanh",
            r"y = 1.7159 \tanh \tfrac{2}{3} x, \quad "
            r"y' = 1.144 \left( 1 - \tanh^2 \tfrac{2}{3} x \right)",
            (
                "The squashing function of 1998, chosen so that f(±1) = ±1.",
                "1998年の活性化関数。f(±1) = ±1となるように選ばれた。",
            ),
            lambda seed: {"x": np.random.default_rng(seed).normal(size=(4, 5))},
        ),
        Introduced(
            "subsampling",
            r"y_{ijc} = w_c \, \frac{1}{k} \sum_{u,v} x_{si+u, \, sj+v, \, c} + b_c, \quad "
            r"\frac{\partial L}{\partial w_c} = \sum_{i,j} m_{ijc} "
            r"\frac{\partial L}{\partial y_{ijc}}",
            (
                "Average pooling with one weight and one bias for each map c; m is the mean of a "
                "window's k entries, s the stride. Keras has it as two layers, the second a "
                "depthwise convolution of 1×1.",
                "マップcごとに1つの重みとバイアスをもつ平均値プーリング。mは窓のk個の値の平均、sはストライド。"
                "Kerasでは2つの層で表す。2つ目は、チャンネルごとの1×1の畳み込みである。",
            ),
            some_maps,
        ),
    ),
    equations=(
        (
            r"\mathrm{C}_1(6) \to \mathrm{S}_2 \to \mathrm{C}_3(16) \to \mathrm{S}_4 \to "
            r"\mathrm{C}_5(120) \to \mathrm{F}_6(84) \to 10",
            (
                "The paper's layers. Different here: in the paper all maps of C3 but one see only "
                "some of S2's, the output measures distances to drawn patterns of the digits "
                "(softmax here), the initial weights are narrower, and a second-order method "
                "learns (Adam here). C5 covers its whole input, and so is a dense layer.",
                "論文の層の並び。ここでの違いは次のとおり。論文では、C3のマップは1枚を除いてS2の一部だけを"
                "見る。出力層は数字の図案との距離を測る（ここではソフトマックス関数）。初期値の範囲はより狭い。"
                "2次の最適化手法で学習する（ここではAdam）。なおC5は入力全体を窓とするので、全結合層である。",
            ),
        ),
    ),
    terms=(
        ("LeNet-5", "LeNet-5（1998年のCNN）"),
        ("subsampling", "サブサンプリング"),
        ("squashing function", "活性化関数（スカッシング関数）"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(10, 50), "full": Preset(12, 128)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="inside",
        keep_at=(0.0, 1.0),
        seeds=6,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
