"""Separable convolution: what it is, how much less it computes, and what that costs and gains."""

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
from comparisons.harness.datasets import halved_mnist
from comparisons.harness.drawing import figures

PLAIN, NARROW, WIDE = "plain, width 8", "separable, width 8", "separable, width 20"
# Rates that were better than half and double on the validation images of seeds from 100 on. There
# he_normal, at its own best rates, came to the same: 87.6 % against 87.3, and 92.6 % against 92.7.
VARIANTS = {
    PLAIN: {"separable": False, "width": 8, "learning_rate": 0.01},
    NARROW: {"separable": True, "width": 8, "learning_rate": 0.02},
    WIDE: {"separable": True, "width": 20, "learning_rate": 0.005},
}
JAPANESE = {PLAIN: "通常、幅8", NARROW: "分離可能、幅8", WIDE: "分離可能、幅20"}
CHANNELS, SIZES = 64, (3, 5, 7)
FILTERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def multiplications(size, channels, filters):
    """For each pixel: of a plain convolution, and of a separable one."""
    return size**2 * channels * filters, size**2 * channels + channels * filters


def data(settings, seed):
    """Digits of 14 × 14."""
    if settings.preset == "full":
        return halved_mnist(50_000, 5_000, 10_000, seed)
    return halved_mnist(1_500, 500, 2_000, seed)


def some_arrays(seed):
    """Two images of three channels, filters for them, strides that differ."""
    draw = np.random.default_rng(seed).normal
    kernels = {
        "depthwise_kernel": draw(size=(3, 2, 3, 2)),
        "pointwise_kernel": draw(size=(1, 1, 6, 4)),
    }
    return {"x": draw(size=(2, 5, 4, 3)), **kernels, "bias": draw(size=4)}


def for_depthwise(seed):
    """The images and the filters of their channels."""
    given = some_arrays(seed)
    kernel = given["depthwise_kernel"]
    return {"x": given["x"], "kernel": kernel, "strides": (2, 2), "padding": "same"}


def for_pointwise(seed):
    """Images of six channels, and how to mix them."""
    given = some_arrays(seed)
    x = np.random.default_rng(seed).normal(size=(2, 3, 4, 6))
    return {"x": x, "kernel": given["pointwise_kernel"], "bias": given["bias"]}


def for_speed(seed):
    """A layer's input and the weights of both kinds of convolution."""
    generator, c = np.random.default_rng(seed), CHANNELS

    def normal(*shape):
        return generator.standard_normal(shape).astype("float32")

    kernels = {"kernel": normal(3, 3, c, c), "depthwise": normal(3, 3, c, 1)}
    kernels |= {"pointwise": normal(1, 1, c, c), "bias": normal(c)}
    return {"x": normal(8, 28, 28, c), **kernels, "repeats": 9}


