"""Super-resolution of digits: against bicubic, at equal operations, and on other pictures."""

import functools
from dataclasses import dataclass, field

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
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
)
from comparisons.harness.datasets import Dataset, mnist_subset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score

SHUFFLE, FIRST, TRANSPOSED = "sub-pixel shuffle", "bicubic first", "transposed convolution"
# The rate is the best of 0.0025, 0.005, 0.01 and 0.02 on validation images of seeds 100 to 102.
VARIANTS = {
    SHUFFLE: {"enlarges": "shuffle", "filters": 15, "learning_rate": 0.01},
    FIRST: {"enlarges": "bicubic", "filters": 8, "learning_rate": 0.01},
    TRANSPOSED: {"enlarges": "transposed", "filters": 15, "learning_rate": 0.01},
}
JAPANESE = dict(
    zip(VARIANTS, ("サブピクセルシャッフル", "先にバイキュービックで拡大", "転置畳み込み"))
)
KINDS = {"digits": "数字", "inverted digits": "白黒を反転した数字", "shapes": "図形"}
BICUBIC, NETWORK = ("bicubic", "バイキュービック"), ("network", "ネットワーク")
FILTER = ("linear filter, learned", "学習した線形フィルター")
SHOWN = 6  # pictures of a kind in a figure


@dataclass(frozen=True)
class Pictures(Dataset):
    """With pictures of several kinds to be enlarged, and what they should become."""

    kinds: dict = field(default_factory=dict)


def half():
    """The functions that the NumPy half writes out."""
    return reference_half("super_resolution")


def inputs(y):
    """The pictures with half the pixels in a row, and those enlarged again, both by bicubic."""
    small = np.clip(half().bicubic(y, 14), 0, 1)
    return {"small": small, "large": np.clip(half().bicubic(small, 28), 0, 1)}


def shapes(count, seed):
    """Ellipses and rectangles in greys, on grey; every pixel is the mean of sixteen places."""
    draw, places = np.random.default_rng(seed), (np.arange(112) + 0.5) / 4
    pictures = np.tile(draw.random((count, 1, 1)), (112, 112))
    for picture in pictures:
        for grey in draw.random(3):
            (x, y), (a, b), turn = draw.uniform(4, 24, 2), draw.uniform(2, 8, 2), draw.uniform(0, 3)
            x, y = places - x, (places - y)[:, None]
            u = (x * np.cos(turn) + y * np.sin(turn)) / a
            v = (y * np.cos(turn) - x * np.sin(turn)) / b
            ellipse = draw.random() < 0.5
            picture[(np.hypot(u, v) if ellipse else np.maximum(abs(u), abs(v))) < 1] = grey
    return pictures.reshape(count, 28, 4, 28, 4, 1).mean(axis=(2, 4)).astype("float32")


def data(settings, seed):
    """MNIST's images as targets, and as inputs the same with half the pixels in a row."""
    full = settings.preset == "full"
    part = mnist_subset(*((20_000, 1_000, 2_000) if full else (1_000, 200, 500)), seed)
    pairs = [(inputs(y), y) for y in (part.x_train, part.x_validation, part.x_test)]
    tested = part.x_test
    large = zip(KINDS, (tested, 1 - tested[:200], shapes(200, seed)))
    said = (
        f"{part.description[0]}; reduced to 14×14 to be enlarged again",
        f"{part.description[1]}14×14に縮めた画像を入力し、元の画像を目標とする。",
    )
    kinds = {kind: (inputs(y), y) for kind, y in large}
    return Pictures(*(x for pair in pairs for x in pair), said, kinds=kinds)


def decibels(y, found):
    """PSNR, the mean of the pictures."""
    return float(half().psnr(y, np.clip(found, 0, 1)).mean())


