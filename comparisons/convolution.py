"""Convolution: in a loop and by im2col, padding and stride, speed, and how few weights serve."""

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
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures, palette

CASES = {
    f"{padding}, {stride}": (padding, (stride, stride))
    for padding in ("valid", "same")
    for stride in (1, 2, 3)
}
NAMES = {
    case: both(f"{padding}, stride {stride}", f"{padding}、ストライド{stride}")
    for case, (padding, (stride, _)) in CASES.items()
}
PARTS = {
    "input": both("input with padding", "パディング後の入力"),
    "filter": both("filter", "フィルター"),
    "output": both("output", "出力"),
}
START = NAMES["same, 2"]
SIZE, KERNEL, CELL, GREY = 7, 3, 26, "#808890"
BATCHES = (1, 4, 16, 64)
WAYS = {
    "loop": both("loop over windows", "窓ごとのループ"),
    "im2col": both("im2col, one product", "im2colと1回の行列の積"),
    "library": both("the library's layer", "ライブラリの層"),
}
CONVOLUTIONAL, DENSE = "convolutional", "fully connected"


def some_images(seed):
    """Two images of two channels, a kernel of three filters, strides that differ."""
    generator = np.random.default_rng(seed)
    shapes = {"x": (2, 5, 6, 2), "kernel": (3, 2, 2, 3), "bias": (3,)}
    arrays = {name: generator.normal(size=shape) for name, shape in shapes.items()}
    return arrays | {"strides": (2, 1), "padding": "same"}


def some_windows(seed):
    """The same images, cut into windows of the kernel's size."""
    given = some_images(seed)
    keys = ("x", "strides", "padding")
    return {key: given[key] for key in keys} | {"size": given["kernel"].shape[:2]}


def some_edges(seed):
    """The same images, with a different number of zeros on every side."""
    return {"x": some_images(seed)["x"], "padding": ((1, 2), (0, 3))}


def textbook(seed):
    """The textbook's image, 1, 2, 3, 0 over and over, and its kernel."""
    rows, columns = np.ogrid[:SIZE, :SIZE]
    kernel = np.array([[2.0, 0, 1], [0, 1, 2], [1, 0, 2]])
    return {"x": (1.0 + columns - rows) % 4, "kernel": kernel, "cases": CASES}


def first_layer(seed):
    """Images and kernel of the textbook's convolutional network."""
    generator = np.random.default_rng(seed)
    x = generator.random((BATCHES[-1], 28, 28, 1), dtype="float32")
    kernel = generator.normal(size=(5, 5, 1, 30)).astype("float32")
    bias = generator.normal(size=30).astype("float32")
    return {"x": x, "kernel": kernel, "bias": bias, "batches": BATCHES, "repeats": 5}


def data(settings, seed):
    """MNIST as images: a part in the default preset, all of it in the full one."""
    if settings.preset == "full":
        return mnist_subset(seed=seed)
    return mnist_subset(5_000, 1_000, 4_000, seed)


def gain(result, batch):
    """How many times as fast im2col is as the loop, by seed."""
    found = [result.arrays("speed", "numpy", seed) for seed in result.seeds_of("speed")]
    place = BATCHES.index(batch)
    return [a["seconds, loop"][place] / a["seconds, im2col"][place] for a in found]


def test_accuracy(run):
    """Accuracy on the test images."""
    return run["scores"]["test"]["accuracy"]


def cells(result):
    """Every cell of the padded inputs and of the outputs, with the geometry of its windows."""
    given, outputs, rows = textbook(0), result.arrays("slide"), []
    for case, (padding, (stride, _)) in CASES.items():
        across = len(outputs[case])
        zeros = max((across - 1) * stride + KERNEL - SIZE, 0) if padding == "same" else 0
        before = zeros // 2
        padded = np.pad(given["x"], (before, zeros - before))
        for part, grid in zip(PARTS, (padded, given["kernel"], outputs[case])):
            for (row, column), value in np.ndenumerate(grid):
                inside = all(before <= i < before + SIZE for i in (row, column))
                cell = {"part": part, "row": row, "column": column, "value": value}
                cell |= {"panel": PARTS[part], "zero": part == "input" and not inside}
                rows.append({"choice": NAMES[case], "across": across, "stride": stride, **cell})
    return pd.DataFrame(rows)


