"""Pooling: what it does with a shifted image, and what a network gains by it."""

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

SHIFTS = tuple(range(5))
STRIDE, MAX, AVERAGE = "stride 2", "max pooling", "average pooling"
JAPANESE = {STRIDE: "ストライド2", MAX: "最大値プーリング", AVERAGE: "平均値プーリング"}
PANELS = {
    "image": both("image, 28×28", "画像（28×28）"),
    "max": both("max pooling, 7×7", "最大値プーリング（7×7）"),
    "average": both("average pooling, 7×7", "平均値プーリング（7×7）"),
}


def data(settings, seed):
    """MNIST as images: a part in the default preset, all of it in the full one."""
    if settings.preset == "full":
        return mnist_subset(seed=seed)
    return mnist_subset(3_000, 500, 2_000, seed)


def some_images(seed):
    """Two images of two channels, windows that overlap along one axis, strides that differ."""
    x = np.random.default_rng(seed).normal(size=(2, 6, 5, 2))
    return {"x": x, "pool_size": (2, 3), "strides": (2, 1)}


def some_digits(seed):
    """Four digits, and how far to shift them."""
    x = mnist_subset(100, 10, 10, seed).x_train[:4]
    return {"x": x, "shifts": SHIFTS, "pool_size": (4, 4)}


def accuracies(result, variant):
    """Accuracy by shift: a row for each seed, the mean of the columns."""
    seeds = sorted({run["seed"] for run in result.runs(variant=variant)})
    kept = [
        [list(result.kept(variant, c, s).values())[-1]["accuracy"] for c in result.implementations]
        for s in seeds
    ]
    return np.mean(kept, axis=1)


def lost(result, variant):
    """Accuracy lost by a shift of two pixels, by seed."""
    found = accuracies(result, variant)
    return list(found[:, 0] - found[:, 2])


def test_accuracy(run):
    """Accuracy on the test images."""
    return run["scores"]["test"]["accuracy"]


def enlarged(pictures):
    """Pictures at the size of the images, so that they stand alike side by side."""
    times = 28 // pictures.shape[1]
    return pictures.repeat(times, axis=1).repeat(times, axis=2)