def neighbourhoods(x):
    """The 5×5 pixels around each pixel, and a 1: (n · 14 · 14, 26)."""
    x = np.pad(x[..., 0], ((0, 0), (2, 2), (2, 2)))
    seen = np.lib.stride_tricks.sliding_window_view(x, (5, 5), (1, 2)).reshape(-1, 25)
    return np.pad(seen, ((0, 0), (0, 1)), constant_values=1)


@functools.cache
def rivals(preset, seed):
    """PSNR by kind of what has no hidden layer: bicubic, and the best 5×5 linear filter."""
    part, found = data(Settings(preset), seed), {}
    y = half().depth_to_space_backward(part.y_train, 2).reshape(-1, 4)  # the shuffle undone
    weights, *_ = np.linalg.lstsq(neighbourhoods(part.x_train["small"]), y)
    for kind, (x, y) in part.kinds.items():
        by_filter = (neighbourhoods(x["small"]) @ weights).reshape(-1, 14, 14, 4)
        found[kind, BICUBIC] = decibels(y, x["large"])
        found[kind, FILTER] = decibels(y, half().depth_to_space(by_filter, 2)[0])
    return found


def by_rival(kind, way=BICUBIC):
    """A claim's side: dB without a network on one kind of picture, by seed."""
    return lambda result: result.by_seed(
        lambda run: rivals(result.settings.preset, run["seed"])[kind, way], variant=SHUFFLE
    )


def last(result, run):
    """What was kept of a model after training."""
    found = result.kept(run["variant"], run["implementation"], run["seed"])
    return found[max(found)]


def by_network(kind, variant=SHUFFLE):
    """A claim's side: dB by a network on one kind of picture, by seed."""
    return lambda result: result.by_seed(
        lambda run: float(last(result, run)[f"{kind}: psnr"]), variant=variant
    )


def checkerboard(variant):
    """A claim's side: how far the four places of a block differ in their mean error, by seed."""

    def value(result, run):
        blocks = last(result, run)["mean error"].reshape(14, 2, 14, 2)
        return float(255 * blocks.mean(axis=(0, 2)).std())

    return lambda result: result.by_seed(lambda run: value(result, run), variant=variant)


def arguments(seed):
    """Pictures, other pictures like them, channels to be shuffled, and a kernel."""
    draw = np.random.default_rng(seed)
    pictures = draw.random((2, 5, 5, 1))
    return {
        "size": 8,
        "block": 2,
        "x": draw.normal(size=(2, 3, 3, 8)),
        "kernel": draw.normal(size=(6, 6, 2, 8)),
        "y_true": pictures,
        "y_pred": pictures + 0.1 * draw.normal(size=pictures.shape),
    }


