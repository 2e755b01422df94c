"""The textbook's deep network: depth at equal weights, and the digits that stay hard to read."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Preset, Task
from comparisons.harness.datasets import halved_mnist, mnist_subset
from comparisons.harness.drawing import figures

DEEP, WIDE = "6 convolutions", "3 convolutions, wider"
# 84,642 and 84,944 weights for 14×14 pixels.
VARIANTS = {
    DEEP: {"filters": (16, 32, 64), "depth": 2, "learning_rate": 0.005},
    WIDE: {"filters": (27, 54, 104), "depth": 1, "learning_rate": 0.005},
}
JAPANESE = {DEEP: "畳み込み6層", WIDE: "畳み込み3層、幅を広く"}
# With all of MNIST: 28×28 pixels, augmented, and the rate falls over all of the steps.
WHOLE = {"side": 28, "steps": 30 * 550}


def data(settings, seed):
    """Digits of 14×14 pixels in the default preset, all of MNIST in the full one."""
    if settings.preset == "full":
        return mnist_subset(seed=seed)
    return halved_mnist(1_500, 500, 2_000, seed)


def accuracy(result, variant):
    """Accuracy on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["accuracy"], variant=variant)


def kept(result, variant, column, seed):
    """What was kept after the last epoch."""
    found = result.kept(variant, column, seed)
    return found[max(found)]


def misread_by_both(result):
    """Which share of what the deep network misreads the other misreads too, by seed."""
    shares = []
    for seed in sorted({run["seed"] for run in result.runs()}):
        of_columns = []
        for column in result.implementations:
            deep, wide = (kept(result, variant, column, seed) for variant in VARIANTS)
            wrong = deep["answers"] != deep["labels"]
            of_columns.append((wide["answers"] != wide["labels"])[wrong].mean())
        shares.append(float(np.mean(of_columns)))
    return shares


def misread(result):
    """The first digits that each network misreads, with what they are and what it read."""
    pictures, texts = {}, {}
    for variant in VARIANTS:
        name = both(variant, JAPANESE[variant])
        found = kept(result, variant, "numpy", None)
        right, read = (found[key][found["places"]] for key in ("labels", "answers"))
        pictures[name] = found["wrong"]
        texts[name] = [f"{a} → {b}" for a, b in zip(right, read)]
    return figures.images(pictures, texts, columns=5, size=52)


def maps(result):
    """What the six convolutions make of a test image."""
    found = kept(result, DEEP, "numpy", None)
    pictures = {
        both(f"convolution {layer}", f"畳み込み層{layer}"): found[f"maps {layer}"]
        for layer in range(1, 7)
    }
    return figures.images(pictures, columns=6, size=36)


def draw(result):
    """The misread digits, and the feature maps."""
    return [
        Figure(
            ("What stays hard to read", "誤って認識された数字"),
            misread(result),
            (
                "Below each test image: what it is, and what the network read.",
                "各テスト画像の下に「正解 → 認識結果」を示す。",
            ),
        ),
        Figure(
            ("What six convolutions make of a digit", "6つの畳み込み層の特徴マップ"),
            maps(result),
            (
                "The first six maps of each layer. Edges at first; with every pooling the maps get "
                "coarser, and say what is there rather than where.",
                "各層の最初の6枚のマップ。初めの層はエッジに反応する。プーリングのたびにマップは粗くなり、どこに"
                "あるかよりも何があるかを表すようになる。",
            ),
        ),
    ]


SETTING = (
    "1,500 MNIST images of 14 × 14, 6 epochs of Adam in batches of 50, each network at its best of "
    "three learning rates on other seeds. Six convolutions of 3×3 with 16, 16, 32, 32, 64, 64 "
    "filters, against three with 27, 54, 104: 84,642 and 84,944 weights. ",
    "14×14に縮めたMNISTの画像1,500枚、Adamで6エポック（バッチサイズ50）。学習率は、別のシードで3通りのうち"
    "それぞれに最も良かったもの。3×3のフィルター16、16、32、32、64、64個の畳み込み6層と、27、54、104個の3層を"
    "比べる。重みは84,642個と84,944個。",
)
CONCEPT = Concept(
    title=("A deep convolutional network", "深い畳み込みニューラルネットワーク"),
    chapter=chapters.DEEP_NETWORKS.section(1),
    summary=(
        "The textbook's deep network stacks six convolutions of 3×3, two before each pooling, with "
        "He's initial weights, dropout and Adam. What such a network still misreads, people often "
        "cannot read either.",
        "教科書の深いネットワークは、3×3の畳み込み層を、プーリングの前に2層ずつ計6層重ね、Heの初期値、ドロップ"
        "アウト、Adamを使う。このネットワークが誤る数字には、人間にも読みにくいものが多い。",
    ),
    equations=(
        (
            r"h_l = \max(0, h_{l-1} * W_l + b_l), \quad l = 1 \dots 6",
            (
                "convolutions with ReLU; after every second one max pooling",
                "畳み込みとReLU。2層ごとに最大値プーリング",
            ),
        ),
    ),
    terms=(("deep network", "深いネットワーク"), ("misclassified image", "誤認識された画像")),
    task=Task(
        data=data,
        presets={"default": Preset(6, 50), "full": Preset(30, 100, build=WHOLE)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="mistakes",
        seeds=5,
    ),
    claims=(
        Claim(
            (
                "A deeper network is better than a wider one of as many weights.",
                "重みの数が同じなら、幅を広げるより層を深くするほうが認識精度が高い。",
            ),
            "Saito, Deep Learning from Scratch, 8.1.3; Simonyan & Zisserman 2015",
            (f"{SETTING[0]}Half a point matters.", f"{SETTING[1]}0.5ポイントの差に意味がある。"),
            (
                "test accuracy, six convolutions less three",
                "テストデータの認識精度。6層の値から3層の値を引く",
            ),
            lambda result: (accuracy(result, DEEP), accuracy(result, WIDE)),
            unit="%",
            margin=0.005,
            instead=("", ""),
        ),
        Claim(
            (
                "Most digits that one network misreads another one misreads too.",
                "あるネットワークが誤る数字の多くは、別のネットワークも誤る。",
            ),
            "Saito, Deep Learning from Scratch, 8.1.1, of digits that people cannot read either",
            (f"{SETTING[0]}Most means more than half.", f"{SETTING[1]}半数を超えれば「多く」とする。"),
            (
                "share of the six layers' errors that the three layers make too",
                "6層の誤りのうち、3層も誤るものの割合",
            ),
            lambda result: (misread_by_both(result), 0.5),
            unit="%",
        ),
    ),
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
