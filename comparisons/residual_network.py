"""Residual networks: how depth helps or harms, with and without shortcuts."""

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

UNITS, BLOCKS = 32, 9
LAYERS = (4, 10, 20)
# The best of 0.001, 0.002, 0.004, … for each, up to a rate that is worse, on validation images of
# the seeds 100 to 105.
RATES = {"plain": (0.004, 0.002, 0.002), "residual": (0.008, 0.004, 0.008)}
VARIANTS = {
    f"{kind}, {layers} layers": {
        "blocks": (layers - 2) // 2,
        "shortcut": kind == "residual",
        "learning_rate": rate,
    }
    for kind, rates in RATES.items()
    for layers, rate in zip(LAYERS, rates)
}
KINDS = {
    "plain": both("plain", "通常"),
    "residual": both("residual, all weights He's", "残差、すべてHeの初期値"),
    "residual, F starts at 0": both("residual, F starts at 0", "残差、Fは0から"),
}


def some_block(seed):
    """Arguments for one block."""
    generator = np.random.default_rng(seed)
    shapes = {"x": (3, 4), "w1": (4, 4), "w2": (4, 4)}
    return {name: generator.normal(size=shape) for name, shape in shapes.items()}


def initial(seed):
    """What a layer makes of 50 images, the initial weights of a chain of blocks, and a gradient."""
    generator = np.random.default_rng(seed)
    images = mnist_subset(50, 10, 10, seed, flat=True).x_train

    def he(*shape):
        return generator.normal(0, (2 / shape[-2]) ** 0.5, shape).astype("float32")

    x = np.maximum(images @ he(784, UNITS), 0)
    w1, w2 = he(BLOCKS, UNITS, UNITS), he(BLOCKS, UNITS, UNITS)
    return {"x": x, "w1": w1, "w2": w2, "dy": generator.normal(size=x.shape).astype("float32")}


def data(settings, seed):
    """A part of MNIST: 20 layers are many for it."""
    size = 20_000 if settings.preset == "full" else 2_000
    return mnist_subset(size, 1_000, 5_000, seed, flat=True)


def test_accuracy(result, kind, layers):
    """Accuracy on the test images, by seed."""
    return result.by_seed(
        lambda run: run["scores"]["test"]["accuracy"], variant=f"{kind}, {layers} layers"
    )


def by_seed(result, name):
    """An array of `signals`, by seed: the mean over the columns."""
    return [
        np.mean([result.arrays("signals", c, seed)[name] for c in result.implementations], axis=0)
        for seed in result.seeds_of("signals")
    ]


def shrinking(result):
    """By how many powers of ten the gradient shrinks from the last to the first plain block."""
    return [np.log10(g[-1] / g[0]) for g in by_seed(result, "plain: gradient")]


