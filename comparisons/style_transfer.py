"""Style transfer: digits painted in textures, and what a Gram matrix knows of either."""

import functools
from operator import itemgetter

import numpy as np
import pandas as pd
from scipy.ndimage import zoom
from sklearn.svm import SVC

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.concept import trained_with as trained_by
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures

SIDE, CUTS, STAGES = 38, 4, (0, 2, 5, 10, 20, 40)
WEIGHTS = (0.03, 0.1, 0.3, 1.0, 3.0)
CHOSEN, LEGIBLE = 2, 0.8  # the weight that is drawn, and how many digits are to be read
FADES = (0.1, 0.2, 0.3, 0.5, 0.7)
KINDS = ("stripes", "waves", "checks", "dots", "hatching", "labyrinth")
FEATURES = {
    "learned": both("features learned from digits", "数字を学習した特徴"),
    "random": both("features of random weights", "ランダムな重みの特徴"),
}
CROSS_FADE = both("cross-fade", "単純な重ね合わせ")


def half():
    """The NumPy half."""
    return reference_half("style_transfer")


def enlarged(x):
    """The middle 24×24 pixels of MNIST's images, on 38×38."""
    x = zoom(x[:, 2:-2, 2:-2], (1, SIDE / 24, SIDE / 24, 1), order=1)
    return x.clip(0, 1).astype("float32")


@functools.cache
def given(seed):
    """Digits to learn and to paint, and textures, two cuts of each, the first of a kind a style."""
    draw, part = np.random.default_rng(seed), mnist_subset(2_000, 500, 300, seed)
    sheets = [half().texture(kind, draw) for kind in KINDS for _ in range(CUTS)]
    cuts = [[half().cut_out(own, SIDE, draw) for own in sheets] for _ in range(2)]
    textures, x_new = np.array(cuts, "float32"), enlarged(part.x_test)
    found = {"x": enlarged(part.x_train), "y": part.y_train, "textures": textures}
    found["digits"] = enlarged(part.x_validation), x_new, (part.y_validation, part.y_test)
    found |= {"styles": textures[0, ::CUTS], "contents": x_new[painted_digits(part.y_test)]}
    found |= {"weights": WEIGHTS, "chosen": CHOSEN, "rate": 0.07}
    return found | {"stages": STAGES, "lessons": 120}


def painted_digits(y):
    """Where the first digit is, and the first other one."""
    return [0, np.flatnonzero(y != y[0])[0]]


def some_features(seed):
    """Features of two pictures to be compared with others; an operation takes `x`."""
    # Not the seed of the directions along which calculus looks: the first would be x itself.
    x, other = np.random.default_rng(seed + 1).normal(size=(2, 2, 3, 4, 3))
    return {"x": x, "y_true": other, "y_pred": x}


def some_matrices(seed):
    """Features to be compared with the Gram matrices of others."""
    made = some_features(seed)
    return made | {"y_true": np.einsum("bhwi,bhwj->bij", made["y_true"], made["y_true"]) / 12}


def few():
    """A proof's arguments: small pictures, few steps."""
    x, classes = np.random.default_rng(0).random((11, 12, 12, 1)).astype("float32"), np.arange(3)
    known, new, rest = np.split(x, (3, 6))
    found = {"x": rest, "y": np.arange(5), "styles": x[:2], "contents": x[2:3]}
    found |= {"textures": np.stack([known, new]), "digits": (known, new, (classes, classes))}
    return found | {"weights": (0.1, 1), "chosen": 1, "stages": (0, 3), "lessons": 2}


def shown(pictures):
    """Without the frame of one pixel that few windows see: (n, 36, 36)."""
    return np.reshape(pictures, (-1, SIDE, SIDE))[:, 1:-1, 1:-1]


def pairs(given):
    """Each content with each style, as they are painted."""
    contents, styles = (shown(given[name]) for name in ("contents", "styles"))
    return np.repeat(contents, len(styles), axis=0), np.tile(styles, (len(contents), 1, 1))


def style_distance(pictures, given):
    """How far pictures of all pairs are from their styles; the plain digits are as far as 1."""
    contents, styles = pairs(given)
    found, largest = (half().patch_distance(x, styles).mean() for x in (shown(pictures), contents))
    return float(found / largest)


def coarse(pictures):
    """Each 2×2 pixels as one, flat."""
    return shown(pictures).reshape(-1, 18, 2, 18, 2).mean(axis=(2, 4)).reshape(-1, 18 * 18)


