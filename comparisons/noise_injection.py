"""Noise injection: the penalty that it amounts to, and what a network gains by it."""

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
    versus,
)
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import ACCURACY

# The best of 0.5, 0.75 and 1 on inputs, first for clean and then for noisy images, and of 1, 1.5, 2
# and 3 on hidden layers for noisy ones; on validation images of seeds from 100 on.
NONE, INPUTS = "no noise", "noise on inputs"
MORE, HIDDEN = "more noise on inputs", "noise on hidden layers"
VARIANTS = {
    NONE: {},
    INPUTS: {"on_inputs": 0.5},
    MORE: {"on_inputs": 0.75},
    HIDDEN: {"on_hidden": 2.0},
}
JAPANESE = {
    NONE: "ノイズなし",
    INPUTS: "入力にノイズ",
    MORE: "入力に大きめのノイズ",
    HIDDEN: "隠れ層にノイズ",
}
STDDEVS = (0.0, 0.25, 0.5, 0.75, 1.0)
DISTURBANCES = [tenths / 10 for tenths in range(11)]
TESTED = 6  # the place of 0.6 among them


def data(settings, seed):
    """300 training images: few enough to be learned by heart."""
    return mnist_subset(300, 1_000, 5_000, seed, flat=True)


def some_units(seed):
    """Inputs for the noise."""
    return {"x": np.random.default_rng(seed).normal(size=(6, 5)), "stddev": 0.3}


def examples(seed):
    """Fifty noisy examples of a linear relation with eight inputs."""
    draw = np.random.default_rng(seed).normal
    x, w = draw(size=(50, 8)), draw(size=(8, 1))
    return {"x": x, "y": x @ w + draw(size=(50, 1))}


def explained(arrays):
    """Share of the change by noise that the penalty makes as well, the mean over sizes of noise."""
    noise, penalty = arrays["noise"][1:], arrays["penalty"]
    missed, change = noise - penalty[1:], noise - penalty[0]
    return 1 - np.mean(np.linalg.norm(missed, axis=1) / np.linalg.norm(change, axis=1))


def test_accuracy(run):
    """Accuracy on the test images."""
    return run["scores"]["test"]["accuracy"]


def kept(result, variant, name, column="numpy", seed=None):
    """Accuracies on disturbed test images after training."""
    found = result.kept(variant, column, seed)
    return found[max(found)][name]


def on_disturbed(name, larger, smaller, place=...):
    """A claim's measure: the accuracy of two variants on disturbed test images."""

    def by_seed(result, variant):
        seeds = sorted({run["seed"] for run in result.runs(variant=variant)})
        return [
            np.mean([kept(result, variant, name, c, s)[place] for c in result.implementations])
            for s in seeds
        ]

    return lambda result: (by_seed(result, larger), by_seed(result, smaller))


def linear_weights(result):
    """Four weights by the size of the noise, and by the penalty that matches it."""
    found = result.arrays("linear")
    ways = {
        both("noise on the inputs", "入力にノイズ"): found["noise"],
        both("penalty λ = Nσ²", "ペナルティλ = Nσ²"): found["penalty"],
    }
    by_weight = {
        way: {f"w{number}": found[:, number - 1] for number in range(1, 5)}
        for way, found in ways.items()
    }
    titles = {"x_title": ("σ", "σ"), "y_title": ("weight", "重み")}
    return figures.lines(figures.in_panels(by_weight, STDDEVS), **titles, panels=2)


