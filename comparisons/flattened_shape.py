"""Flattened shape: pixels in another order, which an MLP does not notice and a CNN does."""

from dataclasses import replace

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
    Task,
    trained_with,
)
from comparisons.harness.datasets import halved_mnist
from comparisons.harness.drawing import figures

SIDE, SHOWN = 14, 6
BLOCKS = (14, 7, 2, 1)  # sides of the blocks that stay whole
PICTURES, SHUFFLED = both("pictures", "画像のまま"), both("shuffled", "並べ替え")
VARIANTS = {
    "MLP, pictures": {"kind": "MLP", "shuffled": False},
    "MLP, shuffled": {"kind": "MLP", "shuffled": True},
    "CNN, pictures": {"kind": "CNN", "shuffled": False},
    "CNN, shuffled": {"kind": "CNN", "shuffled": True},
}
JAPANESE = {
    name: f"{name[:3]}、{'並べ替え' if given['shuffled'] else '画像のまま'}"
    for name, given in VARIANTS.items()
}


def order_of(seed, block=1):
    """A random order of the pixels that leaves blocks of block × block of them whole."""
    across = SIDE // block
    places = np.arange(SIDE**2).reshape(across, block, across, block).swapaxes(1, 2)
    moved = np.random.default_rng(seed).permutation(places.reshape(-1, block, block))
    return moved.reshape(places.shape).swapaxes(1, 2).ravel()


def permuted(x, order):
    """Images in that order."""
    return reference_half("flattened_shape").permute_pixels(x, order)[0]


def data(settings, seed):
    """Digits of 14 × 14 in two channels: as they are, and all shuffled in one order."""
    part = halved_mnist(*((50_000, 5_000, 10_000) if settings.preset == "full" else
                          (2_000, 500, 2_000)), seed)  # fmt: skip
    order = order_of(seed)
    pairs = {
        key: np.concatenate([x, permuted(x, order)], axis=-1)
        for key in ("x_train", "x_validation", "x_test")
        for x in [getattr(part, key)]
    }
    said = (
        "; beside each image, the same with its pixels in another order, one for all images",
        "各画像に、すべての画像に共通の順序で画素を並べ替えたものを添えた。",
    )
    return replace(part, **pairs, description=tuple(map("".join, zip(part.description, said))))


def some_images(seed):
    """Images of two channels."""
    return np.random.default_rng(seed).normal(size=(2, 3, 4, 2))


def an_order(seed):
    """The images, and an order for their pixels."""
    return {"x": some_images(seed), "order": np.random.default_rng(seed).permutation(12)}


def digits_and_weights(seed):
    """64 digits, an order, and the initial weights of an MLP."""
    part, generator = halved_mnist(64, 10, 10, seed), np.random.default_rng(seed)
    shapes = {"W1": (SIDE**2, 100), "W2": (100, 10)}
    first, last = (generator.normal(0, (2 / s[0]) ** 0.5, s) for s in shapes.values())
    weights = {"W1": first, "b1": np.zeros(100), "W2": last, "b2": np.zeros(10)}
    images = {"x": part.x_train.astype("float64"), "y": part.y_train}
    return {**images, "order": order_of(seed), "steps": 20, **weights}


def accuracy(result, variant):
    """Accuracy on the test images, by seed."""
    return result.by_seed(lambda run: run["scores"]["test"]["accuracy"], variant=variant)


def learned(result, variant):
    """How far the first ten units' weights have moved from where they began."""
    before, after = (found["weights"][:10] for _, found in sorted(result.kept(variant).items()))
    return after - before


def put_back(pictures):
    """Shuffled pictures with every pixel where it was."""
    order = np.argsort(order_of(0))
    return permuted(pictures[..., None], order)[..., 0]