@functools.cache
def reader():
    """A support vector machine that has learned digits faded into textures; other ones of both."""
    draw, part = np.random.default_rng(1_000), mnist_subset(2_400, 10, 10, 1_000)
    sheets = [half().texture(kind, draw, 64) for kind in KINDS * 400]
    share = draw.uniform(0.3, 1, (2_400, 1, 1, 1))
    textures = np.array([half().cut_out(own, SIDE, draw) for own in sheets])
    x = share * enlarged(part.x_train) + (1 - share) * textures
    return SVC(C=10).fit(coarse(x), part.y_train)


def legible(pictures, given):
    """The share of pictures of all pairs in which the digit is read."""
    _, _, (_, y) = given["digits"]
    wanted = np.repeat(y[painted_digits(y)], len(KINDS))
    return float(np.mean(reader().predict(coarse(pictures)) == wanted))


def judged(given, arrays):
    """Distances from the style and shares of digits read, by weight; and of mere cross-fades."""
    contents, styles = given["contents"], given["styles"]
    ways = {name: arrays[f"{name}: pictures"] for name in FEATURES}
    ways["cross-fade"] = [w * contents[:, None] + (1 - w) * styles for w in FADES]
    return {
        f"{name}: {what}": [measure(pictures, given) for pictures in way]
        for name, way in ways.items()
        for what, measure in (("distance", style_distance), ("read", legible))
    }


def by_weight(result, way):
    """By seed the distances and the shares that are read, means of the columns: (seeds, 2, n)."""
    found = [
        [result.arrays("transfer", name, seed) for name in result.implementations]
        for seed in result.seeds_of("transfer")
    ]
    measures = [f"{way}: distance", f"{way}: read"]
    return np.array([[[a[m] for m in measures] for a in own] for own in found]).mean(axis=1)


def price(features):
    """By seed the distance from the style at the first weight at which most digits are read."""

    def by_seed(result):
        ways = by_weight(result, features)
        return [next((x for x, read in zip(*w) if read >= LEGIBLE), w[0, -1]) for w in ways]

    return by_seed


def table(arrays, contents, styles):
    """Contents down, styles across, by weight."""
    across, found = len(KINDS), {}
    for place, weight in enumerate(WEIGHTS):
        found[weight] = {}
        for name, title in FEATURES.items():
            made = shown(arrays[f"{name}: pictures"][place])
            rows = [np.zeros_like(styles[:1]), styles[:across]]
            for start in range(0, len(made), across):
                rows += [contents[start : start + 1], made[start : start + across]]
            found[weight][title] = np.concatenate(rows)
    return figures.images(found, columns=across + 1, size=72, panels=1)


def by_step(arrays):
    """The pictures on their way from noise."""
    found = {}
    for place, step in enumerate(STAGES):
        found[step] = {t: shown(arrays[f"{name}: way"][place]) for name, t in FEATURES.items()}
    return figures.images(found, columns=len(KINDS), size=72, panels=1)


def trade_off(result):
    """Digits that are read over the distance from the style, means over the seeds."""
    tables = []
    for way, series in {"cross-fade": CROSS_FADE, **FEATURES}.items():
        x, y = by_weight(result, way).mean(axis=0)
        tables.append(pd.DataFrame({"x": x, "y": y, "series": series}))
    titles = ("distance from the style", "スタイルとの距離"), ("digits read", "読み取れた数字")
    return figures.lines(pd.concat(tables), x_title=titles[0], y_title=titles[1], unit="%")


def matrices(gram):
    """The first layer's Gram matrices of two cuts of some textures."""
    data, gram = {}, gram / gram.max(axis=(2, 3), keepdims=True)
    for kind, name in (("stripes", "縞"), ("waves", "波"), ("dots", "水玉")):
        one, another = gram[:, KINDS.index(kind) * CUTS]
        data[both(f"{kind}, one place", f"{name}（ある場所）")] = one
        data[both(f"{kind}, another place", f"{name}（別の場所）")] = another
    return figures.heat_map(data, size=10)


