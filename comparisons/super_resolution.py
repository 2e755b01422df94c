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
JAPANESE = dict(zip(VARIANTS, ("サブピクセルシャッフル", "先に拡大", "転置畳み込み")))
KINDS = {"digits": "数字", "inverted": "白黒反転", "shapes": "図形", "black ground": "黒地の図形"}
BICUBIC, NETWORK = ("bicubic", "バイキュービック"), ("network", "ネットワーク")
FILTER = ("linear filter, learned", "学習した線形フィルター")


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


def shapes(count, seed, ground=1):
    """Ellipses and rectangles in greys on grey up to `ground`; a pixel is the mean of 16 places."""
    draw, places = np.random.default_rng(seed), (np.arange(112) + 0.5) / 4
    pictures = np.tile(ground * draw.random((count, 1, 1)), (112, 112))
    for picture in pictures:
        for grey in draw.random(3):
            (x, y), (a, b), turn = draw.uniform(4, 24, 2), draw.uniform(2, 8, 2), draw.uniform(0, 3)
            x, y = places - x, (places - y)[:, None]
            u = (x * np.cos(turn) + y * np.sin(turn)) / a
            v = (y * np.cos(turn) - x * np.sin(turn)) / b
            inside = np.hypot(u, v) if draw.random() < 0.5 else np.maximum(abs(u), abs(v))
            picture[inside < 1] = grey
    return pictures.reshape(count, 28, 4, 28, 4, 1).mean(axis=(2, 4)).astype("float32")


def data(settings, seed):
    """MNIST's images as targets, and as inputs the same with half the pixels in a row."""
    full = settings.preset == "full"
    part = mnist_subset(*((20_000, 1_000, 2_000) if full else (1_000, 200, 500)), seed)
    pairs = [(inputs(y), y) for y in (part.x_train, part.x_validation, part.x_test)]
    others = 1 - part.x_test[:100], shapes(100, seed), shapes(100, seed, ground=0)
    said = (
        f"{part.description[0]}; reduced to 14×14 to be enlarged again",
        f"{part.description[1]}14×14に縮めた画像を入力し、元の画像を目標とする。",
    )
    kinds = {kind: (inputs(y), y) for kind, y in zip(KINDS, (part.x_test, *others))}
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


