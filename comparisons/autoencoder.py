"""Autoencoders on small digits: PCA's subspace, images without noise, and a plane of codes."""

from dataclasses import replace

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
    Settings,
    Task,
    versus,
)
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures
from comparisons.harness.scores import MEAN_SQUARED_ERROR

SEEDS, CODES, STEPS = 5, 8, (0, 20, 50, 100, 200, 400)
DENOISING, TWO = "denoising", "two codes"
NAMES = {
    "clean": both("clean", "元の画像"),
    "noisy": both("noisy", "ノイズあり"),
    "PCA": "PCA",
    DENOISING: both("denoising autoencoder", "デノイジングオートエンコーダ"),
}


def data(settings, seed):
    """Clean images to train and validate on; for the test the input is noisy, the target clean."""
    full = settings.preset == "full"
    part = shrunk_mnist(*((55_000, 5_000, None) if full else (3_000, 500, 1_000)), seed)
    noise = np.random.default_rng(seed).standard_normal(part.x_test.shape, "float32")
    targets = {f"y_{name}": getattr(part, f"x_{name}") for name in ("train", "validation", "test")}
    said = (
        f"{part.description[0]}; the target is the image itself; test images are given with "
        "Gaussian noise of standard deviation 1",
        f"{part.description[1]}出力の目標は画像そのもの。テストでは、標準偏差1のガウスノイズを加えた"
        "画像を入力する。",
    )
    return replace(part, x_test=part.x_test + noise, **targets, description=said)


def centred(seed):
    """Images less their mean, and random weights to begin with."""
    x = shrunk_mnist(1_000, 50, 50, seed).x_train
    draw = np.random.default_rng(seed).normal
    start = {"encoder": draw(0, 0.1, (49, CODES)), "decoder": draw(0, 0.1, (CODES, 49))}
    return {"x": x - x.mean(axis=0), **start, "learning_rate": 4.0, "steps": STEPS}


def some_examples(seed):
    """Eight examples of six numbers, and weights with a code of three."""
    draw = np.random.default_rng(seed).normal
    weights = {"encoder": draw(size=(6, 3)), "decoder": draw(size=(3, 6))}
    return {"x": draw(size=(8, 6)), "number": 3, **weights}


def kept(name, variant):
    """A claim's side: a number that was kept of a trained variant, by seed."""

    def own(result, run):
        found = result.kept(variant, run["implementation"], run["seed"])
        return float(found[max(found)][name])

    return lambda result: result.by_seed(lambda run: own(result, run), variant=variant)


def noisy_error(variant):
    """A claim's side: a variant's error on noisy test images, by seed."""
    return lambda result: result.by_seed(
        lambda run: run["scores"]["test"]["mean_squared_error"], variant=variant
    )


def last_overlap(arrays):
    """The share of PCA's subspace that the decoder's rows span at the end."""
    return float(arrays["overlaps"][-1])


def likeness(arrays):
    """|cos| of a decoder's row and the component most like it, mean over the rows."""
    rows = unit(arrays["decoders"][-1])
    return float(np.abs(rows @ arrays["components"]).max(axis=1).mean())


def unit(rows):
    """Rows of length 1."""
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def pixels(x):
    """Pictures of 7×7 with pixels from 0 to 1."""
    return np.clip(0.2 * x + 0.13, 0, 1).reshape(-1, 7, 7)