def draw(result):
    """Pictures of each kind, what networks add to bicubic in training, and PSNR by way."""
    run = result.runs(implementation="numpy", variant=SHUFFLE)[0]
    kinds, found = data(result.settings, run["seed"]).kinds, last(result, run)
    pictures = {
        both(kind, KINDS[kind]): {
            both("small", "小さな画像"): x["small"][:SHOWN, ..., 0],
            both(*BICUBIC): x["large"][:SHOWN, ..., 0],
            both(*NETWORK): found[kind][..., 0],
            both("original", "元の画像"): y[:SHOWN, ..., 0],
        }
        for kind, (x, y) in kinds.items()
    }
    kept = {both(name, JAPANESE[name]): result.kept(name) for name in VARIANTS}
    added = {
        epoch: {name: own[epoch]["added"][..., 0] for name, own in kept.items()}
        for epoch in min(kept.values(), key=len)
    }
    levels = {}
    for kind, japanese in KINDS.items():
        for way in (BICUBIC, FILTER, NETWORK):
            side = by_network(kind) if way is NETWORK else by_rival(kind, way)
            levels[both(f"{kind}: {way[0]}", f"{japanese}：{way[1]}")] = side(result)
    return [
        Figure(
            ("Four times as many pixels", "画素を4倍に"),
            figures.selection(
                figures.images(pictures, columns=SHOWN, size=58), ("pictures", "画像の種類")
            ),
            (
                "Test pictures. Bicubic interpolation blurs every edge. The network draws the "
                "edges of strokes as sharp as those of the digits it learned from. On shapes it "
                "draws strokes too, where there are none.",
                "テスト画像の例。バイキュービック補間では、どの輪郭もぼける。ネットワークは、学習した数字と"
                "同じくらいはっきりした線を描く。図形に対しても、ありもしない線を描いてしまう。",
            ),
        ),
        Figure(
            ("What is added to the bicubic picture", "バイキュービック補間に足されるもの"),
            figures.slider(
                figures.images(added, columns=3, size=76, panels=3), ("epoch", "エポック"), 0
            ),
            (
                "Blue brighter, orange darker; each panel by its own largest number. Before "
                "training both ways of enlarging after the convolutions have a checkerboard, since "
                "the four pixels of a block come from weights of their own. It goes as the weights "
                "learn.",
                "青は明るく、橙は暗くする。濃さはパネルごとの最大値に対するもの。学習前は、畳み込みのあとで"
                "拡大するどちらの方法にも格子模様がある。ブロックの4画素が別々の重みで計算されるからである。"
                "模様は学習とともに消える。",
            ),
        ),
        Figure(
            ("PSNR by way of enlarging and kind of picture", "拡大の方法と画像の種類によるPSNR"),
            figures.bars(levels, x_title=("PSNR in dB", "PSNR（dB）")),
            (
                "Blurred copies are hard to tell from sharp ones where there are few edges: "
                "compare within a kind. The linear filter, 5×5 pixels to four, is the best one for "
                "the digits to train on, by least squares: more than bicubic for digits, less for "
                "shapes. Without hidden layers, too, what was learned is learned of digits.",
                "輪郭の少ない画像ほど値が高いので、同じ種類の中で比べる。線形フィルター（5×5画素から"
                "4画素を計算する）は、訓練データの数字に対する最小二乗解である。数字ではバイキュービック補間を"
                "上回り、図形では下回る。隠れ層がなくても、学習したのは数字の拡大である。",
            ),
        ),
    ]


SETTING = (
    "1,000 MNIST images, reduced to 14×14 by bicubic interpolation with antialiasing; three "
    "convolutions of 3×3, 8 epochs of Adam, each network at its best of four rates. ",
    "MNISTの画像1,000枚を、アンチエイリアスつきのバイキュービック補間で14×14に縮める。3×3の畳み込み3層、"
    "Adamで8エポック、学習率は4通りから方法ごとに最良のもの。",
)


def claim(words, source, larger, smaller, unit="dB", **more):
    """A claim that one number is larger than another.

    Args:
        words: the sentence, the experiment, the metric, each in English and in Japanese.
    """
    sentence, experiment, metric = zip(words[::2], words[1::2])

    def measure(result):
        return larger(result), smaller(result)

    experiment = (SETTING[0] + experiment[0], SETTING[1] + experiment[1])
    return Claim(sentence, source, experiment, metric, measure, unit=unit, **more)


