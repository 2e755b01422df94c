"""Data augmentation: images shifted, turned, bent, mirrored, and when a network gains by it."""

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

FEW, MANY = 300, 3_000
FEW_PLAIN, FEW_SHIFTED, FEW_MIRRORED = "300 images", "300, shifted", "300, mirrored"
FEW_BENT = "300, bent"
MANY_PLAIN, MANY_SHIFTED = "3,000 images", "3,000, shifted"
VARIANTS = {
    FEW_PLAIN: {"images": FEW, "change": ""},
    FEW_SHIFTED: {"images": FEW, "change": "shift"},
    FEW_BENT: {"images": FEW, "change": "bend"},
    FEW_MIRRORED: {"images": FEW, "change": "flip"},
    MANY_PLAIN: {"images": MANY, "change": ""},
    MANY_SHIFTED: {"images": MANY, "change": "shift"},
}
JAPANESE = dict(
    zip(
        VARIANTS,
        (
            "300枚",
            "300枚、平行移動",
            "300枚、弾性変形",
            "300枚、左右反転",
            "3,000枚",
            "3,000枚、平行移動",
        ),
    )
)
SHIFTS = (-6.0, -3.0, 0.0, 1.5, 3.0, 6.0)
DEGREES_A_PIXEL = 7.5
MAPS = r"\begin{pmatrix} c' \\ r' \end{pmatrix} = "


def data(settings, seed):
    """3,000 images, of which some variants train on the first 300 alone."""
    return mnist_subset(MANY, 500, 2_000, seed)


def some_images(seed):
    """Images of two channels."""
    return {"x": np.random.default_rng(seed).normal(size=(8, 6, 5, 2))}


def some_maps(seed):
    """Images, and a map each that leads between pixels and outside."""
    maps = np.array([[1.0, 0, 0, 0, 1, 0]]) + np.random.default_rng(seed).normal(0, 0.6, (8, 6))
    return {**some_images(seed), "maps": maps}


def some_noise(seed):
    """Images, and the noise that they are bent by."""
    noise = np.random.default_rng(seed).normal(size=(2, 8, 6, 5))
    return {**some_images(seed), "noise": noise, "width": 1.5, "strength": 0.8}


def some_digits(seed):
    """Three digits, how far to shift and to turn them, and what to bend them by."""
    x = mnist_subset(100, 10, 10, seed).x_train[:3]
    angles = tuple(float(np.radians(DEGREES_A_PIXEL * shift)) for shift in SHIFTS)
    noise = np.random.default_rng(seed).normal(size=(2, *x.shape[:3])).astype(x.dtype)
    return {"x": x, "shifts": SHIFTS, "angles": angles, "noise": noise}


def test_accuracy(run):
    """Accuracy on the test images."""
    return run["scores"]["test"]["accuracy"]


def accuracies(result, variant):
    """Test accuracy by seed."""
    return result.by_seed(test_accuracy, variant=variant)


def gains(result, with_it, without):
    """What it adds to the test accuracy, by seed."""
    pairs = zip(accuracies(result, with_it), accuracies(result, without), strict=True)
    return [one - other for one, other in pairs]


def draw(result):
    """Digits to shift and to turn, and accuracy by variant."""
    found = result.arrays("warped")
    panels = {
        "shifted": both("shifted", "平行移動"),
        "turned": both("turned", "回転"),
        "bent": both("bent", "弾性変形"),
        "mirrored": both("mirrored", "左右反転"),
    }
    digits = {
        shift: {
            panels["shifted"]: found[f"shifted, {shift:g}"][..., 0],
            panels["turned"]: found[f"turned, {shift:g}"][..., 0],
            panels["bent"]: found[f"bent, {shift:g}"][..., 0],
            panels["mirrored"]: found["mirrored"][..., 0],
        }
        for shift in SHIFTS
    }
    return [
        Figure(
            ("What augmentation makes of a digit", "データ拡張で作られる画像"),
            figures.slider(
                figures.images(digits, columns=1, size=90, panels=4),
                ("shift in pixels", "ずらす画素数"),
                start=3.0,
            ),
            (
                f"Turned by {DEGREES_A_PIXEL:g}° for each pixel of the shift, bent by a quarter of "
                "it. Shifted, turned or bent a little, a digit is still that digit: its label "
                "stays true. A mirrored one is often no digit at all, or looks like another.",
                f"回転の角度は、ずらす量1画素につき{DEGREES_A_PIXEL:g}°、弾性変形の強さはその1/4とした。"
                "少しずらしたり、回転したり、ゆがめたりしても、数字はその数字のままなので、正解ラベルを変えなくて"
                "よい。左右反転した数字は、もはや数字ではなかったり、別の数字に見えたりする。",
            ),
        ),
        Figure(
            ("Test accuracy", "テストデータの正解率"),
            figures.bars(
                {
                    both(name, JAPANESE[name]): {
                        column: [
                            test_accuracy(run)
                            for run in result.runs(variant=name, implementation=column)
                        ]
                        for column in result.implementations
                    }
                    for name in VARIANTS
                },
                x_title=("test accuracy", "テストデータの正解率"),
                unit="%",
            ),
            (
                "The same number of steps for all. Lines: 95 % intervals over the seeds.",
                "ステップ数はどれも同じ。線は、シードごとの値から求めた95%信頼区間。",
            ),
        ),
    ]