def accuracy(result, variant):
    """Accuracy on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["accuracy"], variant=variant)


def cost(result):
    """Multiplications a pixel, by number of filters and size of the window."""
    panels = {}
    for size in SIZES:
        found = np.array([multiplications(size, CHANNELS, filters) for filters in FILTERS])
        panels[both(f"{size}×{size}", f"{size}×{size}")] = {
            both("plain", "通常"): found[:, 0],
            both("separable", "分離可能"): found[:, 1],
        }
    return figures.lines(
        figures.in_panels(panels, FILTERS),
        x_title=("filters", "フィルターの数"),
        y_title=("multiplications a pixel", "1画素あたりの乗算の回数"),
        log="xy",
    )


def draw(result):
    """The stages of a layer, its cost, and what both kinds of network reach."""
    kept = result.kept(NARROW)
    moments = {
        both("before learning", "学習前"): min(kept),
        both("after learning", "学習後"): max(kept),
    }
    names = {
        "before": both("1. what enters", "1. 入力"),
        "filters": both("2. a filter for each map", "2. マップごとのフィルター"),
        "filtered": both("3. each map, filtered", "3. それぞれ畳み込んだ結果"),
        "mixed": both("4. mixed, ReLU", "4. 混合してReLU"),
    }
    stages = {
        moment: {names[part]: kept[epoch][part][:16] for part in names}
        for moment, epoch in moments.items()
    }
    scores = {
        both(variant, JAPANESE[variant]): {
            column: [
                run["scores"]["test"]["accuracy"]
                for run in result.runs(variant=variant, implementation=column)
            ]
            for column in result.implementations
        }
        for variant in VARIANTS
    }
    return [
        Figure(
            ("First each map by itself, then all of them mixed", "まずマップごとに、次に混合する"),
            figures.selection(
                figures.images(stages, columns=8, size=36),
                ("network", "ネットワーク"),
                start=list(moments)[-1],
            ),
            (
                "The eight maps of a test image that enter the first separable convolution; the "
                "eight filters, one a map (blue positive, orange negative); what each makes of its "
                "own map; and the 16 maps that the pointwise convolution mixes of those eight, "
                "pixel by pixel.",
                "最初の分離可能畳み込みに入る、テスト画像の8枚のマップ。"
                "マップごとに1個ずつの8個のフィルター（青は正、橙は負）。"
                "それぞれを担当のマップに適用した結果。そして、1×1の畳み込みがその8枚を画素ごとに"
                "混合して作った16枚のマップ。",
            ),
        ),
        Figure(
            ("How much there is to multiply", "乗算の回数"),
            cost(result),
            (
                f"For each pixel of {CHANNELS} channels, windows of three sizes. A plain "
                "convolution multiplies every entry of the window once for every filter; a "
                "separable one once in all, and then the channels for every filter. So the more "
                "filters and the larger the window, the more it saves; what is left tends to 1/K².",
                f"{CHANNELS}チャンネルの1画素あたり、3通りの窓の大きさで示す。通常の畳み込みは、窓の各要素を"
                "フィルターの数だけ乗算する。分離可能畳み込みは窓の各要素を1回ずつ乗算し、その後でチャンネルを"
                "フィルターの数だけ混合する。フィルターが多く窓が大きいほど節約でき、1/K²倍に近づく。",
            ),
        ),
        Figure(
            ("Equal width, equal number of weights", "同じ幅、同じ重みの数"),
            figures.bars(scores, x_title=("test accuracy", "テストデータの正解率"), unit="%"),
            (
                "3,738 weights, 882, and 3,630. What separable layers save can be spent on more "
                "filters.",
                "重みの数は順に3,738個、882個、3,630個。節約した分をフィルターの数に回せる。",
            ),
        ),
    ]


SETTING = (
    "1,500 MNIST images of 14 × 14, 12 epochs of Adam. A convolution of 3×3 with 8 filters, "
    "pooling, two more with 16 (plain or separable), the largest entry of each map, ten classes. "
    "Learning rates: 0.01 plain, 0.02 and 0.005 separable (width 8 and 20), better for each on "
    "other seeds than half and double. ",
    "14×14に縮めたMNISTの画像1,500枚、Adamで12エポック。3×3のフィルター8個の畳み込み層、プーリング層、"
    "フィルター16個の層2つ（通常または分離可能）、各マップの最大値、10クラスの出力層。学習率は、"
    "通常が0.01、分離可能が0.02（幅8）と0.005（幅20）で、どれも別のシードで、その半分や2倍より良かった値。",
)
CLAIMS = (
    Claim(
        (
            "Separable convolutions are nearly as accurate as plain ones of the same width.",
            "分離可能畳み込みは、同じ幅の通常の畳み込みとほぼ同じ正解率になる。",
        ),
        (
            "Howard et al. 2017, MobileNets, 4.1 (a point less on ImageNet)",
            "Howard et al. 2017, MobileNets, 4.1（ImageNetで1ポイント低い）",
        ),
        (
            f"{SETTING[0]}882 weights against 3,738; nearly means within a point.",
            f"{SETTING[1]}重みの数は882個と3,738個。差が1ポイント以内ならほぼ同じとみなす。",
        ),
        (
            "test accuracy, separable less plain, both of width 8",
            "テストデータの正解率。分離可能の値から通常の値を引く（どちらも幅8）",
        ),
        lambda result: (accuracy(result, NARROW), accuracy(result, PLAIN)),
        unit="%",
        margin=-0.01,
        instead=(
            "They are less accurate here, with a quarter of the weights: so small a network has "
            "few to spare.",
            "重みが4分の1になり、正解率は下がった。これほど小さなネットワークでは、重みに余裕がない。",
        ),
    ),
    Claim(
        (
            "With as many weights, separable convolutions are more accurate.",
            "重みの数が同じなら、分離可能畳み込みのほうが正解率が高い。",
        ),
        "Chollet 2017, Xception, abstract",
        (
            f"{SETTING[0]}Separable with 20 and 40 filters, 3,630 weights, against plain with 8 "
            "and 16, 3,738; half a point matters.",
            f"{SETTING[1]}フィルター20個と40個の分離可能（重み3,630個）と、8個と16個の通常"
            "（3,738個）を比べる。0.5ポイントの差に意味がある。",
        ),
        (
            "test accuracy, separable of width 20 less plain of width 8",
            "テストデータの正解率。幅20の分離可能の値から、幅8の通常の値を引く",
        ),
        lambda result: (accuracy(result, WIDE), accuracy(result, PLAIN)),
        unit="%",
        margin=0.005,
    ),
    Claim(
        (
            "Layers become faster by the factor by which multiplications become fewer.",
            "乗算の回数を減らせば、計算時間も同じ割合で短くなる。",
        ),
        (
            "commonly inferred; Howard et al. 2017 count multiply-adds",
            "よくある推論。Howard et al. 2017は積和演算の回数を数える",
        ),
        (
            f"A layer of 3×3 with {CHANNELS} channels and filters on 8 images of 28 × 28, forward, "
            "plain and separable in turns in one process, in each column. 7.9 times fewer "
            "multiplications; at least 5.6 times as fast counts as that.",
            f"{CHANNELS}チャンネル、フィルター{CHANNELS}個、3×3の層に28×28の画像8枚を順伝播させる。"
            "通常と分離可能を1つのプロセスで交互に、各実装で測る。乗算の回数は7.9分の1。"
            "5.6倍以上速ければ、そのとおりとみなす。",
        ),
        (
            "log₂ of how many times as fast, less log₂ of how many times fewer multiplications",
            "速さの比の2を底とする対数から、乗算の回数の比の対数を引いた値",
        ),
        versus(
            "speed",
            lambda a: np.log2(a["seconds, convolution"] / a["seconds, separable"]),
            lambda a: np.log2(np.divide(*multiplications(3, CHANNELS, CHANNELS))),
        ),
        margin=-0.5,
        instead=(
            "It is faster, but by far less: the depthwise part multiplies so little with each "
            "number it fetches that fetching takes the time, and matrix products that run at full "
            "speed become smaller.",
            "速くはなるが、それほどではない。チャンネルごとの畳み込みは、読み込んだ数値1つあたりの乗算が少なく、"
            "メモリの読み書きに時間をとられる。速く計算できる行列の積も小さくなる。",
        ),
    ),
)

KERNEL = r"\sum_{u,v}"
CONCEPT = Concept(
    title=("Separable convolution", "分離可能畳み込み"),
    chapter=chapters.DEEP_NETWORKS.section(4),
    summary=(
        "A convolution looks for patterns in space and across channels at once. A separable one "
        "does it in two steps: it filters each channel by itself, then mixes the channels pixel by "
        "pixel. That takes far fewer weights and multiplications.",
        "畳み込みは、空間方向のパターンとチャンネル間の組み合わせを同時に扱う。分離可能畳み込みはこれを2段階に"
        "分け、まずチャンネルごとに畳み込み、次に画素ごとにチャンネルを混合する。重みも乗算もずっと少なくて"
        "すむ。",
    ),
    introduces=(
        Introduced(
            "depthwise_convolution",
            rf"z_{{ijcm}} = {KERNEL} x_{{si+u, \, sj+v, \, c}} \, d_{{uvcm}}, \quad "
            r"\frac{\partial L}{\partial d_{uvcm}} = \sum_{i,j} x_{si+u, \, sj+v, \, c} \, "
            r"\frac{\partial L}{\partial z_{ijcm}}",
            (
                "Each channel c has filters of its own, counted by m, and no sum runs over "
                "channels; s is the stride.",
                "各チャンネルcがそれぞれ専用のフィルターをもつ（mはその番号、sはストライド）。チャンネルについての"
                "和はとらない。",
            ),
            for_depthwise,
        ),
        Introduced(
            "pointwise_convolution",
            r"y_{ijf} = \sum_c z_{ijc} \, p_{cf} + b_f, \quad \frac{\partial L}{\partial p_{cf}} = "
            r"\sum_{i,j} z_{ijc} \, \frac{\partial L}{\partial y_{ijf}}",
            (
                "A window of one pixel: the same dense layer over the channels of every pixel.",
                "窓は1画素だけである。どの画素のチャンネルにも、同じ全結合層を適用することにあたる。",
            ),
            for_pointwise,
        ),
        Introduced(
            "separable_convolution",
            r"y_{ijf} = \sum_{c,m} p_{(cm)f} "
            rf"\left( {KERNEL} x_{{si+u, \, sj+v, \, c}} \, d_{{uvcm}} \right) + b_f, \quad "
            r"\frac{K^2 C + C F}{K^2 C F} = \frac{1}{F} + \frac{1}{K^2}",
            (
                "Both in turn. With K × K windows, C channels and F filters a pixel takes "
                "1/F + 1/K² of the multiplications of a plain convolution (one m a channel).",
                "2つを続けて行う。K×Kの窓、Cチャンネル、フィルターF個のとき、1画素あたりの乗算の回数は、通常の"
                "畳み込みの1/F + 1/K²倍になる（mは1つとする）。",
            ),
            lambda seed: {**some_arrays(seed), "strides": (1, 1), "padding": "valid"},
        ),
    ),
    equations=(
        (
            r"\mathrm{E}[z_{ijcm}^2] = K^2 \, \mathrm{E}[x^2] \, \mathrm{Var}(d), \quad "
            r"\mathrm{Var}(d) = \frac{1}{K^2}",
            (
                "A z adds up K² products, so filters that begin with standard deviation 1/K keep "
                "the size of the inputs. Keras's initializers count the products of all channels, "
                "K²C: he_normal begins √(C/2) times smaller. In MobileNets batch normalization "
                "behind each step makes up for it; in the small networks here both learn alike.",
                "zはK²個の積の和なので、フィルターの初期値の標準偏差を1/Kにすると、入力の大きさが保たれる。Kerasの"
                "初期化は全チャンネル分のK²C個と数えるため、he_normalでは√(C/2)分の1に小さくなる。"
                "MobileNetでは、各段の後のバッチ正規化がこれを補う。ここの小さなネットワークでは、どちらでも学習の"
                "結果は変わらない。",
            ),
        ),
    ),
    terms=(
        (
            "depthwise convolution",
            "チャンネルごとの畳み込み（depthwise）",
            "layers.DepthwiseConv2D",
        ),
        ("pointwise convolution (1×1)", "1×1の畳み込み（pointwise）", "layers.Conv2D"),
        ("separable convolution", "分離可能畳み込み", "layers.SeparableConv2D"),
        ("multiply-accumulate operations (MACs)", "積和演算の回数（MACs）"),
    ),
    demonstrations=(
        Demonstration(
            "speed",
            for_speed,
            seeds=5,
            measured=("seconds, convolution", "seconds, separable"),
            proven_with={"repeats": 1},
            timed=True,
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(12, 50), "full": Preset(12, 128)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="stages",
        keep_at=(0.0, 1.0),
        seeds=6,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