def draw(result):
    """Pictures by weight and by step, content against style, and Gram matrices."""
    arrays = result.arrays("transfer")
    pictures = table(arrays, *pairs(given(result.seeds_of("transfer")[0])))
    return [
        Figure(
            ("Digits painted in textures", "模様で描いた数字"),
            figures.slider(
                pictures, ("weight of the content", "コンテンツの重み"), WEIGHTS[CHOSEN]
            ),
            (
                "Styles above, contents on the left. The larger the weight, the clearer the digit, "
                "and the less is left of the texture.",
                "上の行がスタイル画像、左の列がコンテンツ画像。重みを大きくするほど、数字がはっきりして模様が"
                "薄れる。",
            ),
        ),
        Figure(
            ("The picture in training", "学習される画像"),
            figures.slider(by_step(arrays), ("step", "ステップ"), STAGES[-1]),
            (
                f"From noise, weight {WEIGHTS[CHOSEN]}; styles and contents as above.",
                f"ノイズから始める。重みは{WEIGHTS[CHOSEN]}。スタイルとコンテンツの並びは上の図と同じ。",
            ),
        ),
        Figure(
            ("What content costs in style", "コンテンツとスタイルのトレードオフ"),
            trade_off(result),
            (
                "Each line runs over the weights, the smallest on the left; means of the seeds. "
                "Neither is a loss that was minimised: a support vector machine reads the digits, "
                "styles are compared by 5×5 patches. A mere cross-fade does well by both, since "
                "the texture shows through. That a painting draws it anew, they do not see.",
                "線は、コンテンツの重みを左端から大きくしていったもので、シードの平均。どちらの値も、最小化した"
                "損失ではない。数字はサポートベクターマシンで読み取り、スタイルは5×5のパッチで比べる。"
                "単純な重ね合わせは、元の模様が透けて見えるので良い値になる。模様を描き直していることは、"
                "これらの値には表れない。",
            ),
        ),
        Figure(
            ("Gram matrices of two cuts of a texture", "同じ模様の2か所のグラム行列"),
            matrices(arrays["learned: gram"]),
            (
                "The sixteen channels of the first layer, over the largest entry. Wherever the "
                "texture was cut, the matrix is nearly the same; it differs among textures.",
                "1層目の16チャンネル。最大値で割った。どこを切り出してもグラム行列はほぼ同じで、模様が違えば異なる。",
            ),
        ),
    ]


def claim(words, source, sides, **more):
    """A claim: sentence, experiment and metric, each in English and in Japanese; its sides."""
    return Claim(words[:2], source, words[2:4], words[4:], sides, **more)


CLAIMS = (
    claim(
        (
            "A Gram matrix forgets where things are and keeps the texture.",
            "グラム行列は、位置を忘れて模様（テクスチャ）を覚える。",
            "Two cuts of each of 24 textures: is the nearest of the other cuts that of the same "
            "texture? By Gram matrices of three convolutions that learned 2,000 MNIST digits, "
            "against their features or the pixels at their places, whichever finds more.",
            "24個の模様から2か所ずつ切り出し、もう一方の組で最も近いものが同じ模様かを調べる。MNISTの画像2,000枚を"
            "学習した畳み込み3層のグラム行列で比べる場合と、位置ごとの特徴や画素で比べる場合（良いほう）の差を見る。",
            "textures found again, by Gram matrices less in place",
            "正しく見つかった模様の割合。グラム行列での値から、位置をそのままにした場合の値を引く",
        ),
        "Gatys et al. 2015, Texture synthesis using convolutional neural networks",
        versus("transfer", itemgetter("learned: by gram"), itemgetter("learned: in place")),
        unit="%",
        margin=0.2,
    ),
    claim(
        (
            "A Gram matrix holds the style and nothing of the content.",
            "グラム行列が表すのはスタイルだけで、コンテンツの情報は含まない。",
            "300 other digits, each given the class of the nearest of 500 known ones by the same "
            "Gram matrices. By chance one in ten is right; up to 10 points more count as nothing.",
            "別の画像300枚を、同じグラム行列が最も近い既知の画像（500枚）のクラスに分類する。偶然の正解率10%との差が"
            "10ポイントまでなら、情報はないとみなす。",
            "digits told right, chance less Gram matrices",
            "正しく分類された数字の割合。偶然の値からグラム行列での値を引く",
        ),
        ("a common shortening of Gatys et al. 2015", "Gatys et al. 2015を縮めた、よくある言い方"),
        versus("transfer", lambda a: 0.1, itemgetter("learned: digits")),
        unit="%",
        margin=-0.1,
        instead=(
            "It forgets where, not what: which strokes there are tells much of a digit.",
            "忘れるのは位置だけで、どんな向きの線や曲がりがあるかは残る。それだけでも、数字はかなりわかる。",
        ),
    ),
    claim(
        (
            "The features need not be learned: a network of random weights serves as well.",
            "特徴は学習したものでなくてもよい。ランダムな重みのネットワークでも同じように描ける。",
            "By the features before and after learning, two digits are painted in six textures "
            "each, in 40 steps of Adam. Each side has the least of five weights at which 80 % of "
            "the digits are read, else the largest. As well: a distance larger by less than 0.05.",
            "学習前と学習後の特徴で、2つの数字を6種類の模様でそれぞれ描く（Adamで40ステップ）。"
            "5通りの重みのうち、数字の80%を読み取れる最小のもの（なければ最大のもの）"
            "をそれぞれ使う。距離の増加が0.05未満なら、同じように描けたとみなす。",
            "distance of 5×5 patches from the style (the plain digit's is 1), learned less random",
            "5×5のパッチで測ったスタイルとの距離（元の数字を1とする）。学習後の値から学習前の値を引く",
        ),
        "Ustyuzhaninov et al. 2016, Texture synthesis using shallow convolutional networks with "
        "random filters; He et al. 2016, A powerful generative model using random weights",
        lambda result: (price("learned")(result), price("random")(result)),
        margin=-0.05,
    ),
)