SETTING = (
    "MNIST, two convolutions with stride 2, Adam with learning rate 0.01, 300 steps of 32 images; "
    "of two rates this was the better one on other seeds, with augmentation and without.",
    "MNIST、ストライド2の畳み込み層2つ、学習率0.01のAdam、バッチサイズ32で300ステップ。学習率は、別の"
    "シードで2つを試し、データ拡張の有無のどちらでも良かったほうを使う。",
)
SHIFTED = (
    f"{SETTING[0]} Shifts of up to 7 % of the width and the height, the best of 4, 7, 10 and 14 % "
    "on other seeds.",
    f"{SETTING[1]}縦横それぞれ最大7%まで平行移動する。上限は、別のシードで4、7、10、14%を試し、最も良かったもの。",
)
ADDED = (
    "test accuracy, “{0}” less “{1}”",
    "テストデータの正解率。「{0}」の値から「{1}」の値を引く",
)


def against(claim, source, experiment, larger, smaller, margin, instead=None):
    """A claim on the accuracies of two variants."""
    names = (larger, smaller), (JAPANESE[larger], JAPANESE[smaller])
    return Claim(
        claim,
        source,
        experiment,
        tuple(text.format(*own) for text, own in zip(ADDED, names)),
        lambda result: (accuracies(result, larger), accuracies(result, smaller)),
        unit="%",
        margin=margin,
        instead=instead,
    )


CLAIMS = (
    against(
        (
            "With few images, augmentation makes a network more accurate on new ones.",
            "画像が少ないとき、データ拡張を使うと未知の画像に対する正解率が上がる。",
        ),
        "Simard et al. 2003; Saito, Deep Learning from Scratch, 8.1.2",
        SHIFTED,
        *(FEW_SHIFTED, FEW_PLAIN),
        margin=0.01,
    ),
    against(
        (
            "Elastic distortions help more than shifts.",
            "弾性変形は、平行移動よりも効果が大きい。",
        ),
        "Simard et al. 2003",
        (
            f"{SHIFTED[0]} Or bent by 1.5 pixels in standard deviation, smoothed over 4: the best "
            "of 0.5, 1, 1.5 and 2 on other seeds.",
            f"{SHIFTED[1]}または、標準偏差1.5画素（平滑化の幅は4画素）の弾性変形を加える。強さは、別の"
            "シードで0.5、1、1.5、2を試し、最も良かったもの。",
        ),
        *(FEW_BENT, FEW_SHIFTED),
        margin=0.005,
    ),
    Claim(
        (
            "Augmentation helps more where data are few.",
            "データ拡張の効果は、データが少ないときほど大きい。",
        ),
        "Goodfellow et al., Deep Learning, 7.4; Shorten & Khoshgoftaar 2019",
        (
            f"{SHIFTED[0]} {FEW} images against {MANY:,}.",
            f"{SHIFTED[1]}画像{FEW}枚と{MANY:,}枚を比べる。",
        ),
        (
            "gain in test accuracy by shifting, with 300 images less with 3,000",
            "平行移動による、テストデータの正解率の上昇幅。300枚での値から3,000枚での値を引く",
        ),
        lambda result: (
            gains(result, FEW_SHIFTED, FEW_PLAIN),
            gains(result, MANY_SHIFTED, MANY_PLAIN),
        ),
        unit="%",
        margin=0.01,
    ),
    against(
        (
            "Any augmentation helps: more variety is more data.",
            "どんなデータ拡張でも効果がある。多様なデータが増えるからである。",
        ),
        ("introductory articles", "入門記事"),
        (
            f"{SETTING[0]} Each image is mirrored left to right with probability 1/2.",
            f"{SETTING[1]}各画像を確率1/2で左右反転する。",
        ),
        *(FEW_MIRRORED, FEW_PLAIN),
        margin=0.01,
        instead=(
            "Only a change that leaves the label true helps. Mirrored digits do not occur: the "
            "network spends its weights on them, and confuses those that look like others.",
            "効果があるのは、正解ラベルが変わらないような変換だけである。左右反転した数字は実際には"
            "現れないので、それを覚えることに重みが費やされ、似た形の数字と混同もする。",
        ),
    ),
    against(
        (
            "Augmented, a few hundred images are as good as thousands.",
            "データ拡張を使えば、数百枚の画像でも数千枚と同じ正解率が得られる。",
        ),
        ("introductory articles", "入門記事"),
        SHIFTED,
        *(FEW_SHIFTED, MANY_PLAIN),
        margin=-0.01,
        instead=(
            "It makes up for a part of the difference: shifts add no new handwriting.",
            "差の一部が埋まるだけである。平行移動しても、新しい筆跡は増えない。",
        ),
    ),
)


