"""Small filters: the receptive field of a stack, and two of 3×3 against one of 5×5."""

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
from comparisons.harness.datasets import halved_mnist
from comparisons.harness.drawing import figures

DEPTH, SIDE = 6, 15
ONE, TWO, LINEAR = "one 5×5", "two 3×3", "two 3×3, no ReLU between"
# The best of 0.005, 0.01 and 0.02 on the validation images of seeds from 100 on; beyond them 0.04
# was worse for one 5×5, and 0.0025 for two 3×3.
VARIANTS = {
    ONE: {"sizes": (5,), "between": "relu", "learning_rate": 0.02},
    TWO: {"sizes": (3, 3), "between": "relu", "learning_rate": 0.005},
    LINEAR: {"sizes": (3, 3), "between": "linear", "learning_rate": 0.01},
}
JAPANESE = {ONE: "5×5を1つ", TWO: "3×3を2つ", LINEAR: "3×3を2つ、間にReLUなし"}


def data(settings, seed):
    """Digits of 14 × 14."""
    if settings.preset == "full":
        return halved_mnist(50_000, 5_000, 10_000, seed)
    return halved_mnist(1_500, 500, 2_000, seed)


def a_stack(seed):
    """Windows and strides: two convolutions, pooling, another convolution."""
    return {"sizes": np.array([3, 3, 2, 5]), "strides": np.array([1, 2, 2, 1])}


def two_kernels(seed):
    """Kernels of 3×3 and 2×2."""
    draw = np.random.default_rng(seed).normal
    return {"first": draw(size=(3, 3, 2, 4)), "second": draw(size=(2, 2, 4, 3))}