def pictures(result):
    """Digits on their way to the right, and how well networks still read them."""
    found = result.arrays("shift")
    digits = {
        pixels: {name: enlarged(found[f"{way}, {pixels}"][..., 0]) for way, name in PANELS.items()}
        for pixels in SHIFTS
    }
    return [
        Figure(
            ("Shifted digits and what pooling makes of them", "ずらした数字とプーリングの結果"),
            figures.slider(
                figures.images(digits, columns=2, size=100, panels=3),
                ("shift in pixels", "ずらす画素数"),
            ),
            (
                "Windows of 4×4. A pixel or two change the pooled picture less than the image "
                "itself: much of a stroke stays within its windows.",
                "4×4の窓。1、2画素ずらしても、線の多くは同じ窓の中にとどまるので、プーリング後の画像の"
                "変化は元の画像の変化より小さい。",
            ),
        ),
        Figure(
            ("Accuracy on shifted digits", "ずらした数字に対する正解率"),
            figures.lines(
                {both(*pair): accuracies(result, pair[0]) for pair in JAPANESE.items()},
                SHIFTS,
                x_title=("shift in pixels", "ずらす画素数"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
            ),
        ),
    ]


SETTING = (
    "3,000 MNIST images, two convolutions of 5×5; each is followed by pooling of 2×2, or has "
    "stride 2 instead: 5,994 weights either way, though with pooling a convolution computes four "
    "times as many places. Adam with learning rate 0.01: on validation images of other seeds none "
    "of 0.003, 0.005 and 0.02 was better by more than 0.1 points in any of the three networks.",
    "MNISTの画像3,000枚、5×5の畳み込み層2つ。各畳み込み層の後に2×2のプーリングを置くか、代わりに"
    "ストライドを2とする。重みの数はどちらも5,994個だが、プーリングを置くと畳み込みの計算は4倍になる。"
    "学習率0.01のAdamを使う。別のシードの検証データでは、0.003、0.005、0.02のどれも、"
    "3つのネットワークのいずれでも0.01を0.1ポイントより大きく上回ることはなかった。",
)
CLAIMS = (
    Claim(
        claim=(
            "Pooling makes a network tolerate small shifts.",
            "プーリングを使うと、ネットワークは小さなずれに対して頑健になる。",
        ),
        source="Saito, Deep Learning from Scratch, 7.3.1; Scherer et al. 2010",
        experiment=(
            f"{SETTING[0]} The test images are shifted to the right by two pixels.",
            f"{SETTING[1]}テスト画像を右に2画素ずらす。",
        ),
        metric=(
            "test accuracy lost by the shift, stride 2 less the mean of max and average pooling",
            "ずらしたことによるテストデータの正解率の低下。ストライド2の値から、最大値プーリングと"
            "平均値プーリングの平均を引く",
        ),
        measure=lambda result: (
            lost(result, STRIDE),
            list(np.mean([lost(result, MAX), lost(result, AVERAGE)], axis=0)),
        ),
        unit="%",
    ),
    Claim(
        claim=(
            "Max pooling makes a network more accurate than average pooling.",
            "最大値プーリングは、平均値プーリングより正解率を高める。",
        ),
        source="Scherer et al. 2010, Evaluation of pooling operations",
        experiment=SETTING,
        metric=(
            "test accuracy, max less average pooling",
            "テストデータの正解率。最大値プーリングの値から平均値プーリングの値を引く",
        ),
        measure=lambda result: (
            result.by_seed(test_accuracy, variant=MAX),
            result.by_seed(test_accuracy, variant=AVERAGE),
        ),
        unit="%",
    ),
)

CONCEPT = Concept(
    title=("Max pooling and average pooling", "最大値プーリングと平均値プーリング"),
    chapter=chapters.CONVOLUTION.section(2),
    summary=(
        "Pooling keeps one number of each window of a feature map: the largest or the mean. It has "
        "no weights, works in each channel by itself, and makes the map smaller. Where in its "
        "window a feature lies matters less then, so a small shift changes little.",
        "プーリングは、特徴マップの窓ごとに最大値または平均値を1つだけ残す。学習する重みはなく、"
        "チャンネルごとに独立に計算し、特徴マップを小さくする。特徴が窓の中のどこにあるかの影響が弱まるため、"
        "小さくずれても結果はあまり変わらない。",
    ),
    introduces=(
        Introduced(
            "max_pooling",
            r"y_{ij} = \max_{u,v} x_{si+u, \, sj+v} = x_{m(i,j)}, \quad "
            r"\frac{\partial L}{\partial x_{ab}} = "
            r"\sum_{m(i,j) = (a,b)} \frac{\partial L}{\partial y_{ij}}",
            (
                "The largest entry of the window at (i, j), and m(i, j) is where it stands (the "
                "first of several); s is the stride. A pixel gets the gradients of the windows "
                "whose largest it is, and all others get nothing.",
                "位置(i, j)の窓の最大値をとる。m(i, j)はその最大値の位置（複数あれば最初のもの）、"
                "sはストライド。画素には、それが最大値となる窓の勾配だけが渡り、"
                "ほかの画素には何も渡らない。",
            ),
            some_images,
            helpers=("entries",),
        ),
        Introduced(
            "average_pooling",
            r"y_{ij} = \frac{1}{k} \sum_{u,v} x_{si+u, \, sj+v}, \quad "
            r"\frac{\partial L}{\partial x_{ab}} = "
            r"\frac{1}{k} \sum_{si+u=a, \, sj+v=b} \frac{\partial L}{\partial y_{ij}}",
            (
                "The mean of the window's k entries. Each of them gets one k-th of its gradient.",
                "窓のk個の要素の平均をとる。勾配は、そのどの要素にもk分の1ずつ渡る。",
            ),
            some_images,
        ),
    ),
    terms=(
        ("pooling layer", "プーリング層"),
        ("max pooling", "最大値プーリング（Maxプーリング）", "layers.MaxPooling2D"),
        ("average pooling", "平均値プーリング（Averageプーリング）", "layers.AveragePooling2D"),
        ("robust to small shifts", "微小な位置変化に対して頑健"),
    ),
    demonstrations=(Demonstration("shift", some_digits),),
    task=Task(
        data=data,
        presets={"default": Preset(6, 100), "full": Preset(12, 128)},
        variants={v: {"pooling": p} for v, p in zip(JAPANESE, ("", "max", "average"))},
        variants_ja=JAPANESE,
        keep="tolerance",
        seeds=5,
    ),
    claims=CLAIMS,
    figures=pictures,
    minutes=3.0,
)

if __name__ == "__main__":
    run_script(__file__)