CONCEPT = Concept(
    title=("Data augmentation", "データ拡張"),
    chapter=chapters.TECHNIQUES.section(10),
    summary=(
        "A digit that is shifted or turned a little is the same digit. Augmentation changes every "
        "training image anew in each step, so that the network never sees the same pixels twice "
        "and cannot learn them by heart. Each pixel of the new image looks up where it comes from, "
        "and mixes the four pixels around that place. At prediction nothing is changed.",
        "少しずらしたり回転したりしても、数字は同じ数字である。データ拡張は、学習のステップごとに訓練画像を"
        "ランダムに変換する。ネットワークは同じ画素値を二度と見ないので、丸暗記できない。変換後の各画素の値は、"
        "元の画像のどこから来たかを逆にたどり、その周りの4画素を混ぜて求める。推論時には何も変換しない。",
    ),
    introduces=(
        Introduced(
            "affine_sampling",
            MAPS + r"\begin{pmatrix} a_0 & a_1 \\ b_0 & b_1 \end{pmatrix} "
            r"\begin{pmatrix} c \\ r \end{pmatrix} + "
            r"\begin{pmatrix} a_2 \\ b_2 \end{pmatrix}, \quad y_{rc} = \sum_{i,j} s_{ij} "
            r"\, x_{ij}, \quad s_{ij} = (1 - |r' - i|)(1 - |c' - j|)",
            (
                "Backwards: column c and row r of the result come from c′ and r′. The sum is over "
                "the four pixels around that place; s is how near each is (bilinear "
                "interpolation).",
                "逆向きにたどる。変換後のc列r行は、元の画像の(c′, r′)から来る。和は、その周りの"
                "4画素についてとり、近い画素ほど重みsが大きい（双線形補間）。",
            ),
            some_maps,
            helpers=("affine_places", "bilinear_sampling"),
        ),
        Introduced(
            "elastic_distortion",
            MAPS + r"\begin{pmatrix} c + \alpha (G_h E_2 G_w^\top)_{rc} \\ "
            r"r + \alpha (G_h E_1 G_w^\top)_{rc} \end{pmatrix}, \quad "
            r"(G)_{ij} \propto e^{-(i - j)^2 / 2 \sigma^2}, \quad \sum_j (G)_{ij}^2 = 1",
            (
                "The image is bent like rubber: E₁ and E₂ are Gaussian noise; G, a bell curve of "
                "width σ, smooths it along the height h and the width w, so that neighbours move "
                "together, by α pixels in standard deviation.",
                "画像をゴムのようにゆがめる。E₁とE₂は正規乱数で、幅σの釣鐘形のGが縦（h）と横（w）に平滑化する"
                "ので、近くの画素は一緒に動く。移動量の標準偏差はα画素。",
            ),
            some_noise,
            helpers=("elastic_moves", "smoothing"),
        ),
        Introduced(
            "random_translation",
            MAPS + r"\begin{pmatrix} c - t_c \\ r - t_r \end{pmatrix}, \quad "
            r"t_c \sim U(-f_w w, f_w w), \quad t_r \sim U(-f_h h, f_h h)",
            (
                "A shift of its own for each image, up to the factors f of width and height.",
                "画像ごとに異なる量だけずらす。fは幅wと高さhに対する割合の上限。",
            ),
            lambda seed: {**some_images(seed), "height_factor": 0.3, "width_factor": 0.4},
            helpers=("translations",),
        ),
        Introduced(
            "random_rotation",
            MAPS + r"R(\theta) \begin{pmatrix} c - \bar c \\ r - \bar r \end{pmatrix} + "
            r"\begin{pmatrix} \bar c \\ \bar r \end{pmatrix}, \quad "
            r"\theta \sim U(-2 \pi f, 2 \pi f)",
            (
                "R turns by θ, about the middle of the image. The factor f is a share of a turn.",
                "Rは回転行列で、画像の中心のまわりに角度θだけ回転する。fは1回転に対する割合。",
            ),
            lambda seed: {**some_images(seed), "factor": 0.2},
            helpers=("rotations",),
        ),
        Introduced(
            "random_flip",
            r"m \sim \mathrm{Bernoulli}(\tfrac12), \quad "
            r"y_{rc} = m \, x_{r, \, w - 1 - c} + (1 - m) \, x_{rc}",
            (
                "For what may as well be seen from the other side; not for writing.",
                "左右どちらから見てもよいものに使う。文字には使えない。",
            ),
            some_images,
        ),
    ),
    terms=(
        ("data augmentation", "データ拡張"),
        ("translation", "平行移動", "layers.RandomTranslation"),
        ("rotation", "回転", "layers.RandomRotation"),
        ("elastic distortion", "弾性変形", "layers.RandomElasticTransform"),
        ("flip", "反転", "layers.RandomFlip"),
        ("bilinear interpolation", "双線形補間"),
    ),
    demonstrations=(Demonstration("warped", some_digits),),
    task=Task(
        data=data,
        presets={"default": Preset(6, 32, 50), "full": Preset(40, 32, 50)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        train="train",
        seeds=8,
        proven_steps=10,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=3.5,
)

if __name__ == "__main__":
    run_script(__file__)