def ones(seed):
    """An image of which only the place in the middle is asked for, and kernels of ones."""
    dy = np.zeros((1, SIDE, SIDE, 1))
    dy[0, SIDE // 2, SIDE // 2] = 1
    kernels = {"small": np.ones((DEPTH, 3, 3, 1, 1)), "large": np.ones((5, 5, 1, 1))}
    return {"x": np.zeros_like(dy), "dy": dy, **kernels}


def accuracy(result, variant):
    """Accuracy on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["accuracy"], variant=variant)


def fields(result):
    """What the unit in the middle sees, by number of layers: how many ways lead there, by pixel."""
    found = result.arrays("ways")
    large = both("one 5×5", "5×5を1つ")
    stack = both("a stack of 3×3", "3×3を重ねる")

    def shares(ways):
        return (ways / ways.max())[None] ** 0.5  # the outermost pixels have few ways

    pictures = {
        depth: {stack: shares(found[f"small, {depth}"]), large: shares(found["large"])}
        for depth in range(1, DEPTH + 1)
    }
    chart = figures.images(pictures, columns=1, size=200)
    return figures.slider(chart, ("layers of 3×3", "3×3の層の数"), start=2)


def weights(result):
    """Weights of C channels to C channels that see so far: one layer, or as many of 3×3."""
    sizes = np.arange(3, 12, 2)
    series = {
        both("one layer", "1つの層"): sizes**2,
        both("layers of 3×3", "3×3の層を重ねる"): 9 * (sizes - 1) // 2,
    }
    return figures.lines(
        series,
        sizes,
        x_title=("pixels seen in a row", "受容野の1辺の画素数"),
        y_title=("weights, in units of C²", "重みの数（C²を単位とする）"),
    )


def draw(result):
    """Receptive fields, numbers of weights, and learned kernels of 5×5."""
    kept = {variant: sorted(result.kept(variant).items()) for variant in VARIANTS}
    learned = {
        both(variant, JAPANESE[variant]): found[-1][1]["whole"] for variant, found in kept.items()
    }
    return [
        Figure(
            ("What a unit sees", "ユニットから見える範囲"),
            fields(result),
            (
                "The brighter, the more ways lead from a pixel to the unit in the middle (the "
                "square root of their number). Two layers of 3×3 see as far as one of 5×5, every "
                "further one a pixel more on each side; but the edge of the field has few ways, "
                "its middle many.",
                "明るい画素ほど、中央のユニットへ至る経路が多い（経路の数の平方根で示す）。3×3を2層重ねると5×5の"
                "1層と同じ範囲が見え、1層増やすごとに各辺で1画素ずつ広がる。ただし経路の数は受容野の端では少なく、"
                "中央では多い。",
            ),
        ),
        Figure(
            ("How many weights it takes to see so far", "その範囲を見るのに必要な重みの数"),
            weights(result),
            (
                "C channels in and out. The weights of one layer grow with the square of the "
                "field's side, those of a stack of 3×3 with the side: 18 against 25, 45 against "
                "121.",
                "入力も出力もCチャンネルとする。1つの層では受容野の1辺の2乗に比例するが、3×3を重ねれば1辺に"
                "比例する。18対25、45対121となる。",
            ),
        ),
        Figure(
            ("Kernels of 5×5, learned in one and in two", "1層と2層で学習した5×5のカーネル"),
            figures.images(learned, columns=6, size=40),
            (
                "How the first of twelve maps goes into each of the next twelve: blue positive, "
                "orange negative. Two kernels of 3×3 are composed to the one of 5×5 that they "
                "amount to. Without ReLU between them that is all they are, but for the image's "
                "edges; with it the network can switch parts of them off, image by image.",
                "12枚のマップのうち1枚目が、次の12枚のマップにどう影響するか。青は正、橙は負。"
                "3×3を2つ重ねたものは、それと等価な5×5の1つに合成して示す。間にReLUがなければ、"
                "画像の端を除いてまったく同じものである。ReLUがあれば、"
                "画像ごとにその一部を働かせないようにもできる。",
            ),
        ),
    ]


SETTING = (
    "1,500 MNIST images of 14 × 14, 10 epochs of Adam. A convolution of 3×3 with 12 filters, "
    "pooling; then 12 filters of 5×5, or twice 12 of 3×3; pooling, ten classes. Each network at "
    "its best of three learning rates on other seeds (0.02, 0.005, and 0.01 without ReLU). ",
    "14×14に縮めたMNISTの画像1,500枚、Adamで10エポック。3×3のフィルター12個の畳み込み層、プーリング層、"
    "5×5のフィルター12個（または3×3を12個ずつ2層）、プーリング層、10クラスの出力層。学習率は、別のシードで"
    "3通りのうちそれぞれに最も良かったもの（順に0.02、0.005、ReLUなしで0.01）。",
)
CLAIMS = (
    Claim(
        (
            "Two convolutions of 3×3 do no worse than one of 5×5, with fewer weights.",
            "3×3の畳み込み2層は、5×5の1層より少ない重みで、それに劣らない。",
        ),
        "Simonyan & Zisserman 2015, 2.3; Saito, Deep Learning from Scratch, 8.1.3",
        (
            f"{SETTING[0]}2,616 weights against 3,612 between the poolings; worse means by more "
            "than a point.",
            f"{SETTING[1]}2つのプーリング層の間の重みは2,616個と3,612個。1ポイントを超えて下がれば"
            "劣るとみなす。",
        ),
        (
            "test accuracy, two 3×3 less one 5×5",
            "テストデータの正解率。「3×3を2つ」の値から「5×5を1つ」の値を引く",
        ),
        lambda result: (accuracy(result, TWO), accuracy(result, ONE)),
        unit="%",
        margin=-0.01,
    ),
    Claim(
        (
            "A ReLU between two convolutions of 3×3 makes them more accurate.",
            "3×3の畳み込み2層の間にReLUを入れると、正解率が上がる。",
        ),
        (
            "Simonyan & Zisserman 2015, 2.3 (a more discriminative decision function)",
            "Simonyan & Zisserman 2015, 2.3（識別力の高い決定関数）",
        ),
        (f"{SETTING[0]}Half a point matters.", f"{SETTING[1]}0.5ポイントの差に意味がある。"),
        (
            "test accuracy of two 3×3, with ReLU between less without",
            "「3×3を2つ」のテストデータの正解率。間にReLUがある値から、ない値を引く",
        ),
        lambda result: (accuracy(result, TWO), accuracy(result, LINEAR)),
        unit="%",
        margin=0.005,
    ),
)

CONCEPT = Concept(
    title=("Small filters", "小さなフィルター"),
    chapter=chapters.DEEP_NETWORKS.section(2),
    summary=(
        "Two convolutions of 3×3 in turn see the same 5×5 pixels as one of 5×5, with 18 weights "
        "in place of 25 for each pair of an input and an output channel, and with room for a ReLU "
        "between them. That is why deep networks are built of small filters.",
        "3×3の畳み込みを2回続けると、5×5の畳み込み1回と同じ5×5画素の範囲が見える。"
        "重みは入力チャンネルと出力チャンネルの組ごとに25個ではなく18個ですみ、"
        "間にReLUを入れることもできる。"
        "深いネットワークが小さなフィルターで作られるのはこのためである。",
    ),
    introduces=(
        Introduced(
            "receptive_field",
            r"r = 1 + \sum_l (k_l - 1) \prod_{i < l} s_i",
            (
                "A unit of the last layer sees r × r pixels, its receptive field. A layer whose "
                "windows have side k adds k − 1 steps; a step is the product of the strides s "
                "before it.",
                "最後の層のユニットに影響するのはr×r画素で、これを受容野という。"
                "窓の大きさがkの層は、それより前の層のストライドsの積を1歩として、"
                "k − 1歩分だけ受容野を広げる。",
            ),
            a_stack,
        ),
        Introduced(
            "composed_kernel",
            r"(x * a) * b = x * c, \quad c_{st} = \sum_{u+p=s, \, v+q=t} a_{uv} \, b_{pq}",
            (
                "Two convolutions (*) with nothing between them are one with a larger kernel c; "
                "at each place the kernels a and b are matrices from channels to channels.",
                "間に何も入らない2つの畳み込み（*）は、より大きなカーネルcの1つの畳み込みに等しい。"
                "カーネルaとbは、各位置で、入力チャンネルを出力チャンネルへ写す行列である。",
            ),
            two_kernels,
        ),
    ),
    terms=(
        ("receptive field", "受容野"),
        ("small filter", "小さなフィルター"),
        ("VGG", "VGGネットワーク"),
    ),
    demonstrations=(Demonstration("ways", ones),),
    task=Task(
        data=data,
        presets={"default": Preset(10, 50), "full": Preset(12, 128)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="kernels",
        seeds=6,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