INTRODUCED = (  # name, equation, what it says
    (
        "gram_matrix",
        r"G_{ij} = \frac{1}{M} \sum_{k=1}^{M} F_{ki} F_{kj}, \quad \frac{\partial L}{\partial F} = "
        r"\frac{1}{M} F \left( \frac{\partial L}{\partial G} + \frac{\partial L}{\partial G}^\top "
        r"\right)",
        "Channels i and j at each of M positions k, multiplied and averaged. It does not matter in "
        "which order the positions come: shuffle them, and G stays the same.",
        "M個の位置kでチャンネルiとjの値を掛け合わせ、位置について平均する。位置の順番によらないので、"
        "特徴マップの位置をシャッフルしてもGは変わらない。",
    ),
    (
        "style_loss",
        r"L_s = \frac{\lVert G(F) - A \rVert^2}{\lVert A \rVert^2}, \quad "
        r"\frac{\partial L_s}{\partial G} = \frac{2 (G - A)}{\lVert A \rVert^2}",
        "A is the Gram matrix of the style. The loss is divided by its size, so that layers of "
        "large and of small numbers count alike; the mean over the layers is taken.",
        "Aはスタイル画像のグラム行列。その大きさで割るので、値の大きな層も小さな層も同じように効く。"
        "これを層について平均する。",
    ),
    (
        "content_loss",
        r"L_c = \frac{\lVert F - P \rVert^2}{\lVert P \rVert^2}, \quad "
        r"\frac{\partial L_c}{\partial F} = \frac{2 (F - P)}{\lVert P \rVert^2}",
        "P are the features of the content in the last layer, each at its place. That layer does "
        "not know every pixel: there is room left for the style.",
        "Pはコンテンツ画像の最後の層の特徴で、位置ごとに比べる。この層は画素の細部までは区別しないので、"
        "スタイルを描く余地が残る。",
    ),
    (
        "Painting",
        r"x \leftarrow x - \eta \frac{\partial}{\partial x} \Bigl( \frac{1}{3} \sum_{l=1}^{3} "
        r"L_s^{(l)} + w L_c \Bigr)",
        "Training as ever, but for what is trained: the gradient runs past the weights to the "
        "input, and Adam updates the pixels x; w is the weight of the content.",
        "ふつうの学習と違うのは、更新するものだけである。勾配を入力まで逆伝播し、画素xをAdamで更新する"
        "（wはコンテンツの重み）。",
    ),
)
PROOFS = {
    "gram_matrix": {"arguments": some_features},
    "style_loss": {"arguments": some_matrices, "helpers": ("squares",)},
    "content_loss": {"arguments": some_features},
    "Painting": {"demonstration": "transfer"},
}
SHARES = ("by gram", "in place", "digits")

CONCEPT = Concept(
    title=("Style transfer", "画風変換（スタイル変換）"),
    chapter=chapters.USES.section(6),
    summary=(
        "One image gives the content, another the style, and a third is trained to have both. Its "
        "pixels are the parameters; the network's weights stay as they are. Content is what "
        "features are at each place; style is which features occur together, wherever that is: "
        "their Gram matrix. The gradient of both losses runs through the network to the pixels.",
        "コンテンツ画像とスタイル画像から、両方の特徴をあわせもつ画像を作る。学習するのは画像の画素で、"
        "ネットワークの重みは固定する。コンテンツはそれぞれの位置での特徴で捉え、スタイルは、位置によらず"
        "どの特徴が一緒に現れるかを表すグラム行列で捉える。2つの損失の勾配を、ネットワークを通して画素まで"
        "逆伝播する。",
    ),
    introduces=tuple(
        Introduced(name, equation, tuple(says), **PROOFS[name])
        for name, equation, *says in INTRODUCED
    ),
    terms=(
        ("style transfer", "画風変換（スタイル変換）"),
        ("Gram matrix", "グラム行列"),
    ),
    demonstrations=(
        Demonstration(
            "transfer",
            given,
            seeds=5,
            first_seed=10,
            subject=trained_by("Adam"),
            measured=tuple(f"{name}: {share}" for name in FEATURES for share in SHARES),
            proven_with=few(),
            judged=judged,
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
