"""AlexNet: local response normalization, the net in full, and what made the small one learn."""

from dataclasses import replace

import altair as alt
import numpy as np
import pandas as pd

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

EPOCHS = 8
REACHED = 0.05  # the error on the training images that counts as learnt
ALPHAS = (0.0, 1e-4, 0.01, 0.1, 1.0)
RELU, TANH, NORMALIZED = "ReLU", "tanh", "ReLU and normalization"
# In accuracy on validation images of the seeds 100 to 111 the best of 0.0025, 0.005, 0.007, 0.01
# and 0.02 with and without the normalization, whose α is the best of 0.0001, 0.01, 0.1 and 1; in
# epochs needed (100 to 107) ReLU and tanh gain 0.3 and 0.2 with 0.01, and nothing with 0.005.
PLAIN = {"activation": "relu", "alpha": None, "learning_rate": 0.007}
VARIANTS = {
    RELU: PLAIN,
    TANH: {**PLAIN, "activation": "tanh"},
    NORMALIZED: {**PLAIN, "alpha": 0.1},
}
JAPANESE = {TANH: "tanh関数", NORMALIZED: "ReLUと正規化"}
LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5", "dense6", "dense7", "dense8")


def data(settings, seed):
    """Digits of 14 × 14, shifted and scaled to about mean 0 and deviation 1."""
    if settings.preset == "full":
        part = halved_mnist(50_000, 5_000, 10_000, seed)
    else:
        part = halved_mnist(1_000, 500, 4_000, seed)
    keys = ("x_train", "x_validation", "x_test")
    return replace(part, **{key: (getattr(part, key) - 0.13) / 0.25 for key in keys})


def some_channels(seed):
    """Arguments of the normalization at six places of seven channels; a large α shows."""
    x = np.random.default_rng(seed).normal(size=(2, 3, 7))
    return {"x": x, "depth_radius": 2, "bias": 2.0, "alpha": 0.3, "beta": 0.75}


def a_row(seed):
    """Twenty channels behind ReLU: two strong ones, one of them among weak ones."""
    x = np.maximum(np.random.default_rng(seed).normal(0, 0.6, (1, 20)), 0)
    x[0, [5, 14]] = 4.0, 3.0
    return {"x": x, "alphas": ALPHAS}