def draw(result):
    """Components beside decoder rows, cleaned images, and the plane of two codes."""
    linear, part = result.arrays("subspaces"), data(Settings(), 0)
    components = linear["components"].T.reshape(-1, 7, 7)
    rows = {
        step: {
            both("PCA", "主成分"): components,
            both("rows of the decoder", "デコーダの重みの各行"): unit(own).reshape(-1, 7, 7),
        }
        for step, own in zip(STEPS, linear["decoders"])
    }
    found = {variant: result.kept(variant) for variant in (DENOISING, TWO)}
    last = {variant: own[max(own)] for variant, own in found.items()}
    cleaned = {
        NAMES["clean"]: part.y_test[:10],
        NAMES["noisy"]: part.x_test[:10],
        NAMES["PCA"]: last[DENOISING]["cleaned by PCA"],
        NAMES[DENOISING]: last[DENOISING]["cleaned"],
    }
    planes = {epoch: {"": pixels(own["plane"])} for epoch, own in found[TWO].items()}
    return [
        Figure(
            ("The same subspace, another basis", "同じ部分空間、異なる基底"),
            figures.slider(
                figures.images(rows, columns=CODES, size=52, panels=1), ("step", "ステップ"), 400
            ),
            (
                "Blue is positive, orange negative. In the end each row is a mixture of the "
                "components: together they span the same subspace, but no row has to be one of "
                "them, and they have no order.",
                "青は正、橙は負。学習後の各行は主成分を混ぜ合わせたものである。全体では同じ部分空間を"
                "張るが、各行が主成分に一致するわけではなく、順序もない。",
            ),
        ),
        Figure(
            ("Noise removed", "ノイズの除去"),
            figures.images({name: pixels(own) for name, own in cleaned.items()}, panels=1),
            (
                "Test images. PCA takes the number of components that suits validation images "
                "best: a plane through the data, onto which it projects. The autoencoder has "
                "learned where digits are.",
                "テスト画像の例。PCAは、検証データで次元数を選んだ部分空間への射影である。オートエンコーダは、"
                "数字の画像が空間のどこにあるかを学習している。",
            ),
        ),
        Figure(
            ("The plane of codes, decoded", "2次元の潜在変数をデコードした画像"),
            figures.slider(
                figures.images(planes, columns=15, size=28), ("epoch", "エポック"), max(planes)
            ),
            (
                "A code is two numbers, each over the middle 96 % of what the test images have. "
                "Nothing made the codes fill the plane, so between digits lie pictures of none.",
                "テスト画像の潜在変数の範囲（中央96%）を格子状にデコードした。平面を隙間なく"
                "埋めるような制約はないので、数字と数字の間には、どの数字にも見えない画像が現れる。",
            ),
        ),
    ]


SETTING = (
    "3,000 MNIST images of 7×7, standardised; autoencoders 49-128-code-128-49, 15 epochs, the "
    "rate settled on other seeds. ",
    "MNISTの画像3,000枚（7×7に縮小し標準化）。49-128-潜在変数-128-49のオートエンコーダを15エポック学習する。"
    "学習率は別のシードで決めた。",
)
NOISE = (
    "Noise of standard deviation 1 on test images; each method with its best size (PCA's by "
    "validation images, the code of 16 numbers by other seeds).",
    "テスト画像に標準偏差1のノイズを加える。次元数は方法ごとに最良のものを使う（PCAは検証データ、"
    "オートエンコーダの16は別のシードで選んだ）。",
)


def less_error(sentence, source, experiment, metric, larger, smaller):
    """A claim that one error is smaller than another."""
    return Claim(
        sentence,
        source,
        (SETTING[0] + experiment[0], SETTING[1] + experiment[1]),
        metric,
        lambda result: (larger(result), smaller(result)),
        margin=0.02,
    )


LINEAR = (
    f"1,000 images of 7×7, centred; a code of {CODES} numbers without activation; gradient descent "
    f"on all images, {STEPS[-1]} steps.",
    f"7×7の画像1,000枚（平均を引く）、活性化関数のない{CODES}次元の潜在変数、全データによる勾配降下法"
    f"{STEPS[-1]}ステップ。",
)
BALDI = "Baldi & Hornik 1989; Goodfellow et al., Deep Learning, 14.1"
CLAIMS = (
    Claim(
        (
            "A linear autoencoder spans the subspace of PCA.",
            "線形オートエンコーダは、PCAと同じ部分空間を学習する。",
        ),
        BALDI,
        LINEAR,
        (
            "share of PCA's subspace within the decoder's, against none; above 0.99 counts",
            "PCAの部分空間がデコーダの部分空間に含まれる割合（0.99を超えれば同じとみなす）",
        ),
        versus("subspaces", last_overlap, lambda arrays: 0.0),
        margin=0.99,
    ),
    Claim(
        (
            "Each unit of a linear autoencoder becomes a principal component.",
            "線形オートエンコーダの各ユニットは、それぞれ1つの主成分になる。",
        ),
        ("a common shortening of the above", "上の主張を縮めた、よくある言い方"),
        LINEAR,
        (
            "|cos| of a decoder's row and the component most like it, mean; above 0.95 counts",
            "デコーダの各行と、それに最も近い主成分との|cos|の平均（0.95を超えれば一致とみなす）",
        ),
        versus("subspaces", likeness, lambda arrays: 0.0),
        margin=0.95,
        instead=(
            "E A and A⁻¹ D give the same output for every invertible A: the loss fixes the "
            "subspace and no basis of it.",
            "可逆な行列Aに対し、E AとA⁻¹ Dは同じ出力を与える。損失で定まるのは部分空間であり、"
            "基底は定まらない。",
        ),
    ),
    less_error(
        (
            "With a code of two numbers a deep autoencoder keeps more of an image than PCA.",
            "潜在変数が2次元なら、深いオートエンコーダはPCAより画像をよく復元する。",
        ),
        "Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with neural networks",
        ("Clean test images, two numbers for each.", "ノイズのないテスト画像を2個の数で表す。"),
        (
            "mean squared error of a pixel, PCA less autoencoder",
            "画素の平均二乗誤差。PCAの値からオートエンコーダの値を引く",
        ),
        kept("PCA's clean error", TWO),
        kept("clean error", TWO),
    ),
    less_error(
        (
            "A denoising autoencoder removes noise better than PCA.",
            "デノイジングオートエンコーダは、PCAよりよくノイズを除去する。",
        ),
        "Vincent et al. 2010, Stacked denoising autoencoders",
        NOISE,
        (
            "mean squared error against the clean image, PCA less autoencoder",
            "元の画像との平均二乗誤差。PCAの値からオートエンコーダの値を引く",
        ),
        kept("PCA's error", DENOISING),
        noisy_error(DENOISING),
    ),
)