def draw(result):
    """Digits in other orders, twice the same training, and first weights."""
    x = halved_mnist(100, 10, 10, 0).x_train[:SHOWN]
    digits = {
        block: {both("digits", "数字"): permuted(x, order_of(0, block))[..., 0]} for block in BLOCKS
    }
    same = result.arrays("same_training")
    mlp = {name: learned(result, f"MLP, {name}") for name in ("pictures", "shuffled")}
    kept = {name: result.kept(f"CNN, {name}") for name in ("pictures", "shuffled")}
    cnn = {name: found[max(found)] for name, found in kept.items()}
    return [
        Figure(
            ("Digits in another order", "画素を並べ替えた数字"),
            figures.slider(
                figures.images(digits, columns=SHOWN, size=80),
                ("side of the blocks that stay whole", "まとめて動かすブロックの1辺"),
                start=1,
            ),
            (
                "At 14 the digits are whole; at 7 four quarters have changed places; at 1 single "
                "pixels have, in all images alike. Nothing is lost: whoever knows the order can "
                "put every pixel back.",
                "14では元のまま、7では4つの部分が入れ替わり、1では画素が1つずつ入れ替わる。"
                "移る先はどの画像でも同じである。情報は失われておらず、"
                "順序を知っていれば完全に元に戻せる。",
            ),
        ),
        Figure(
            ("An MLP trained twice", "MLPを2通りに学習させる"),
            figures.lines(
                {
                    PICTURES: same["pictures: loss"],
                    both(
                        "shuffled, and the first weights too",
                        "画素も最初の層の重みも並べ替え",
                    ): same["shuffled: loss"],
                },
                x_title=("step", "ステップ"),
                y_title=("loss", "損失"),
            ),
            (
                "One line lies on the other. A unit adds up weight times pixel, and the order of a "
                "sum does not matter; so with its weights in the images' order the network is the "
                "same one, step by step. Random initial weights are as good in one order as in "
                "another: that is why an MLP does not notice.",
                "2本の線は重なっている。ユニットは重みと画素の積を足すだけで、足す順序は結果に影響しない。"
                "重みも画素と同じ順序に並べ替えれば、ステップごとにまったく同じ学習になる。ランダムな初期値は"
                "並べ替えてもランダムなままなので、MLPは並べ替えに気づかない。",
            ),
        ),
        Figure(
            ("What ten units of the MLP have learned", "MLPの10個のユニットが学んだこと"),
            figures.images(
                {
                    PICTURES: mlp["pictures"],
                    SHUFFLED: mlp["shuffled"],
                    both("shuffled, put back", "並べ替えを元に戻す"): put_back(mlp["shuffled"]),
                },
                columns=5,
                size=48,
                panels=3,
            ),
            (
                "How learning has moved the weights of the first layer: blue up, orange down. "
                "From shuffled digits they look like noise; put every weight back where its pixel "
                "was, and there are the same strokes and blobs.",
                "学習によって最初の層の重みがどう変わったか。青は増加、橙は減少。並べ替えた数字で学習すると"
                "ノイズに見えるが、各重みを画素の元の位置に戻すと、同じような線や塊が現れる。",
            ),
        ),
        Figure(
            ("Filters and feature maps of the CNN", "CNNのフィルターと特徴マップ"),
            figures.images(
                {
                    both("filters, pictures", "フィルター、画像のまま"): cnn["pictures"]["weights"],
                    both("filters, shuffled", "フィルター、並べ替え"): cnn["shuffled"]["weights"],
                    both("maps, pictures", "特徴マップ、画像のまま"): cnn["pictures"]["maps"],
                    both("maps, shuffled", "特徴マップ、並べ替え"): cnn["shuffled"]["maps"],
                },
                columns=4,
                size=50,
            ),
            (
                "The eight filters of the first layer, and what they make of a test image. In a "
                "picture they find edges and strokes. In a shuffled image the pixels of a window "
                "have nothing to do with one another, and no pattern turns up at place after "
                "place.",
                "最初の層の8個のフィルターと、それがテスト画像から取り出したもの。画像ではエッジや線が見つかる。"
                "並べ替えた画像では、窓の中の画素は互いに無関係で、場所によらず現れるパターンがない。",
            ),
        ),
    ]