def image_and_weights(seed, shrink=1):
    """An image, a gradient, and He's weights for all of AlexNet, or for one so much narrower."""
    generator = np.random.default_rng(seed)
    shapes = [(11, 3, 96), (5, 48, 256), (3, 256, 384), (3, 192, 384), (3, 192, 256)]
    shapes = [(k, k, -(-i // shrink) if i > 3 else i, o // shrink) for k, i, o in shapes]
    units = [36 * (256 // shrink), *(n // shrink for n in (4096, 4096, 1000))]
    shapes += zip(units, units[1:])
    weights = {}
    for layer, shape in zip(LAYERS, shapes):
        kernel = generator.random(shape, "float32") - np.float32(0.5)
        weights[layer] = kernel * np.float32((24 / np.prod(shape[:-1])) ** 0.5)
        weights[f"{layer}, bias"] = generator.normal(0, 0.1, shape[-1]).astype("float32")
    x = generator.normal(size=(1, 227, 227, 3)).astype("float32")
    dy = generator.normal(size=(1, units[-1])).astype("float32")
    return {"x": x, "dy": dy, "shrink": shrink, **weights}


def accuracy(result, variant):
    """Accuracy on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["accuracy"], variant=variant)


def errors(result, variant, column, seed):
    """The error on the training images before training and after each epoch."""
    kept = result.kept(variant, column, seed)
    return np.array([float(kept[epoch]["error"]) for epoch in sorted(kept)])


def seeds(result):
    """The seeds of the training runs."""
    return sorted({run["seed"] for run in result.runs()})


def epochs_needed(errors):
    """Epochs until the error is no larger than `REACHED`; all of them where it never is.

    Between two epochs it falls in a straight line on a logarithmic axis.
    """
    logs = np.log(np.maximum(errors, 1e-4) / REACHED)
    below = np.flatnonzero(logs <= 0)
    if not len(below) or below[0] == 0:
        return float(len(errors) - 1 if not len(below) else 0)
    before, after = logs[below[0] - 1], logs[below[0]]
    return float(below[0] - 1 + before / (before - after))


def times_as_long(result):
    """How many times ReLU's epochs tanh needs, by seed."""
    needed = {
        variant: [
            np.mean([epochs_needed(errors(result, variant, c, s)) for c in result.implementations])
            for s in seeds(result)
        ]
        for variant in (RELU, TANH)
    }
    return list(np.array(needed[TANH]) / np.array(needed[RELU]))


def apart(result):
    """The largest difference of the halves' AlexNets in full, as a share of the largest number."""
    ours = result.arrays("in_full")
    return max(
        np.abs(ours[name] - result.arrays("in_full", column)[name]).max() / np.abs(ours[name]).max()
        for column in result.implementations[1:] or ["numpy"]
        for name in ours
    )


def share_of_layers(result):
    """What part of AlexNet's weights and products each layer has."""
    sizes = result.arrays("in_full")["sizes"]
    shares = sizes[:, 2:] / sizes[:, 2:].sum(axis=0)
    rows = []
    for layer, (places, channels, weights, _), share in zip(LAYERS, sizes, shares):
        side = f"{places**0.5:.0f}×{places**0.5:.0f}×" if places > 1 else ""
        label = both(
            f"{layer}: {side}{channels}, {weights:,} weights",
            f"{layer}：{side}{channels}、重み{weights:,}個",
        )
        rows += [(label, both("weights", "重み"), share[0])]
        rows += [(label, both("products", "積の計算"), share[1])]
    table = pd.DataFrame(rows, columns=["layer", "what", "share"])
    x = alt.X("share:Q").axis(format="%").title(both("share of the whole net", "全体に占める割合"))
    return (
        alt.Chart(table)
        .mark_bar()
        .encode(
            y=alt.Y("layer:N", sort=None).axis(labelLimit=260).title(None),
            yOffset="what:N",
            x=x,
            color=alt.Color("what:N").title(None),
        )
        .properties(width=560, height=alt.Step(12))
    )


def channels(result):
    """A row of channels before and after the normalization, by α."""
    found = result.arrays("across_channels")
    before, after = both("before", "正規化前"), both("after", "正規化後")
    rows = {
        f"{alpha:g}": {before: found["alpha 0"][0], after: found[f"alpha {alpha:g}"][0]}
        for alpha in ALPHAS
    }
    chart = figures.lines(
        rows, x_title=("channel", "チャンネル"), y_title=("activation", "出力の値"), y_domain=(0, 4)
    )
    return figures.slider(chart, ("α", "α"), start="1")


def filters(result):
    """The first layer's filters by epoch."""
    kept = {variant: result.kept(variant) for variant in (RELU, TANH, NORMALIZED)}
    pictures = {
        epoch: {
            both(variant, JAPANESE.get(variant, variant)): kept[variant][epoch]["filters"]
            for variant in kept
        }
        for epoch in sorted(kept[RELU])
    }
    chart = figures.images(pictures, columns=4, size=44, panels=3)
    return figures.slider(chart, ("epoch", "エポック"), start=max(kept[RELU]))


def draw(result):
    """The net in full, the normalization, the way of the error, and filters."""
    ways = {
        both(variant, JAPANESE.get(variant, variant)): [
            np.mean([errors(result, variant, c, s) for c in result.implementations], axis=0)
            for s in seeds(result)
        ]
        for variant in VARIANTS
    }
    return [
        Figure(
            ("AlexNet in full, layer by layer", "AlexNetの全体、層ごとの内訳"),
            share_of_layers(result),
            (
                "Height, width and channels of what a layer gives, and its weights. The "
                "convolutions do over nine tenths of the work, the fully connected layers hold "
                "over nine tenths of the weights. Both halves computed all of it for one image, "
                "forward and backward, from the same weights: they differ by at most "
                f"{1e6 * apart(result):.1f} millionths of the largest number.",
                "各層の出力の高さ×幅×チャンネル数と、重みの数。計算の9割以上は畳み込み層が、"
                "重みの9割以上は全結合層が占める。両方の実装で、同じ重みから画像1枚の順伝播と逆伝播を"
                f"すべて計算した。差は最も大きい値の100万分の{1e6 * apart(result):.1f}以下である。",
            ),
        ),
        Figure(
            (
                "What the normalization does to a row of channels",
                "正規化がチャンネルの並びに及ぼす影響",
            ),
            channels(result),
            (
                "Two neighbours on each side, k = 1. A strong channel is held down, and holds "
                "down those beside it; a weak one among weak ones stays. With the paper's "
                "α = 0.0001 nothing is seen: its pixels went from 0 to 255, and the activations "
                "were as much larger.",
                "両隣2チャンネルずつ、k = 1とする。強いチャンネルは抑えられ、その隣も抑えられる。"
                "弱いものに囲まれた弱いチャンネルは、ほとんど変わらない。論文の値α = 0.0001では"
                "変化が見えない。論文では画素値が0から255で、層の出力もそれだけ大きかった。",
            ),
        ),
        Figure(
            ("The error on the training images", "訓練データに対する誤り率"),
            figures.lines(
                ways,
                np.arange(len(next(iter(ways.values()))[0])),
                x_title=("epoch", "エポック"),
                y_title=("training error", "訓練データの誤り率"),
                unit="%",
            ),
            (
                f"Thin lines are seeds. An error of {100 * REACHED:.0f} % counts as learnt.",
                f"細い線は1つのシードの結果。誤り率が{REACHED:.0%}になれば学習できたとみなす。",
            ),
        ),
        Figure(
            ("The first layer's filters", "最初の層のフィルター"),
            filters(result),
            (
                "Eight filters of 5×5, blue positive, orange negative.",
                "5×5のフィルター8個。青は正、橙は負。",
            ),
        ),
    ]


SETTING = (
    "1,000 MNIST images of 14 × 14, 8 epochs of Adam in batches of 50, learning rate 0.007. 8 "
    "filters of 5×5 and 16 of 3×3, each with pooling of 3×3 two pixels apart; 32 units, ten "
    "classes. ",
    "14×14に縮めたMNISTの画像1,000枚、学習率0.007のAdamで8エポック（バッチサイズ50）。"
    "5×5のフィルター8個と3×3のフィルター16個、それぞれの後に3×3・ストライド2のプーリング、"
    "32ユニットの層、10クラスの出力層。",
)
CLAIMS = (
    Claim(
        (
            "With ReLU a network learns its training data faster than with tanh.",
            "ReLUを使うと、tanhより速く訓練データを学習できる。",
        ),
        (
            "Krizhevsky et al. 2012, 3.1 (six times as fast, to an error of 25 % on CIFAR-10)",
            "Krizhevsky et al. 2012, 3.1（CIFAR-10の誤り率25%まで6倍の速さ）",
        ),
        (
            f"{SETTING[0]}On other seeds neither ReLU nor tanh gained as much as 0.4 epochs with "
            "0.005 or 0.01, and ReLU needed more epochs with He's initial weights than with "
            "Keras's own, Xavier's, which both have here. Epochs until 5 % of the training images "
            "are wrong; a quarter more is what matters.",
            f"{SETTING[1]}別のシードでは、学習率を0.005や0.01に変えても、ReLUでもtanhでも短縮は"
            "0.4エポック未満だった。重みの初期値はどちらもKerasの既定であるXavierの初期値で、"
            "ReLUでもHeの初期値より速く学習できた。訓練データの誤り率が5%になるまでのエポック数を"
            "比べ、1.25倍を超える差に意味があるとする。",
        ),
        ("epochs of tanh over epochs of ReLU, less 1", "tanhのエポック数÷ReLUのエポック数−1"),
        lambda result: (times_as_long(result), 1.0),
        margin=0.25,
        instead=(
            "Not in every network: in this small one of four layers tanh needs no more epochs.",
            "どのネットワークでもそうなるわけではない。この4層の小さなネットワークでは、"
            "tanhに必要なエポック数はReLUより多くない。",
        ),
    ),
    Claim(
        (
            "Local response normalization makes the network more accurate.",
            "局所応答正規化を入れると、正解率が上がる。",
        ),
        (
            "Krizhevsky et al. 2012, 3.3 (1.4 points on ImageNet; 2 on CIFAR-10)",
            "Krizhevsky et al. 2012, 3.3（ImageNetで1.4ポイント、CIFAR-10で2ポイント）",
        ),
        (
            f"{SETTING[0]}On validation images of twelve other seeds the rate was the best of five "
            "with and without the normalization, and α = 0.1 the best of four. Half a point "
            "matters.",
            f"{SETTING[1]}別の12のシードの検証データで、この学習率は正規化ありでもなしでも5通りのうち"
            "最も良く、α = 0.1は4通りのうち最も良かった。0.5ポイントの差に意味がある。",
        ),
        (
            "test accuracy, with less without normalization",
            "テストデータの正解率。正規化ありの値から、なしの値を引く",
        ),
        lambda result: (accuracy(result, NORMALIZED), accuracy(result, RELU)),
        unit="%",
        margin=0.005,
        instead=(
            "It adds little here. Simonyan & Zisserman (2015) found no gain from it on ImageNet "
            "either, and left it out of VGG.",
            "ここではほとんど効果がない。SimonyanとZisserman（2015）もImageNetで効果がないことを"
            "確かめ、VGGには入れなかった。",
        ),
    ),
)

CONCEPT = Concept(
    title=("AlexNet", "AlexNet"),
    chapter=chapters.CONVOLUTION.section(6),
    summary=(
        "AlexNet won the ImageNet contest of 2012 and made deep learning known. Its plan is "
        "LeNet's, with five convolutions and 61 million weights; with them came ReLU, dropout, "
        "pooling windows that overlap, and local response normalization, which makes channels at "
        "one place compete. ReLU and dropout have stayed; batch normalization took the place of "
        "the last.",
        "AlexNetは2012年の画像認識コンテストILSVRCで優勝し、ディープラーニングが注目される"
        "きっかけとなった。構造はLeNetの流れをくみ、5つの畳み込み層と6,100万個の重みをもつ。"
        "LeNetと違うのは、ReLU、ドロップアウト、窓の重なるプーリング、そして同じ位置のチャンネルどうしを"
        "競わせる局所応答正規化を使う点である。ReLUとドロップアウトは今も使われるが、局所応答正規化は"
        "バッチ正規化に取って代わられた。",
    ),
    introduces=(
        Introduced(
            "local_response_normalization",
            r"b_i = a_i s_i^{-\beta}, \quad s_i = k + \alpha \sum_{|j-i| \le r} a_j^2, \quad "
            r"g_j = \frac{\partial L}{\partial b_j} \, s_j^{-\beta}, \quad "
            r"\frac{\partial L}{\partial a_i} = g_i - "
            r"2 \alpha \beta a_i \sum_{|j-i| \le r} \frac{g_j a_j}{s_j}",
            (
                "A channel is divided by what it and r neighbours on each side have at the same "
                "place (the paper: r = 2, k = 2, α = 0.0001, β = 0.75). Backwards each channel "
                "gets a gradient from all in whose sum it stands. Keras has no layer for it; with "
                "TensorFlow tf.nn.local_response_normalization is the same.",
                "各チャンネルを、同じ位置にある自分と両隣r個ずつのチャンネルの大きさに応じて割る（論文では"
                "r = 2、k = 2、α = 0.0001、β = 0.75）。逆伝播では自分を和に含むチャンネルすべてから"
                "勾配が届く。Kerasにこの層はないが、TensorFlowのtf.nn.local_response_normalizationが"
                "同じ計算をする。",
            ),
            some_channels,
            helpers=("over_neighbours",),
        ),
    ),
    terms=(
        ("local response normalization (LRN)", "局所応答正規化（LRN）"),
        ("overlapping pooling", "重なりのあるプーリング", "layers.MaxPooling2D"),
        ("lateral inhibition", "側抑制"),
        ("grouped convolution", "グループ化畳み込み", "layers.Conv2D"),
    ),
    demonstrations=(
        Demonstration("across_channels", a_row),
        Demonstration("in_full", image_and_weights, proven_with=image_and_weights(0, shrink=16)),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(EPOCHS, 50), "full": Preset(EPOCHS, 50)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="progress",
        keep_at=tuple(epoch / EPOCHS for epoch in range(EPOCHS + 1)),
        proven_steps=5,
        seeds=8,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
