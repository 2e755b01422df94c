"""The textbook's deep network: what depth brings at equal weights, and what stays hard to read."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Preset, Task
from comparisons.harness.datasets import halved_mnist, mnist_subset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import ACCURACY

BOOK, LARGE = "6 of 3×3", "3 of 5×5"
DEEP, WIDE = "6 of 3×3, normalized", "3 of 5×5, normalized"
JAPANESE = {
    BOOK: "3×3を6層",
    LARGE: "5×5を3層",
    DEEP: "3×3を6層、正規化あり",
    WIDE: "5×5を3層、正規化あり",
}
# The learning rate 0.01 is the best of 0.005, 0.01 and 0.02 for each of them, on the validation
# images of seeds from 100 on.
SMALL = {"learning_rate": 0.01, "steps": 240}
SIX, THREE = {"filters": (6, 12, 24), "depth": 2}, {"filters": (6, 13, 25), "size": 5}
VARIANTS = {
    BOOK: {**SMALL, **SIX, "normalized": False},
    LARGE: {**SMALL, **THREE, "normalized": False},
    DEEP: {**SMALL, **SIX},
    WIDE: {**SMALL, **THREE},
}
# All of MNIST: the textbook's own network at its rate, and the normalized ones twice as wide at a
# rate that was not searched for.
EPOCHS, BATCH = 20, 100
WHOLE = {"side": 28, "steps": EPOCHS * 590}
OLD = {**WHOLE, "learning_rate": 0.001, "dropout": (0.5, 0.5)}
NEW = {**WHOLE, "learning_rate": 0.003, "dropout": (0.5, 0)}
FULL = {
    BOOK: {**OLD, "filters": (16, 32, 64)},
    LARGE: {**OLD, "filters": (17, 34, 67)},
    DEEP: {**NEW, "filters": (32, 64, 128)},
    WIDE: {**NEW, "filters": (33, 67, 135)},
}


def data(settings, seed):
    """Digits of 14 × 14, or all of MNIST."""
    if settings.preset == "full":
        return mnist_subset(validation=1_000, seed=seed)
    return halved_mnist(2_000, 500, 2_000, seed)


def accuracy(result, variant):
    """Accuracy on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["accuracy"], variant=variant)


def wrong(result, variant, column, seed):
    """Which of the test images are misread."""
    kept = result.kept(variant, column, seed)
    found = kept[max(kept)]
    return found["answers"] != found["labels"]


def misread_too(result):
    """The share of the deep network's errors that the one of larger filters makes too, by seed."""
    shares = []
    for seed in sorted({run["seed"] for run in result.runs()}):
        pairs = [[wrong(result, v, c, seed) for v in (DEEP, WIDE)] for c in result.implementations]
        shares.append(float(np.mean([other[own].mean() for own, other in pairs])))
    return shares


def misread(result):
    """The first digits that the deep network misreads, and which of them the other does too."""
    kept = result.kept(DEEP)
    found, others = kept[max(kept)], wrong(result, WIDE, "numpy", None)
    texts = [
        f"{found['labels'][place]} → {found['answers'][place]}{' *' if others[place] else ''}"
        for place in found["places"]
    ]
    return figures.images({" ": found["wrong"]}, texts, columns=10, size=56)


def maps(result):
    """What the six convolutions make of a test image."""
    kept = result.kept(DEEP)
    found = kept[max(kept)]
    pictures = {
        both(f"convolution {layer}", f"畳み込み層{layer}"): found[f"maps {layer}"]
        for layer in range(1, 7)
    }
    return figures.images(pictures, columns=6, size=40)


def draw(result):
    """The errors, the misread digits, and the feature maps."""
    errors = {
        both(variant, JAPANESE[variant]): 1 - np.array(accuracy(result, variant))
        for variant in VARIANTS
    }
    return [
        Figure(
            ("Depth, with and without normalization", "層の深さと正規化"),
            figures.bars(errors, x_title=("test error", "テストデータの誤り率"), unit="%"),
            (
                "Number and size of the convolutions; the lines are 95 % intervals over seeds. "
                "Three of 5×5 see as much of the image as six of 3×3 and have as many weights.",
                "畳み込み層の数と大きさ。線はシードについての95％信頼区間。5×5の3層は、3×3の6層と同じ広さの"
                "範囲を見て、重みの数もほぼ同じである。",
            ),
        ),
        Figure(
            ("What the deep network misreads", "深いネットワークが誤認識した数字"),
            misread(result),
            (
                "Below each test image what it is, and what the normalized network of six layers "
                "read. The star marks those that the one of 5×5 misreads too.",
                "各テスト画像の下に「正解 → 認識結果」を示す（正規化ありの6層）。"
                "*は5×5の3層も誤認識したもの。",
            ),
        ),
        Figure(
            ("What six convolutions make of a digit", "6つの畳み込み層の特徴マップ"),
            maps(result),
            (
                "The first six maps of each layer behind ReLU. The first layers answer to edges "
                "and strokes; with every pooling the maps get coarser.",
                "各層のReLUの出力のうち最初の6枚。初めの層はエッジや線に反応し、プーリングのたびにマップは"
                "粗くなる。",
            ),
        ),
    ]