def kept(name, variant=SHUFFLE):
    """A claim's side: a number that was kept of a network, by seed."""
    return lambda result: result.by_seed(
        lambda run: float(last(result, run)[name]), variant=variant
    )


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
            both("small", "小さな画像"): x["small"][:6, ..., 0],
            both(*BICUBIC): x["large"][:6, ..., 0],
            both(*NETWORK): found[kind][..., 0],
            both("original", "元の画像"): y[:6, ..., 0],
        }
        for kind, (x, y) in kinds.items()
    }
    enlarged = figures.images(pictures, columns=6, size=58)
    titles = {name: both(name, JAPANESE[name]) for name in VARIANTS}
    added = {
        epoch: {titles[name]: result.kept(name)[epoch]["shapes: added"][..., 0] for name in titles}
        for epoch in result.kept(SHUFFLE)
    }
    shown = figures.images(added, columns=3, size=76, panels=3)
    blocks = {titles[name]: kept("shapes: checkerboard", name)(result) for name in titles}
    levels = {}
    for kind, japanese in KINDS.items():
        for way in (BICUBIC, FILTER, NETWORK):
            side = kept(f"{kind}: psnr") if way is NETWORK else by_rival(kind, way)
            levels[both(f"{kind}: {way[0]}", f"{japanese}：{way[1]}")] = side(result)
    return [
        Figure(
            ("Four times as many pixels", "画素を4倍に"),
            figures.selection(enlarged, ("pictures", "画像の種類")),
            (
                "Bicubic interpolation blurs every edge. The network draws strokes as sharp as "
                "those it learned from. On a grey ground, which digits lack, it makes up a "
                "pattern, and a frame, since beyond the edges the convolutions see zeros.",
                "バイキュービック補間では輪郭がぼける。ネットワークは、学習した数字と同じくらいはっきりした線を"
                "描くが、数字にはない灰色の地には、ありもしない模様と、ゼロパディングのために縁に枠を描いてしまう。",
            ),
        ),
        Figure(
            ("What is added to bicubic pictures of shapes", "図形の画像に足されるもの"),
            figures.slider(shown, ("epoch", "エポック"), max(added)),
            (
                "Blue brighter, orange darker, each panel by its own largest number. Where the "
                "four pixels of a block come from weights of their own, networks begin with a "
                "checkerboard. Learning from digits does not take it from grey areas.",
                "青は明るく、橙は暗くした画素。濃さはパネルごとの最大値との比。ブロックの4画素を別々の重みで"
                "計算する2つの方法では、学習前に格子模様がある。数字から学習しても、灰色の面からは消えない。",
            ),
        ),
        Figure(
            ("The checkerboard on shapes after training", "学習後の図形の格子模様"),
            figures.bars(blocks, x_title=("grey levels of 255", "階調（255階調）")),
        ),
        Figure(
            ("PSNR by way of enlarging and kind of picture", "拡大の方法と画像の種類によるPSNR"),
            figures.bars(levels, x_title=("PSNR in dB", "PSNR（dB）")),
            (
                "Compare within a kind (the last is shapes on black): few edges make high values. "
                "The filter, 5×5 pixels to four, is the best linear one for the training digits, "
                "by least squares. What the network has over it on digits, the hidden layers gave.",
                "輪郭の少ない画像ほど値が高いので、同じ種類の中で比べる。フィルターは5×5画素から4画素を計算する"
                "もので、訓練データの数字に対する最小二乗解。数字でのネットワークとの差は、隠れ層の効果である。",
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
    """A claim: sentence, experiment and metric, each in English and in Japanese; its sides."""
    sentence, experiment, metric = zip(words[::2], words[1::2])
    experiment = (SETTING[0] + experiment[0], SETTING[1] + experiment[1])
    return Claim(
        sentence, source, experiment, metric, lambda r: (larger(r), smaller(r)), unit, **more
    )


CLAIMS = (
    claim(
        (
            "A network enlarges pictures like those it learned from better than bicubic does.",
            "学習に使った種類の画像なら、ネットワークはバイキュービック補間よりうまく拡大する。",
            "Digits; bicubic with a = −½. 2 dB count.",
            "数字の画像。バイキュービック補間はa = −½。2 dB以上を意味のある差とする。",
            "PSNR of test digits, shuffle less bicubic",
            "テストの数字のPSNR。シャッフルの値からバイキュービックの値を引く",
        ),
        "Dong et al. 2014, Learning a deep convolutional network for image super-resolution",
        kept("digits: psnr"),
        by_rival("digits"),
        margin=2,
    ),
    claim(
        (
            "For as many multiplications it is better to compute on the small picture than on one "
            "enlarged beforehand.",
            "同じ乗算回数なら、先に拡大した画像より、小さな画像のまま計算するほうが良い。",
            "15 filters and the shuffle, 2,700 multiplications a pixel of the small picture, "
            "against 8 filters after bicubic, 2,880. Half a dB counts.",
            "フィルター15個とシャッフル（小さな画像の1画素あたり乗算2,700回）を、先に拡大してからの"
            "フィルター8個（2,880回）と比べる。0.5 dB以上を意味のある差とする。",
            "PSNR of test digits, shuffle less bicubic first",
            "テストの数字のPSNR。シャッフルの値から、先に拡大する場合の値を引く",
        ),
        "Shi et al. 2016, Real-time single image and video super-resolution, 1",
        kept("digits: psnr"),
        kept("digits: psnr", FIRST),
        margin=0.5,
    ),
    claim(
        (
            "Unlike a transposed convolution, the sub-pixel shuffle leaves no checkerboard.",
            "サブピクセルシャッフルは、転置畳み込みと違って、画像に格子模様を残さない。",
            "Shapes, whose areas are even, by networks that learned from digits; against bicubic "
            "first, which cannot have one. Up to one grey level counts as none.",
            "面が一様な図形の画像で、格子模様の生じない「先に拡大」と比べる。1階調までの差はないとみなす。",
            "standard deviation of the mean error at the four places of a 2×2 block, in grey "
            "levels of 255, bicubic first less shuffle",
            "2×2ブロック内の4つの位置での平均誤差の標準偏差（255階調）。先に拡大する場合の値からシャッフルの値を引く",
        ),
        ("a common shortening of Odena et al. 2016", "Odena et al. 2016を縮めた言い方"),
        kept("shapes: checkerboard", FIRST),
        kept("shapes: checkerboard"),
        unit="",
        margin=-1,
        instead=(
            "A transposed convolution of 2k×2k with stride 2 is a convolution of k×k and the "
            "shuffle, its weights in another order. Both compute the four places by weights of "
            "their own, which learn to agree only on pictures like those they learn from.",
            "2k×2k、ストライド2の転置畳み込みは、重みを並べ替えれば、k×kの畳み込みとシャッフルになる。どちらも"
            "4つの位置を別々の重みで計算し、結果がそろうのは学習したのと同じ種類の画像だけである。",
        ),
    ),
    claim(
        (
            "A trained network enlarges any picture better than bicubic does.",
            "学習したネットワークは、どんな画像でもバイキュービック補間よりうまく拡大する。",
            "What learned from digits is given ellipses and rectangles in greys.",
            "数字で学習したネットワークで、灰色の楕円と長方形の画像を拡大する。",
            "PSNR of 100 pictures of shapes, shuffle less bicubic",
            "図形の画像100枚のPSNR。シャッフルの値からバイキュービックの値を引く",
        ),
        ("a common shortening of the first", "最初の主張を縮めた、よくある言い方"),
        kept("shapes: psnr"),
        by_rival("shapes"),
        instead=(
            "It depends on what was in the training pictures. On black ground, as digits have it, "
            "the same shapes gain as well; what becomes of grey areas and edges was not learned.",
            "学習した画像に何が含まれていたかによる。数字と同じ黒地なら、同じ図形でもバイキュービック補間を上回る。"
            "灰色の面や縁をどう拡大すべきかは、学習していない。",
        ),
    ),
)

INTRODUCED = (  # name, equation, what it says
    (
        "bicubic",
        r"y_i = \frac{\sum_p w(t_{ip}) \, x_p}{\sum_p w(t_{ip})}",
        "New pixels of old ones, along the rows and along the columns; the weights fall with the "
        "distance t between their middles (see the model).",
        "元の画素から新しい画素を、縦と横に作る。重みwは中心間の距離tで決まる（「モデル」を参照）。",
    ),
    (
        "depth_to_space",
        r"y_{hb + i, \, wb + j, \, c} = x_{h, \, w, \, (ib + j) C + c}",
        "The sub-pixel shuffle: b² numbers of a pixel become b×b pixels, in C channels.",
        "サブピクセルシャッフル。1画素のb²個の数をb×b画素に並べる（Cチャンネルのそれぞれで）。",
    ),
    (
        "shuffled_kernel",
        r"\tilde{K}_{u, v, f, (ib + j) C + c} = K_{u' b + i, v' b + j, c, f}",
        "A transposed convolution of kb×kb as a convolution of k×k and shuffle; u' = k − 1 − u.",
        "kb×kbの転置畳み込みを、k×kの畳み込みとシャッフルで表すカーネル（u' = k − 1 − u）。",
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
        "Super-resolution makes a large picture from a small one. Bicubic interpolation mixes the "
        "pixels nearby by fixed weights. A network learns from pairs of pictures what large ones "
        "look like. It computes on the small picture, where that is cheap, and at the end gives "
        "four numbers for every pixel; the sub-pixel shuffle lays them out as 2×2. How close the "
        "result comes is told by PSNR in decibels: 6 dB more is half the root of the mean squared "
        "error.",
        "超解像は、小さな画像から大きな画像を作る。バイキュービック補間は、近くの画素を決まった重みで混ぜ合わせる。"
        "ネットワークは、大小の画像の組から、大きな画像がどう見えるものかを学習する。計算量の少ない小さな"
        "画像のまま計算し、最後に1画素につき4個の数を出して、サブピクセルシャッフルで2×2画素に並べる。"
        "元の画像との近さはPSNR（デシベル）で表す。6 dB高いと、誤差（RMSE）は半分になる。",
    ),
    introduces=tuple(
        Introduced(name, equation, tuple(says), arguments, helpers=("cubic",) * (name == "bicubic"))
        for name, equation, *says in INTRODUCED
    ),
    equations=(
        (
            r"t_{ip} = p + \tfrac{1}{2} - \tfrac{n}{m} \left( i + \tfrac{1}{2} \right), \quad "
            r"w(t) = \begin{cases} \frac{3}{2} |t|^3 - \frac{5}{2} |t|^2 + 1 & (|t| < 1) \\ "
            r"-\frac{1}{2} |t|^3 + \frac{5}{2} |t|^2 - 4 |t| + 2 & (1 \le |t| < 2) \\ "
            r"0 & (|t| \ge 2) \end{cases}",
            (
                "bicubic weights, from n pixels to m; where n > m, t is divided by n/m",
                "バイキュービック補間の重み（n画素からm画素へ）。n > mのときはtをn/mで割る",
            ),
        ),
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
        proven_steps=2,
        seeds=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