CONCEPT = Concept(
    title=("Autoencoder", "オートエンコーダ（自己符号化器）"),
    chapter=chapters.GENERATION.section(1),
    summary=(
        "An autoencoder is a network that gives back its own input through a narrow code: an image "
        "has to be described by a few numbers. If all is linear, what comes back lies in "
        "PCA's subspace; with hidden layers, on a curved surface. Given noisy images and asked for "
        "the clean ones it learns to remove noise.",
        "オートエンコーダは、入力そのものを、次元の低い潜在変数を通して復元するネットワークである。"
        "そのために、画像を少ない個数の数値で表すことを学習する。すべて線形なら、得られるのはPCAの"
        "部分空間である。非線形な隠れ層を加えると曲面になる。ノイズのある画像を入力し、元の画像を目標に"
        "すれば、ノイズの除去を学習する。",
    ),
    introduces=(
        Introduced(
            "principal_components",
            r"X - \bar{X} = U S V^\top, \quad P = V_{1 \dots k}",
            (
                "The k directions along which the data vary most, by singular values: the first "
                "columns of V.",
                "データのばらつきが最も大きいk個の方向。特異値分解で求めたVの最初のk列である。",
            ),
            some_examples,
        ),
        Introduced(
            "linear_autoencoder",
            r"L = \frac{1}{nm} \| X E D - X \|^2, \quad \frac{\partial L}{\partial D} = "
            r"\frac{2}{nm} (X E)^\top (X E D - X), \quad \frac{\partial L}{\partial E} = "
            r"\frac{2}{nm} X^\top (X E D - X) D^\top",
            (
                "n examples of m numbers, through a code X E of k numbers and back.",
                "m個の数からなるn個のデータを、k次元の潜在変数X Eに変換し、Dで復元する。",
            ),
            some_examples,
            inputs=3,
        ),
    ),
    equations=(
        (
            r"L = \mathbb{E} \left\| g(f(x + \sigma \varepsilon)) - x \right\|^2, "
            r"\quad \varepsilon \sim N(0, 1)",
            (
                "a denoising autoencoder's loss: encoder f, decoder g, noise of size σ",
                "デノイジングオートエンコーダの損失（エンコーダf、デコーダg、ノイズの大きさσ）",
            ),
        ),
    ),
    terms=(
        ("autoencoder", "オートエンコーダ（自己符号化器）"),
        ("principal component analysis (PCA)", "主成分分析（PCA）"),
        ("denoising autoencoder", "デノイジングオートエンコーダ", "layers.GaussianNoise"),
    ),
    demonstrations=(
        Demonstration(
            "subspaces",
            centred,
            seeds=SEEDS,
            # Two of nearly one variance turn by rounding; what they span is proven by overlaps.
            measured=("components",),
            proven_with={"steps": (0, 5)},
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(15, 50), "full": Preset(30, 100)},
        scores=(
            replace(
                MEAN_SQUARED_ERROR,
                name=(
                    "mean squared error, noisy in the test",
                    "平均二乗誤差（テストではノイズあり）",
                ),
            ),
        ),
        variants={
            TWO: {"codes": 2, "noise": 0.0, "learning_rate": 0.003},
            DENOISING: {"codes": 16, "noise": 1.0, "learning_rate": 0.003},
        },
        variants_ja={TWO: "潜在変数2次元", DENOISING: "デノイジング"},
        keep="looked_at",
        keep_at=(0.0, 0.2, 1.0),
        seeds=SEEDS,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