#: Which window is shown where the slider stands: all of them, few or many, along its whole way.
PLACES = SIZE**2
WINDOW = f"floor(place * datum.across * datum.across / {PLACES})"


def sliding(result):
    """The window on the padded input, and its place in the output."""
    bind = alt.binding_range(min=0, max=PLACES - 1, step=1, name=both("place", "窓の位置"))
    o = {"row": f"floor({WINDOW} / datum.across)", "column": f"({WINDOW} % datum.across)"}
    # On the output one cell; on the input those of the window; the whole filter.
    here = " && ".join(
        f"(datum.part == 'output' ? datum.{axis} == {i} : datum.part == 'filter' || "
        f"(datum.{axis} >= {i} * datum.stride && datum.{axis} < {i} * datum.stride + {KERNEL}))"
        for axis, i in o.items()
    )
    base = (
        alt.Chart()
        .transform_calculate(here=here, strength="datum.here ? 0.5 : datum.zero ? 0.04 : 0.2")
        .encode(x=alt.X("column:O").axis(None), y=alt.Y("row:O").axis(None))
    )
    colour = alt.condition("datum.here", alt.value(palette.COLORS["numpy"]), alt.value(GREY))
    squares = base.mark_rect(stroke=GREY, strokeWidth=0.5).encode(
        color=colour, opacity=alt.Opacity("strength:Q").scale(None).legend(None)
    )
    numbers = base.mark_text(fontSize=12).encode(text=alt.Text("value:Q", format="d"))
    chart = alt.layer(squares, numbers, data=cells(result))
    chart = chart.properties(width=alt.Step(CELL), height=alt.Step(CELL))
    chart = chart.facet(alt.Facet("panel:N", sort=list(PARTS.values())).title(None), columns=3)
    chart = chart.resolve_scale(x="independent", y="independent")
    chart = chart.add_params(alt.param(name="place", value=0, bind=bind))
    return figures.selection(chart, ("padding and stride", "パディングとストライド"), START)


def pictures(result):
    """The sliding window, and how long a convolution takes."""
    arrays = [result.arrays("speed", "numpy", seed) for seed in result.seeds_of("speed")]
    milliseconds = {
        name: [1000 * a[f"seconds, {way}"] / BATCHES for a in arrays] for way, name in WAYS.items()
    }
    return [
        Figure(
            ("Padding and stride", "パディングとストライド"),
            sliding(result),
            (
                "The textbook's kernel on a 7×7 image. Move the window: each place gives one "
                "number of the output. With stride 3 and no padding the last column and row are "
                "never seen.",
                "教科書のフィルターを7×7の画像に適用する。窓を動かすと、位置ごとに出力の数値が1つ定まる。"
                "パディングなしでストライドを3にすると、最後の行と列はどの窓にも入らない。",
            ),
        ),
        Figure(
            ("Time for an image, by batch size", "バッチサイズと画像1枚あたりの時間"),
            figures.lines(
                milliseconds,
                BATCHES,
                x_title=("images in a batch", "バッチの画像数"),
                y_title=("milliseconds an image", "画像1枚あたりの時間（ミリ秒）"),
                log="xy",
            ),
            (
                "Forward and backward, 30 filters of 5×5 on 28×28 pixels. The loop takes 576 "
                "turns however many images there are, so a large batch shares its cost. im2col "
                "copies each pixel 25 times: once that no longer fits the cache, its time an image "
                "stops falling. The library does the same in blocks that fit.",
                "順伝播と逆伝播、28×28画素に5×5のフィルター30個。"
                "ループの回数は画像が何枚でも576回なので、バッチが大きいほど1枚あたりの負担は"
                "減る。im2colは各画素を25回コピーするため、キャッシュに収まらなくなると"
                "1枚あたりの時間は減らなくなる。ライブラリは、キャッシュに収まる大きさに"
                "分けて同じ計算を行う。",
            ),
        ),
    ]