def draw(result):
    """Digits under noise, the weights of the linear model, and accuracy by noise at test time."""
    digits = mnist_subset(10, 10, 10, 0, flat=True).x_train
    noise = np.random.default_rng(0).standard_normal(digits.shape)
    noisy = {
        size: {both("input", "入力"): np.clip(digits + size * noise, 0, 1).reshape(-1, 28, 28)}
        for size in DISTURBANCES
    }
    accuracies = {
        both(name, JAPANESE[name]): np.stack(
            [
                kept(result, name, "noise", run["implementation"], run["seed"])
                for run in result.runs(variant=name)
            ]
        )
        for name in VARIANTS
    }
    return [
        Figure(
            ("What the network sees", "ネットワークが見る入力"),
            figures.slider(figures.images(noisy), ("standard deviation σ", "標準偏差σ"), start=0.5),
            (
                "Drawn anew in each training step: the network never sees the same image twice. "
                "(Drawn here between black and white; the network gets the numbers beyond, too.)",
                "ノイズは学習のステップごとに新しく生成するので、ネットワークが同じ画像を2度見るこ"
                "とはない（図では黒と白の範囲に収めて描いたが、実際にはその範囲を超える値も入力さ"
                "れる）。",
            ),
        ),
        Figure(
            ("Noise is a penalty", "ノイズはペナルティと同じ働きをする"),
            linear_weights(result),
            (
                "Four of the eight weights of a linear model: with noise of standard deviation σ "
                "on the inputs, and with a penalty on the squared weights in its place. Both "
                "shrink them alike.",
                "線形モデルの8個の重みのうち4個。入力に標準偏差σのノイズを加えた場合と、代わりに重みの2乗に"
                "ペナルティを課した場合とで、重みは同じように縮む。",
            ),
        ),
        Figure(
            ("Accuracy under noise at test time", "テスト時のノイズと正解率"),
            figures.lines(
                accuracies,
                DISTURBANCES,
                x_title=("standard deviation at test time", "テスト時のノイズの標準偏差"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
            ),
            (
                "At 0: clean images. Thin: the single runs. In training the deviation was 0.5, "
                "or (more) 0.75, on the inputs, and 2 on the hidden layers.",
                "0はノイズのない画像。細い線は1回ごとの学習。学習時のノイズの標準偏差は、入力では0.5"
                "（大きめは0.75）、隠れ層では2。",
            ),
        ),
    ]


SETTING = (
    "300 MNIST images, two hidden layers of 100, Adam, 40 epochs. Sizes of the noise were the best "
    "of those tried on the validation images of other seeds: on inputs 0.5 for clean images and "
    "0.75 for noisy ones, on hidden layers 2 for noisy ones. ",
    "MNISTの画像300枚、100ユニットの隠れ層2つ、Adam、40エポック。ノイズの標準偏差は、"
    "別のシードの検証データで最も良かったもの。入力では、ノイズのない画像に対しては0.5、"
    "ノイズのある画像に対しては0.75。隠れ層では、ノイズのある画像に対して2。",
)
CLAIMS = (
    Claim(
        (
            "For a linear model noise on the inputs acts as a penalty on the squared weights.",
            "線形モデルでは、入力のノイズは重みの2乗に対するペナルティとして働く。",
        ),
        "Bishop 1995, Training with noise is equivalent to Tikhonov regularization",
        (
            "50 examples of eight inputs, each seen 200 times with fresh noise of σ = 0.25 to 1, "
            "against the penalty with λ = 50 σ². How much of what the noise changes in the "
            "weights does the penalty change as well?",
            "8個の入力をもつデータ50個に、毎回新しいノイズ（σ = 0.25～1）を加えて200回ずつ使う。"
            "これをλ = 50σ²のペナルティと比べ、ノイズによる重みの変化のうちどれだけがペナルティで"
            "も生じるかを測る。",
        ),
        (
            "share of the change that the penalty makes as well (at least 90 %)",
            "ペナルティでも生じる変化の割合（90%以上を求める）",
        ),
        versus("linear", explained, lambda arrays: 0.0),
        unit="%",
        margin=0.9,
    ),
    Claim(
        (
            "Noise on the inputs makes the network more accurate on new data.",
            "入力にノイズを加えて学習すると、未知のデータに対する正解率が上がる。",
        ),
        "Goodfellow et al., Deep Learning, 7.5; Sietsma & Dow 1991",
        (
            f"{SETTING[0]}Clean test images; noise of 0.5 on inputs against none.",
            f"{SETTING[1]}ノイズのないテスト画像で、入力のノイズ（0.5）の有無を比べる。",
        ),
        (
            "test accuracy, with less without noise",
            "テストデータの正解率。ノイズありの値からなしの値を引く",
        ),
        lambda result: tuple(
            result.by_seed(test_accuracy, variant=name) for name in (INPUTS, NONE)
        ),
        unit="%",
        margin=0.005,
        instead=(
            "On clean images the gain is less than half a point here.",
            "ノイズのない画像では、ここでの向上は0.5ポイントに満たない。",
        ),
    ),
    Claim(
        (
            "Noise in training makes the network robust to noise later.",
            "ノイズを加えて学習すると、推論時のノイズに強くなる。",
        ),
        "Goodfellow et al., Deep Learning, 7.5",
        (
            f"{SETTING[0]}Test images with noise of 0.6; noise of 0.5 on inputs against none.",
            f"{SETTING[1]}標準偏差0.6のノイズを加えたテスト画像で、入力のノイズ（0.5）の有無を比べる。",
        ),
        (
            "accuracy on noisy test images, with less without",
            "ノイズのあるテスト画像の正解率。ありの値からなしの値を引く",
        ),
        on_disturbed("noise", INPUTS, NONE, TESTED),
        unit="%",
        margin=0.02,
    ),
    Claim(
        (
            "What has become robust to noise is robust to other changes too.",
            "ノイズに強くなったネットワークは、ほかの変化にも強い。",
        ),
        ("a common reading of robustness", "頑健性のよくある解釈"),
        (
            f"{SETTING[0]}Test images moved by a pixel, right and down; noise of 0.5 on inputs "
            "against none.",
            f"{SETTING[1]}右と下に1画素ずつ動かしたテスト画像で、入力のノイズ（0.5）の有無を比べる。",
        ),
        (
            "accuracy on moved test images, with noise on inputs less without",
            "動かしたテスト画像の正解率。入力のノイズありの値からなしの値を引く",
        ),
        on_disturbed("moved", INPUTS, NONE),
        unit="%",
        margin=0.02,
        instead=(
            "It is robust to what it has seen. Moves have to be shown to it as moves.",
            "強くなるのは、学習中に見た種類の変化に対してだけである。移動に強くするには、"
            "移動した画像を見せる必要がある。",
        ),
    ),
    Claim(
        (
            "Noise on hidden layers helps against noisy inputs as much as noise on inputs does.",
            "隠れ層のノイズも、入力のノイズと同じだけ、ノイズのある入力への頑健性を高める。",
        ),
        (
            "Goodfellow et al., Deep Learning, 7.5, on noise in hidden units",
            "Goodfellow et al., Deep Learning, 7.5（隠れユニットへのノイズについて）",
        ),
        (
            f"{SETTING[0]}Test images with noise of 0.6; both at the size that is best for noisy "
            "images. As much means: worse by less than two points.",
            f"{SETTING[1]}標準偏差0.6のノイズを加えたテスト画像で、それぞれノイズのある画像に最も良い"
            "大きさで比べる。劣っていてもその差が2ポイント未満なら同等とみなす。",
        ),
        (
            "accuracy on noisy test images, hidden layers less inputs",
            "ノイズのあるテスト画像の正解率。隠れ層のノイズでの値から入力のノイズでの値を引く",
        ),
        on_disturbed("noise", HIDDEN, MORE, TESTED),
        unit="%",
        margin=-0.02,
        instead=(
            "Noise on hidden units of a fixed size fades beside units that learn to give larger "
            "numbers; on the inputs, whose size is given, it does not.",
            "ユニットがより大きな値を出力するように学習すると、大きさの決まった隠れ層のノイズは相"
            "対的に小さくなる。入力の大きさは決まっているので、入力のノイズではそうならない。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Noise injection", "ノイズの付加"),
    chapter=chapters.TECHNIQUES.section(11),
    summary=(
        "Add fresh random noise to the inputs, or to what the hidden layers give, in each training "
        "step, and none at prediction. The network cannot rely on exact values, so its answer has "
        "to change little when an input changes a little. For a linear model the noise acts "
        "on average as a penalty on the squared weights.",
        "学習のステップごとに、入力や隠れ層の出力に新しいランダムなノイズを加え、"
        "推論時には加えない。ネットワークは細かな値に頼れなくなり、入力が少し変わっても出力があま"
        "り変わらないように学習する。線形モデルでは、ノイズは平均すると重みの2乗に対するペナルティ"
        "として働く。",
    ),
    introduces=(
        Introduced(
            "gaussian_noise",
            r"y_i = x_i + \sigma \, n_i, \quad n_i \sim \mathcal{N}(0, 1), \quad "
            r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial y_i}",
            (
                "Training only; σ is the standard deviation, in the units of x.",
                "学習時のみ。σは標準偏差で、単位はxと同じ。",
            ),
            some_units,
        ),
        Introduced(
            "ridge",
            r"w = (X^\top X + \lambda I)^{-1} X^\top y",
            (
                "Least squares with the penalty λ‖w‖²: the normal equation with λ on the diagonal.",
                "ペナルティλ‖w‖²を加えた最小二乗法（リッジ回帰）。正規方程式の対角成分にλを足す。",
            ),
            lambda seed: {**examples(seed), "strength": 2.0},
        ),
    ),
    equations=(
        (r"y = x", ("At prediction there is no noise.", "推論時にはノイズを加えない。")),
        (
            r"\mathbb{E} \, \| (X + \sigma Z) w - y \|^2 = \| X w - y \|^2 + N \sigma^2 \| w \|^2",
            (
                "Why noise is a penalty: the mean over the noise Z of deviation 1, for N examples. "
                "The cross terms vanish, since the noise has mean 0.",
                "ノイズがペナルティになる理由。データN個について、標準偏差1のノイズZに関する平均をとる。"
                "ノイズの平均は0なので、交差項は消える。",
            ),
        ),
    ),
    terms=(
        ("Gaussian noise", "ガウスノイズ（正規分布に従うノイズ）", "layers.GaussianNoise"),
        ("noise injection", "ノイズの付加"),
        ("robustness", "頑健性（ロバスト性）"),
        ("ridge regression", "リッジ回帰"),
    ),
    demonstrations=(
        Demonstration(
            "linear",
            lambda seed: {**examples(seed), "stddevs": STDDEVS, "copies": 200},
            seeds=10,
            measured=("noise",),  # each half draws its own
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(40, 50), "full": Preset(200, 50)},
        scores=(ACCURACY,),
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="disturbed",
        seeds=10,
        first_seed=20,  # on those before them hidden layers had noise that suits clean images
        proven_steps=10,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