SETTING = (
    "2,000 MNIST images of 14 × 14, 12 epochs of Adam. CNN: two convolutions of 3×3 with pooling, "
    "2,698 weights. MLP: 100 hidden units, 20,710 weights. The learning rate 0.01 is no worse "
    "than 0.005 for either on the validation images of other seeds. ",
    "14×14に縮めたMNISTの画像2,000枚、Adamで12エポック。CNNは3×3の畳み込み層2つとプーリング層"
    "（重み2,698個）、MLPは隠れ層が100ユニット（重み20,710個）。学習率0.01は、別のシードの検証データで"
    "どちらについても0.005に劣らなかったもの。",
)
CLAIMS = (
    Claim(
        (
            "A CNN needs the order of the pixels: shuffled, they cost it accuracy.",
            "CNNには画素の並びが必要である。並べ替えると正解率が下がる。",
        ),
        "LeCun et al. 1998, II; Saito, Deep Learning from Scratch, 7.2.1",
        (f"{SETTING[0]}Two points of accuracy matter.", f"{SETTING[1]}2ポイントの差に意味がある。"),
        (
            "test accuracy of the CNN, pictures less shuffled",
            "CNNのテストデータの正解率。画像のままの値から並べ替えた値を引く",
        ),
        lambda result: (accuracy(result, "CNN, pictures"), accuracy(result, "CNN, shuffled")),
        unit="%",
        margin=0.02,
    ),
    Claim(
        (
            "Without that order a CNN is no better than an MLP.",
            "画素の並びが失われると、CNNはMLPに勝てない。",
        ),
        "Goodfellow et al., Deep Learning, 9.4",
        (
            f"{SETTING[0]}Both on shuffled digits; better means by more than a point.",
            f"{SETTING[1]}どちらも並べ替えた数字で比べる。1ポイントを超えれば勝ったとみなす。",
        ),
        (
            "test accuracy on shuffled digits, MLP less CNN",
            "並べ替えた数字での正解率。MLPの値からCNNの値を引く",
        ),
        lambda result: (accuracy(result, "MLP, shuffled"), accuracy(result, "CNN, shuffled")),
        unit="%",
        margin=-0.01,
    ),
    Claim(
        (
            "On shuffled pixels a CNN fails altogether.",
            "画素を並べ替えると、CNNはまったく認識できなくなる。",
        ),
        ("a common belief", "広く信じられていること"),
        (
            f"{SETTING[0]}To fail means to read less than half of the digits.",
            f"{SETTING[1]}半分も認識できなければ「まったく認識できない」とみなす。",
        ),
        ("one half less test accuracy", "0.5からテストデータの正解率を引いた値"),
        lambda result: (0.5, accuracy(result, "CNN, shuffled")),
        unit="%",
        instead=(
            "It loses what convolution is good for, not the ability to learn: the dense layer at "
            "its end still sees which values stand where.",
            "失われるのは畳み込みの利点であり、学習する能力ではない。最後の全結合層は、どの位置にどの値が"
            "あるかを見て学習できる。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Flattened shape", "形状の情報と全結合層"),
    chapter=chapters.CONVOLUTION.section(4),
    summary=(
        "A dense layer takes an image as a row of numbers. Which pixels were neighbours is not in "
        "that row: shuffle the pixels of all images in one order, and a network of dense layers "
        "learns exactly as well. A convolution is built on neighbours, and gains by them.",
        "全結合層は、画像を1列の数値として受け取る。どの画素が隣り合っていたかという形状の情報は、そこでは"
        "使われない。すべての画像の画素を同じ順序で並べ替えても、全結合層だけのネットワークはまったく同じように"
        "学習する。一方、畳み込み層は隣り合う画素の関係に基づいており、それを生かす。",
    ),
    introduces=(
        Introduced(
            "flatten",
            r"y_{n, \, (i W + j) C + c} = x_{n, i, j, c}",
            (
                "Rows, columns (W of them) and channels (C) one after another: a reshape, and back "
                "for the gradient.",
                "行、列（W個）、チャンネル（C個）を順に1列に並べる。形状を変えるだけで、勾配は元の形状に"
                "戻して返す。",
            ),
            lambda seed: {"x": some_images(seed)},
        ),
        Introduced(
            "permute_pixels",
            r"y_k = x_{\pi(k)}, \quad \frac{\partial L}{\partial x_{\pi(k)}} = "
            r"\frac{\partial L}{\partial y_k}; \quad "
            r"\sum_k w_{\pi(k)} \, x_{\pi(k)} = \sum_k w_k \, x_k",
            (
                "π says which pixel comes to place k. A weighted sum with the weights in the same "
                "order is the same sum.",
                "πは、位置kにどの画素を置くかを表す。重みも同じ順序に並べ替えれば、重み付き和は変わらない。",
            ),
            an_order,
        ),
    ),
    terms=(
        ("flatten", "平坦化", "layers.Flatten"),
        ("shape of the data", "データの形状"),
        ("permutation", "並べ替え（置換）"),
        ("inductive bias", "帰納バイアス"),
    ),
    demonstrations=(
        Demonstration(
            "same_training",
            digits_and_weights,
            subject=trained_with("adam"),
            proven_with={"steps": 3},
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(12, 50), "full": Preset(12, 128)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="first_weights",
        keep_at=(0.0, 1.0),
        seeds=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