SPEED = (
    "28×28 pixels, 30 filters of 5×5, forward and backward, one core, the two ways in turns; the "
    "loop over windows takes all images and filters at once. ",
    "28×28画素、5×5のフィルター30個、順伝播と逆伝播、1コア。2つの方法を交互に測る。"
    "窓ごとのループは、すべての画像とフィルターを一度に扱う。",
)
CLAIMS = (
    Claim(
        claim=(
            "As one matrix product, by im2col, a convolution is much faster than in a loop.",
            "im2colで展開して1回の行列の積にすると、畳み込みはループよりはるかに速い。",
        ),
        source="Chellapilla et al. 2006; Saito, Deep Learning from Scratch, 7.4.2",
        experiment=(
            SPEED[0] + "A batch of 16 images; faster means at least twice as fast.",
            SPEED[1] + "バッチは画像16枚。2倍以上速ければ「速い」とみなす。",
        ),
        metric=(
            "how many times as fast im2col is, less 1",
            "im2colの速さがループの何倍か。その値から1を引く",
        ),
        measure=lambda result: (gain(result, 16), 1.0),
        unit="×",
        margin=1.0,
    ),
    Claim(
        claim=(
            "The larger the batch, the more im2col gains over the loop.",
            "バッチが大きいほど、ループに対するim2colの優位は大きくなる。",
        ),
        source=(
            "a common expectation of computing everything at once",
            "一度にまとめて計算すれば速くなるという、よくある期待",
        ),
        experiment=(
            SPEED[0] + "A batch of 64 images against a single one.",
            SPEED[1] + "画像64枚のバッチと、画像1枚とを比べる。",
        ),
        metric=(
            "how many times as fast im2col is, with 64 images less with one",
            "im2colの速さがループの何倍か。64枚での値から1枚での値を引く",
        ),
        measure=lambda result: (gain(result, 64), gain(result, 1)),
        unit="×",
        instead=(
            "What im2col saves is the turns of the loop, which do not grow with the batch; what it "
            "costs, 25 copies of every pixel, does. Large batches are best cut into blocks that "
            "fit the cache.",
            "im2colが省くのはループの回数で、これはバッチが大きくなっても増えない。一方、"
            "各画素を25回コピーする負担は枚数に比例して増える。大きなバッチは、"
            "キャッシュに収まる大きさに分けて計算するのがよい。",
        ),
    ),
    Claim(
        claim=(
            "Convolutions read images as well as a fully connected layer with far fewer weights.",
            "畳み込み層は、全結合層よりはるかに少ない重みで、同等以上の正解率で画像を認識できる。",
        ),
        source="LeCun et al. 1998, Gradient-based learning applied to document recognition",
        experiment=(
            "5,000 MNIST images, Adam with learning rate 0.01, the best of five for both. Two "
            "convolutions and an output layer, 5,994 weights and biases, against a hidden layer of "
            "100 units, 79,510 of them; as well means at most half a point worse.",
            "MNISTの画像5,000枚、学習率0.01のAdam（5通りのうち、どちらにも最も適した値）。"
            "2つの畳み込み層と出力層（重みとバイアスは全部で5,994個）を、"
            "ユニット数100の隠れ層1つ（79,510個）と比べる。"
            "0.5ポイントを超えて劣らなければ同等とみなす。",
        ),
        metric=(
            "test accuracy, convolutional less fully connected",
            "テストデータの正解率。畳み込みの値から全結合の値を引く",
        ),
        measure=lambda result: (
            result.by_seed(test_accuracy, variant=CONVOLUTIONAL),
            result.by_seed(test_accuracy, variant=DENSE),
        ),
        unit="%",
        margin=-0.005,
    ),
)