SETTING = (
    "2,000 MNIST images of 14 × 14, each turned and shifted a little anew every time; 240 steps of "
    "Adam with 50 of them, at a learning rate that falls to 0 from 0.01, the best of three for "
    "each network on other seeds. Before each of three poolings two convolutions of 3×3 (6, 12, 24 "
    "filters) or one of 5×5 (6, 13, 25): about 15,700 weights or 15,900, and both see as much of the "
    "image; then 50 units and ten classes. ",
    "14×14に縮めたMNISTの画像2,000枚を、毎回少しずつ回転・移動させて使う。バッチサイズ50のAdamで240ステップ、"
    "学習率は0.01から0まで下げる（0.01は、別のシードで3通りのうちどのネットワークにも最も良かったもの）。"
    "3回のプーリングそれぞれの前に、3×3の畳み込み2層（フィルター6、12、24個）または5×5の1層（6、13、25個）を"
    "置く。重みは約15,700個と約15,900個で、画像の見える範囲も同じ。その後に50ユニットの層と10クラスの出力層。",
)
MARGIN = ("Half a point matters.", "0.5ポイントの差に意味がある。")


def depth(claim, source, said, deep, other, instead=None):
    """A claim on the test accuracies of six and of three convolutions."""
    return Claim(
        claim,
        source,
        tuple(map("".join, zip(SETTING, said, MARGIN))),
        (
            "test accuracy, six of 3×3 less three of 5×5",
            "テストデータの認識精度。3×3の6層の値から5×5の3層の値を引く",
        ),
        lambda result: (accuracy(result, deep), accuracy(result, other)),
        unit="%",
        margin=0.005,
        instead=instead,
    )


CLAIMS = (
    depth(
        ("A deeper network is better.", "層を深くするほど認識精度が上がる。"),
        "Saito, Deep Learning from Scratch, 8.1.3",
        ("No normalization, as in the textbook. ", "教科書と同じく正規化なし。"),
        BOOK,
        LARGE,
        (
            "More layers have to be trained, too. In so few steps the plain network of six gains "
            "nothing by them; normalized it does.",
            "層が増えれば、学習も難しくなる。この短い学習では、正規化のない6層に利点はない。正規化すれば"
            "利点が現れる。",
        ),
    ),
    depth(
        (
            "With batch normalization a deeper network is better.",
            "バッチ正規化を入れれば、層を深くするほど認識精度が上がる。",
        ),
        "Ioffe & Szegedy 2015; He et al. 2016",
        (
            "Batch normalization between each convolution and its ReLU. ",
            "各畳み込み層とReLUの間にバッチ正規化を入れる。",
        ),
        DEEP,
        WIDE,
    ),
    Claim(
        (
            "Most digits that one network misreads another one misreads too.",
            "あるネットワークが誤認識する数字の多くは、別のネットワークも誤認識する。",
        ),
        "common; Saito, Deep Learning from Scratch, 8.1.1, of digits hard for people too",
        (
            f"{SETTING[0]}Six of 3×3 and three of 5×5, normalized. Most means more than half.",
            f"{SETTING[1]}正規化ありの3×3の6層と5×5の3層。半数を超えれば「多く」とする。",
        ),
        (
            "share of the errors of six layers of 3×3 that three of 5×5 make too, less one half",
            "3×3の6層の誤りのうち5×5の3層も誤るものの割合から、0.5を引いた値",
        ),
        lambda result: (misread_too(result), 0.5),
        unit="%",
        instead=(
            "Networks of one kind share some of their errors, far more than by chance, but not "
            "most: the others are their own, and an ensemble can outvote them.",
            "誤りの一部は偶然よりはるかに多く共通するが、多くではない。残りはそれぞれに固有の誤りであり、"
            "アンサンブルの多数決で正せる。",
        ),
    ),
)

CONCEPT = Concept(
    title=("A deep convolutional network", "深い畳み込みニューラルネットワーク"),
    chapter=chapters.DEEP_NETWORKS.section(1),
    summary=(
        "The textbook's deep network puts two convolutions of 3×3 before each of three poolings, "
        "with He's initial weights, dropout and Adam. Two small windows in turn see as much as one "
        "large one, with fewer weights and one more ReLU; whether that pays depends on whether the "
        "layers can be trained.",
        "教科書の深いネットワークは、3回のプーリングそれぞれの前に3×3の畳み込み層を2層ずつ重ね、Heの初期値、"
        "ドロップアウト、Adamを使う。小さな窓を2回重ねると、大きな窓1つと同じ範囲が、より少ない重みで見え、"
        "ReLUも1つ増える。それが実際に役立つかどうかは、重ねた層をうまく学習できるかによる。",
    ),
    equations=(
        (
            r"h_l = \max(0, h_{l-1} * W_l + b_l), \quad l = 1 \dots 6",
            (
                "convolutions with ReLU; after every second one max pooling",
                "畳み込みとReLU。2層ごとに最大値プーリング",
            ),
        ),
        (
            r"\eta_t = \tfrac12 \eta_0 \left( 1 + \cos \frac{\pi t}{n} \right)",
            (
                "the learning rate of step t; it falls to 0 within n steps",
                "ステップtの学習率。nステップで0まで下がる",
            ),
        ),
    ),
    terms=(
        ("deep network", "深いネットワーク"),
        ("misclassified image", "誤認識された画像"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(6, 50), "full": Preset(EPOCHS, BATCH, build=FULL)},
        scores=(ACCURACY,),
        variants=VARIANTS,
        variants_ja=JAPANESE,
        train="train",
        keep="looked_at",
        proven_steps=2,
        seeds=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