CLAIMS = (
    claim(
        (
            "A network enlarges pictures like those it learned from better than bicubic does.",
            "学習に使った種類の画像なら、ネットワークはバイキュービック補間よりうまく拡大する。",
            "Digits; bicubic with a = −½. 2 dB count.",
            "数字の画像。バイキュービック補間はa = −½。2 dBの差に意味がある。",
            "PSNR of test digits, shuffle less bicubic",
            "テストの数字のPSNR。シャッフルの値からバイキュービックの値を引く",
        ),
        "Dong et al. 2014, Learning a deep convolutional network for image super-resolution",
        by_network("digits"),
        by_rival("digits"),
        margin=2,
    ),
    claim(
        (
            "For as many multiplications it is better to compute on the small picture than on one "
            "enlarged beforehand.",
            "同じ乗算回数なら、先に拡大した画像より、小さな画像のまま計算するほうがよい。",
            "15 filters and the shuffle, 2,700 multiplications a pixel of the small picture, "
            "against 8 filters after bicubic, 2,880. Half a dB counts.",
            "フィルター15個とシャッフル（小さな画像の1画素あたり乗算2,700回）を、先に拡大してからの"
            "フィルター8個（2,880回）と比べる。0.5 dBの差に意味がある。",
            "PSNR of test digits, shuffle less bicubic first",
            "テストの数字のPSNR。シャッフルの値から、先に拡大する場合の値を引く",
        ),
        "Shi et al. 2016, Real-time single image and video super-resolution, 1",
        by_network("digits"),
        by_network("digits", FIRST),
        margin=0.5,
    ),
    claim(
        (
            "A transposed convolution leaves a checkerboard in its pictures, unlike the shuffle.",
            "転置畳み込みは、シャッフルと違って、画像に格子模様を残す。",
            "Against a transposed convolution of 3×3 with stride 2, whose windows overlap "
            "unevenly. One grey level counts: less cannot be seen.",
            "シャッフルを、窓の重なりが一様でない3×3、ストライド2の転置畳み込みと比べる。"
            "1階調の差に意味がある（それより小さければ目に見えない）。",
            "standard deviation over the four places of a 2×2 block of their mean error, in grey "
            "levels of 255, transposed less shuffle",
            "2×2のブロック内の4つの位置ごとに平均誤差を求め、その標準偏差（255階調）を比べる。"
            "転置畳み込みの値からシャッフルの値を引く",
        ),
        "a common shortening of Odena et al. 2016, Deconvolution and checkerboard artifacts",
        checkerboard(TRANSPOSED),
        checkerboard(SHUFFLE),
        unit="",
        margin=1,
        instead=(
            "Both are one operation: a transposed convolution of 2k×2k with stride 2 is a "
            "convolution of k×k and the shuffle, its weights in another order. Both begin with a "
            "checkerboard; squared error on pictures without one trains it away.",
            "2つは同じ演算である。ストライド2、2k×2kの転置畳み込みは、重みを並べ替えれば、k×kの畳み込みと"
            "シャッフルになる。どちらも学習前には格子模様があるが、模様のない画像との二乗誤差を減らすうちに"
            "消える。",
        ),
    ),
    claim(
        (
            "A trained network enlarges any picture better than bicubic does.",
            "学習したネットワークは、どんな画像でもバイキュービック補間よりうまく拡大する。",
            "What learned from digits is given ellipses and rectangles in greys.",
            "数字で学習したネットワークで、灰色の楕円と長方形の画像を拡大する。",
            "PSNR of 200 pictures of shapes, shuffle less bicubic",
            "図形の画像200枚のPSNR。シャッフルの値からバイキュービックの値を引く",
        ),
        "a common shortening of the first",
        by_network("shapes"),
        by_rival("shapes"),
        instead=(
            "What the small picture lacks is filled in from memory: a network takes every picture "
            "for one of those it learned from.",
            "小さな画像で失われた情報は、学習した画像の知識で補われる。ネットワークは、どの画像も学習した"
            "種類の画像とみなして拡大する。",
        ),
    ),
)