def pictures(result):
    """Depth against accuracy, and what comes through at the start."""
    accuracy = {
        both(kind, name): np.transpose([test_accuracy(result, kind, n) for n in LAYERS])
        for kind, name in (("plain", "通常"), ("residual", "残差"))
    }
    after = {"x": 2 * np.arange(BLOCKS + 1), "x_title": ("layers passed", "通過した層の数")}
    signals = {
        what: {KINDS[kind]: by_seed(result, f"{kind}: {what}") for kind in KINDS}
        for what in ("gradient", "likeness")
    }
    return [
        Figure(
            ("Depth and accuracy", "層の深さと正解率"),
            figures.lines(
                accuracy,
                LAYERS,
                x_title=("layers", "層の数"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
            ),
            (
                "Thin lines are seeds. Each network has the learning rate that suits it best.",
                "細い線は1つのシードの結果。学習率はネットワークごとに最適なものを選んである。",
            ),
        ),
        Figure(
            ("The gradient on its way back, at the start", "学習前の、逆伝播する勾配の大きさ"),
            figures.lines(
                signals["gradient"],
                **after,
                y_title=("norm of the gradient", "勾配のノルム"),
                log="y",
            ),
            (
                "Read from right to left. In the plain network the gradient neither vanishes nor "
                "explodes. In a residual one whose layers F all have He's weights it grows with "
                "every block; where F starts at 0 the last ReLU holds back a part, and the rest "
                "passes as it is.",
                "右から左へ読む。通常のネットワークでは、勾配は消失も爆発もしない。"
                "すべてをHeの初期値にした残差ネットワークでは、ブロックごとに大きくなる。"
                "層Fの出力を0から始めれば、最後のReLUで一部が止められるだけで、残りはそのまま伝わる。",
            ),
        ),
        Figure(
            ("How alike two images become, at the start", "学習前の、2枚の画像の似通い方"),
            figures.lines(
                signals["likeness"],
                **after,
                y_title=("mean correlation of two images", "2枚の画像の相関の平均"),
                y_domain=(0, 1),
            ),
            (
                "Behind 18 plain layers all images look nearly the same, and the gradient can no "
                "longer tell the first layers which is which. A shortcut alone does not help: with "
                "He's weights in every F images become just as alike. Where F starts at 0 the "
                "shortcut hands the difference on, and F learns from there.",
                "通常の層を18層通ると、どの画像もほとんど同じになり、"
                "勾配は初めのほうの層に画像の違いを伝えられない。ショートカットがあっても、"
                "層FをすべてHeの初期値にすれば、同じように違いは失われる。"
                "層Fの出力を0から始めれば、違いはそのまま先へ伝わり、Fはそこから学習できる。",
            ),
        ),
    ]


SETTING = (
    "2,000 MNIST images, layers of 32 units, Adam, 10 epochs, each network at the learning rate "
    "that was best for it on validation images of six other seeds. Plain layers begin with He's "
    "weights; in a residual block the last ones begin at 0, so that it begins as the identity. ",
    "MNISTの画像2,000枚、ユニット数32の層、Adam、10エポック。学習率は、別の6つのシードの検証データで"
    "各ネットワークに最も良かったもの。通常の層はHeの初期値から始める。"
    "残差ブロックは最後の重みを0で初期化し、恒等写像から始める。",
)
CLAIMS = (
    Claim(
        claim=(
            "Plain networks get worse beyond some depth.",
            "通常のネットワークは、ある深さを超えると性能が悪くなる。",
        ),
        source="He et al. 2016, Deep residual learning, 1",
        experiment=(
            SETTING[0] + "4 against 20 plain layers; worse means by more than two points. On the "
            "other seeds 20 plain layers read 82 % after 10 epochs and 87 % after 40, 4 layers "
            "91 % both times: much of what they lack is time, but not all.",
            SETTING[1] + "通常の4層と20層を比べる。2ポイントを超えて下がれば悪くなったとみなす。"
            "別のシードでの正解率は、20層では10エポックで82%、40エポックで87%、4層ではどちらも91%だった。"
            "差の多くは学習の遅さによるが、それだけではない。",
        ),
        metric=(
            "test accuracy, 4 less 20 plain layers",
            "テストデータの正解率。4層の値から20層の値を引く（通常）",
        ),
        measure=lambda result: (
            test_accuracy(result, "plain", 4),
            test_accuracy(result, "plain", 20),
        ),
        unit="%",
        margin=0.02,
    ),
    Claim(
        claim=(
            "With shortcuts, depth does no harm.",
            "ショートカットがあれば、層を深くしても性能は悪くならない。",
        ),
        source="He et al. 2016, Deep residual learning, 4.1",
        experiment=(
            SETTING[0] + "20 against 4 residual layers; harm means worse by more than two points.",
            SETTING[1]
            + "残差ネットワークの20層と4層を比べる。2ポイントを超えて下がれば悪くなったと"
            "みなす。",
        ),
        metric=(
            "test accuracy, 20 less 4 residual layers",
            "テストデータの正解率。20層の値から4層の値を引く（残差）",
        ),
        measure=lambda result: (
            test_accuracy(result, "residual", 20),
            test_accuracy(result, "residual", 4),
        ),
        unit="%",
        margin=-0.02,
    ),
    Claim(
        claim=(
            "The deeper a residual network, the better.",
            "残差ネットワークは、深いほど性能が良い。",
        ),
        source=(
            "He et al. 2016, Deep residual learning, abstract, of far harder images",
            "He et al. 2016, Deep residual learning, 要旨（はるかに難しい画像について）",
        ),
        experiment=(
            SETTING[0] + "20 against 4 residual layers; better means by half a point or more.",
            SETTING[1]
            + "残差ネットワークの20層と4層を比べる。0.5ポイント以上よければ「よい」とみなす。",
        ),
        metric=(
            "test accuracy, 20 less 4 residual layers",
            "テストデータの正解率。20層の値から4層の値を引く（残差）",
        ),
        measure=lambda result: (
            test_accuracy(result, "residual", 20),
            test_accuracy(result, "residual", 4),
        ),
        unit="%",
        margin=0.005,
        instead=(
            "Shortcuts make depth possible, not useful. Digits as vectors need no more than a few "
            "layers.",
            "ショートカットは深さを可能にするが、深さが役立つとは限らない。ベクトルとして与えた数字には"
            "数層で足りる。",
        ),
    ),
    Claim(
        claim=(
            "Deep plain networks fail because the gradient vanishes on its way back.",
            "深い通常のネットワークがうまく学習できないのは、逆伝播で勾配が消失するためである。",
        ),
        source=("a common account of why shortcuts help", "スキップ接続が役立つ理由の一般的な説明"),
        experiment=(
            "18 plain layers of 32 units with He's initial weights before any training, 50 MNIST "
            "images, a random gradient at the end; vanishing means a tenth or less.",
            "学習前の、Heの初期値をもつユニット数32の通常の層を18層、MNISTの画像50枚。"
            "最後にランダムな勾配を与える。10分の1以下になれば消失とみなす。",
        ),
        metric=(
            "powers of ten by which the gradient shrinks from the last to the first layer",
            "最後の層から最初の層までに勾配が縮む桁数",
        ),
        measure=lambda result: (shrinking(result), 0.0),
        margin=1.0,
        instead=(
            "With He's weights the gradient keeps its size. What is lost is the difference between "
            "the images, layer by layer.",
            "Heの初期値では、勾配の大きさは保たれる。失われるのは、層を通るごとに薄れていく画像どうしの"
            "違いである。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Residual networks", "残差ネットワーク（ResNet）"),
    chapter=chapters.DEEP_NETWORKS.section(3),
    summary=(
        "A plain network of many layers learns worse than one of few, on the training data too. A "
        "residual block has a shortcut around its layers: these need only learn what is to be "
        "added to their input. A block with nothing to add passes its input on, so depth need do "
        "no harm.",
        "層を多く重ねた通常のネットワークは、訓練データに対してさえ、層の少ないものより性能が悪くなる。残差"
        "ブロックには層を迂回するショートカットがあり、層は入力に何を足すかだけを学習すればよい。足すものが"
        "なければ入力がそのまま通るので、層を深くしても性能が落ちずにすむ。",
    ),
    introduces=(
        Introduced(
            "residual_block",
            r"y = \mathrm{ReLU}(x + F(x)), \quad "
            r"F(x) = \mathrm{ReLU}(x W_1) \, W_2, \quad "
            r"\frac{\partial L}{\partial x} = g + \frac{\partial F}{\partial x}^\top g, \quad "
            r"g = 1_{y > 0} \frac{\partial L}{\partial y}",
            (
                "The layers F learn the residual, what is to be added to x. Backwards ReLU lets "
                "the gradient through where y > 0; that, g, goes through F and, unchanged, along "
                "the shortcut.",
                "層Fは残差、すなわちxに足すべきものを学習する。逆伝播では、"
                "y > 0の要素の勾配だけがReLUを通る。その勾配gは、Fを通ると同時に、"
                "ショートカットをそのまま伝わる。",
            ),
            some_block,
        ),
    ),
    terms=(
        ("residual block", "残差ブロック"),
        ("shortcut (skip connection)", "ショートカット（スキップ接続）", "layers.Add"),
        ("degradation problem", "劣化問題"),
        ("vanishing gradient", "勾配消失"),
        ("identity mapping", "恒等写像"),
    ),
    demonstrations=(Demonstration("signals", initial, seeds=5),),
    task=Task(
        data=data,
        presets={"default": Preset(10, 100), "full": Preset(20, 100)},
        variants=VARIANTS,
        variants_ja={
            name: f"{name.replace('plain', '通常').replace('residual', '残差').split(',')[0]}、"
            f"{name.split()[1]}層"
            for name in VARIANTS
        },
        seeds=7,
    ),
    claims=CLAIMS,
    figures=pictures,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