CONCEPT = Concept(
    title=("Convolution, in a loop and by im2col", "畳み込み演算：ループによる実装とim2col"),
    chapter=chapters.CONVOLUTION.section(1),
    summary=(
        "A convolution slides a small kernel of weights over an image; in every window that it "
        "covers it multiplies entry by entry and sums. The same few weights find a pattern "
        "wherever it is. Padding lets windows reach over the edge, a larger stride (the step of "
        "the slide) leaves windows out. With the windows in the rows of a matrix (im2col), the "
        "whole convolution is one matrix product.",
        "畳み込み演算は、小さなフィルターを画像の上でずらしながら、重なった範囲（窓）"
        "と要素ごとに掛けて和をとる。どの位置でも同じ少数の重みを使うので、"
        "パターンがどこにあっても見つけられる。パディングを行うと窓は画像の端の外まで届き、"
        "ストライド（ずらす幅）を大きくすると窓の数は減る。窓を行列の行に並べると（im2col）、"
        "畳み込み全体が1回の行列の積になる。",
    ),
    introduces=(
        Introduced(
            "zero_padding",
            r"\tilde{x}_{p + i, \, q + j} = x_{i,j}, \quad "
            r"o = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1",
            (
                "Zeros around the image x: p above it, q on its left. With p of them on each side, "
                "an axis of n pixels has o windows of k pixels at stride s.",
                "画像xのまわりを0で囲む。xの上にp行、左にq列の0を加える。両側にp個ずつ加えると、"
                "n画素の軸には、大きさkの窓がストライドsでo個並ぶ。",
            ),
            some_edges,
            helpers=("margins", "output_sizes"),
        ),
        Introduced(
            "convolution",
            r"y_{ij} = b + \sum_{u,v} x_{si+u, \, sj+v} \, w_{uv}, \quad "
            r"\frac{\partial L}{\partial w_{uv}} = \sum_{i,j} x_{si+u, \, sj+v}^\top "
            r"\frac{\partial L}{\partial y_{ij}}, \quad \frac{\partial L}{\partial x_{ab}} = "
            r"\sum_{si+u=a, \, sj+v=b} \frac{\partial L}{\partial y_{ij}} w_{uv}^\top",
            (
                "The window at (i, j), entry by entry times the kernel, summed. x is a row of "
                "channels, w a matrix from channels to filters, s the stride. All windows share w, "
                "so its gradient sums over them; that of a pixel sums over the windows it lies in. "
                "Mathematics calls this a cross-correlation, and turns the kernel round first in "
                "its convolution; for a kernel that is learned it makes no difference.",
                "位置(i, j)の窓とフィルターを要素ごとに掛けて和をとる。"
                "xはチャンネルの行ベクトル、wはチャンネルをフィルターへ写す行列、sはストライド。"
                "すべての窓がwを共有するので、wの勾配は窓にわたる和になる。画素の勾配は、"
                "その画素を含む窓にわたる和になる。数学ではこの演算を相互相関と呼び、"
                "畳み込みではフィルターを上下左右に反転してから重ねる。"
                "フィルターは学習で決まるので、どちらでも結果は変わらない。",
            ),
            some_images,
            helpers=("windows",),
        ),
        Introduced(
            "im2col",
            r"c_{ij, \, uv} = x_{si+u, \, sj+v}, \quad \frac{\partial L}{\partial x_{ab}} = "
            r"\sum_{si+u=a, \, sj+v=b} \frac{\partial L}{\partial c_{ij, \, uv}}",
            (
                "A row (i, j) for each window. Backwards it is col2im: a pixel in several "
                "windows gets the sum of what those give back.",
                "窓(i, j)ごとに1行とする。逆伝播はcol2imで、いくつもの窓に含まれる画素には、そ"
                "れぞれから戻る勾配の和が渡る。",
            ),
            some_windows,
        ),
        Introduced(
            "convolution_by_im2col",
            r"Y = C W + b, \quad C = \mathrm{im2col}(x), \quad "
            r"\frac{\partial L}{\partial W} = C^\top \frac{\partial L}{\partial Y}, "
            r"\quad \frac{\partial L}{\partial C} = \frac{\partial L}{\partial Y} W^\top",
            (
                "One product of a matrix of windows with a matrix of filters: the Affine layer's "
                "equations.",
                "窓を行に並べた行列と、フィルターを列に並べた行列との1回の積。Affineレイヤと同じ式である。",
            ),
            some_images,
        ),
    ),
    terms=(
        ("convolution", "畳み込み演算", "layers.Conv2D"),
        ("filter (kernel)", "フィルター（カーネル）"),
        ("padding", "パディング"),
        ("stride", "ストライド"),
        ("channel", "チャンネル"),
        ("feature map", "特徴マップ"),
        ("shared weights", "重み共有"),
    ),
    demonstrations=(
        Demonstration("slide", textbook),
        Demonstration(
            "speed",
            first_layer,
            seeds=5,
            measured=tuple(f"seconds, {way}" for way in WAYS),
            timed=True,
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(8, 100), "full": Preset(12, 128)},
        variants={CONVOLUTIONAL: {"convolutional": True}, DENSE: {"convolutional": False}},
        variants_ja={CONVOLUTIONAL: "畳み込み", DENSE: "全結合"},
        seeds=5,
    ),
    claims=CLAIMS,
    figures=pictures,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