INTRODUCED = (  # name, equation, what it says
    (
        "bicubic",
        r"y_i = \frac{\sum_p w_{ip} \, x_p}{\sum_p w_{ip}}, \; w_{ip} = w \left( p + "
        r"\tfrac{1}{2} - \tfrac{n}{m} (i + \tfrac{1}{2}) \right), \; w(t) = \begin{cases} "
        r"\frac{3}{2} |t|^3 - \frac{5}{2} |t|^2 + 1 & (|t| < 1) \\ "
        r"-\frac{1}{2} |t|^3 + \frac{5}{2} |t|^2 - 4 |t| + 2 & (1 \le |t| < 2) \\ "
        r"0 & (|t| \ge 2) \end{cases}",
        "From n pixels m, along the rows and along the columns; the weights fall with the "
        "distance from the new pixel's middle.",
        "n個の画素からm個を、縦と横のそれぞれに作る。重みは、新しい画素の中心からの距離で決まる。",
    ),
    (
        "depth_to_space",
        r"y_{hb + i, \, wb + j, \, c} = x_{h, \, w, \, (ib + j) C + c}",
        "The sub-pixel shuffle: b² numbers of a pixel become b×b pixels, in C channels.",
        "サブピクセルシャッフル。1画素のb²個の数をb×b画素に並べる（Cチャンネルのそれぞれで）。",
    ),
    (
        "shuffled_kernel",
        r"\tilde{K}_{u, \, v, \, f, \, (ib + j) C + c} = "
        r"K_{(k - 1 - u) b + i, \, (k - 1 - v) b + j, \, c, \, f}",
        "A transposed convolution of kb×kb with stride b, as a convolution of k×k and the shuffle.",
        "ストライドb、kb×kbの転置畳み込みを、k×kの畳み込みとシャッフルで表すカーネル。",
    ),
    (
        "psnr",
        r"\mathrm{PSNR} = 10 \log_{10} \frac{1}{\frac{1}{N} \sum_i (\hat{y}_i - y_i)^2}",
        "The square of the largest value, 1, over the mean squared error of N pixels, in dB.",
        "画素の最大値の2乗（ここでは1）と、N画素の平均二乗誤差との比を、デシベルで表す。",
    ),
)

CONCEPT = Concept(
    title=("Super-resolution", "超解像"),
    chapter=chapters.GENERATION.section(6),
    summary=(
        "A large picture from a small one, with pixels that nobody has seen. Bicubic interpolation "
        "mixes the pixels nearby by fixed weights. A network has learned from pairs of pictures "
        "what large ones look like. It computes on the small picture, where that is cheap, and at "
        "the end gives four numbers for every pixel; the sub-pixel shuffle lays them out as 2×2. "
        "How close the result comes is told by PSNR in decibels: 6 dB more is half the error.",
        "小さな画像から、失われた画素を補って大きな画像を作る。バイキュービック補間は、近くの画素を決まった"
        "重みで混ぜ合わせる。ネットワークは、大小の画像の組から、大きな画像がどう見えるものかを学習する。"
        "計算量の少ない小さな画像のまま計算し、最後に1画素につき4個の数を出して、サブピクセルシャッフルで"
        "2×2画素に並べる。元の画像との近さはPSNR（デシベル）で表す。6 dB高いと、誤差は半分になる。",
    ),
    introduces=tuple(
        Introduced(name, equation, tuple(says), arguments, helpers=("cubic",) * (name == "bicubic"))
        for name, equation, *says in INTRODUCED
    ),
    equations=(
        (
            r"\hat{y} = \mathrm{bicubic}(x) + \mathrm{shuffle}(f(x))",
            (
                "the network f gives what the bicubic picture lacks",
                "ネットワークfは、バイキュービック補間に足りない分を出力する",
            ),
        ),
    ),
    terms=(
        ("super-resolution", "超解像"),
        ("bicubic interpolation", "バイキュービック補間", "layers.Resizing"),
        ("sub-pixel shuffle", "サブピクセルシャッフル"),
        ("transposed convolution", "転置畳み込み", "layers.Conv2DTranspose"),
        ("checkerboard artefact", "格子模様（チェッカーボードアーティファクト）"),
        ("peak signal-to-noise ratio (PSNR)", "ピーク信号対雑音比（PSNR）"),
    ),
    demonstrations=(
        Demonstration("two_ways", lambda s: {n: arguments(s)[n] for n in ("x", "kernel", "block")}),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(8, 20), "full": Preset(10, 50)},
        scores=(Score("psnr", ("PSNR", "PSNR"), decibels, "dB", margin=0.5),),
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="looked_at",
        keep_at=(0.0, 0.125, 1.0),
        proven_steps=5,
        seeds=6,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
