"""Segmentation of scenes of MNIST digits: a U-Net, its skips, and Dice against cross-entropy."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import scenes
from comparisons.harness.drawing import figures
from comparisons.harness.drawing.palette import CATEGORIES
from comparisons.harness.scores import Score

DICE, ENTROPY, PLAIN = "U-Net, Dice", "U-Net, cross-entropy", "without skips, Dice"
VARIANTS = {
    DICE: {"skips": True, "loss": "dice", "learning_rate": 0.01},
    ENTROPY: {"skips": True, "loss": "cross-entropy", "learning_rate": 0.01},
    PLAIN: {"skips": False, "loss": "dice", "learning_rate": 0.003, "decoder": 20},
}
# Twice the filters at the same rates; without skips still no fewer weights.
EPOCHS, STEPS = 10, 625
WIDE = {"filters": 16, "decoder": 32, "steps": EPOCHS * STEPS}
FULL = {DICE: WIDE, ENTROPY: WIDE, PLAIN: {**WIDE, "decoder": 44}}
JAPANESE = {
    DICE: "U-Net、Dice損失",
    ENTROPY: "U-Net、交差エントロピー誤差",
    PLAIN: "スキップ接続なし、Dice損失",
}
NAMES = {variant: both(variant, japanese) for variant, japanese in JAPANESE.items()}
CLASSES = 11


def data(settings, seed):
    """Scenes, and of which digit each pixel is part."""
    sizes = (10_000, 300, 1_000) if settings.preset == "full" else (600, 60, 200)
    return scenes(*sizes, seed, masks=True)


def two_masks(seed):
    """Masks of four classes over 3×3 pixels of two images, true and predicted, and shares."""
    draw = np.random.default_rng(seed)
    masks, predicted = np.eye(4)[draw.integers(0, 4, (2, 2, 3, 3))]
    return {"y_true": masks, "y_pred": 0.2 * draw.uniform(size=masks.shape) + 0.5 * predicted}


def mean_iou(y, predictions):
    """The mean of the classes' IoU, each pixel taken for its most probable class."""
    masks = (np.eye(CLASSES)[one] for one in (y, predictions.argmax(axis=-1)))
    return float(reference_half("segmentation").class_iou(*masks).mean())


def score_of(variant):
    """A claim's side: the mean IoU on test scenes, by seed."""
    return lambda result: result.by_seed(lambda run: run["scores"]["test"]["iou"], variant=variant)


def ink_iou(counts):
    """IoU of ink, whatever the digit, of counts by true and predicted class."""
    return counts[1:, 1:].sum() / (counts.sum() - counts[0, 0])


def named(counts):
    """Of a digit's pixels that were found to be ink the share that got the right digit."""
    return np.trace(counts[1:, 1:]) / counts[1:, 1:].sum()


def last(result, run):
    """Counts of test pixels by true and predicted class at the end of a run."""
    found = result.kept(run["variant"], run["implementation"], run["seed"])
    return found[max(found)]["taken for"]


def gain_of(measure):
    """A claim's side: what the skips add to a measure of the counts, by seed."""

    def gain(result):
        sides = (
            result.by_seed(lambda run: measure(last(result, run)), variant=variant)
            for variant in (DICE, PLAIN)
        )
        return [with_skips - without for with_skips, without in zip(*sides)]

    return gain


def coloured(masks):
    """Masks as pictures in the digits' colours, the ground black."""
    colours = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in CATEGORIES]
    return np.array([[0.0, 0.0, 0.0], *colours])[masks]


def masks_by_epoch(result):
    """Scenes, what is true of them and what the models say."""
    kept = {variant: result.kept(variant) for variant in VARIANTS}
    part = data(result.settings, min(run["seed"] for run in result.runs()))
    return {
        epoch: {
            both("scene", "画像"): np.repeat(part.x_test[:6], 3, axis=-1),
            both("true mask", "正解のマスク"): coloured(part.y_test[:6]),
            **{NAMES[v]: coloured(found[epoch]["masks"]) for v, found in kept.items()},
        }
        for epoch in kept[DICE]
    }


def draw(result):
    """Masks by epoch, and what the skips are good for."""
    shown = masks_by_epoch(result)
    parts = {
        both(f"{question}, {variant}", f"{japanese}、{JAPANESE[variant]}"): [
            measure(last(result, run)) for run in result.runs(variant=variant)
        ]
        for question, japanese, measure in (("ink", "インク", ink_iou), ("digit", "数字", named))
        for variant in (DICE, PLAIN)
    }
    return [
        Figure(
            ("Masks by epoch", "エポックごとのマスク"),
            figures.slider(
                figures.images(shown, columns=6, size=57, panels=1),
                ("epoch", "エポック"),
                max(shown),
            ),
            (
                "Test scenes; each digit has its own colour, black is the ground. Without skips "
                "the masks are swollen and most holes filled: the way up cannot know where a "
                "stroke ends.",
                "テスト画像。数字ごとに色を変え、背景は黒で示す。スキップ接続がないと、"
                "マスクは太り、穴の多くがふさがる。拡大する側には、"
                "線がどこで終わるかがわからないからである。",
            ),
        ),
        Figure(
            ("What the skips bring", "スキップ接続がもたらすもの"),
            figures.bars(
                parts, x_title=("share of test pixels", "テストデータの画素での割合"), unit="%"
            ),
            (
                "Ink: IoU of ink against ground, whatever the digit. Digit: of the pixels rightly "
                "taken for ink, the share that got the right digit.",
                "「インク」は、どの数字かを問わずインクの画素だけで測ったIoU。「数字」は、正しくインクと判定された"
                "画素のうち、数字も当たったものの割合。",
            ),
        ),
    ]


SETTING = (
    "600 scenes, 8 epochs of 30 steps of Adam, the rate settled for each on other seeds (full "
    "preset: 10,000 scenes, twice the filters, 10 epochs of 625 steps, the rate falling to 0). ",
    "画像600枚、Adamで30ステップを8エポック。学習率はそれぞれ別のシードで決めた（fullでは画像1万枚、"
    "フィルター数2倍、625ステップを10エポックで、学習率を0まで下げる）。",
)


def better(sentence, source, experiment, metric, larger, smaller):
    """A claim of one share above another by two points or more."""
    return Claim(
        sentence,
        source,
        tuple(map("".join, zip(SETTING, experiment))),
        metric,
        lambda result: (larger(result), smaller(result)),
        unit="%",
        margin=0.02,
    )


CLAIMS = (
    better(
        (
            "Skip connections help segmentation.",
            "スキップ接続があると、セグメンテーションの性能は上がる。",
        ),
        "Ronneberger, Fischer & Brox 2015, U-Net",
        (
            "Against the same network without skips, with more filters on the way up and a last "
            "convolution of 3×3 where the U-Net's is 1×1: no fewer weights.",
            "スキップ接続をなくし、その分、拡大する側のフィルターを増やし、"
            "最後の畳み込みも1×1から3×3にして、重みの数がU-Netを下回らないようにしたものと比べる。",
        ),
        (
            "mean IoU on test scenes, with less without skips",
            "テストデータの平均IoU。スキップ接続ありの値からなしの値を引く",
        ),
        score_of(DICE),
        score_of(PLAIN),
    ),
    better(
        (
            "What skip connections bring is places, not names: they help to outline a digit more "
            "than to tell which it is.",
            "スキップ接続が補うのは「どこにあるか」であって「何であるか」ではない。"
            "数字の見分けより、輪郭に効く。",
        ),
        "Long, Shelhamer & Darrell 2015, Fully convolutional networks, 4.2",
        (
            "The same two networks; their pixels once as ink or ground, and once, of those rightly "
            "taken for ink, by digit.",
            "同じ2つのネットワークで、まず画素がインクか背景かの判定を、次に、"
            "正しくインクと判定した画素についてどの数字かの判定を比べる。",
        ),
        (
            "gain by skips in IoU of ink, less that in the share of ink given the right digit",
            "スキップ接続によるインクのIoUの増加から、数字の正解率の増加を引く",
        ),
        gain_of(ink_iou),
        gain_of(named),
    ),
    better(
        (
            "Where classes have few pixels, Dice loss learns faster than cross-entropy.",
            "画素の少ないクラスがあるとき、Dice損失のほうが交差エントロピー誤差より速く学習が進む。",
        ),
        "Milletari, Navab & Ahmadi 2016, V-Net",
        (
            "A digit has about one pixel in a hundred. The same network with either loss, as many "
            "steps.",
            "1つの数字の画素は全体の1%ほどである。同じネットワークを2つの損失で同じステップ数だけ学習する。",
        ),
        (
            "mean IoU on test scenes, Dice less cross-entropy",
            "テストデータの平均IoU。Dice損失の値から交差エントロピー誤差の値を引く",
        ),
        score_of(DICE),
        score_of(ENTROPY),
    ),
)

CONCEPT = Concept(
    title=("Segmentation", "セグメンテーション"),
    chapter=chapters.USES.section(3),
    summary=(
        "Of which object is each pixel part? A U-Net first shrinks the image, to see more of it "
        "at once, and then enlarges what it found to one answer a pixel. On the way down "
        "places get lost; skip connections hand the finer maps over to the way up. Its loss may "
        "be cross-entropy of every pixel, or Dice's, in which a class of few pixels counts as much "
        "as the ground.",
        "それぞれの画素はどの物体のものか。U-Netは、まず画像を縮小して広い範囲を見渡し、次に拡大して画素ごとに"
        "答える。縮小すると位置の情報が失われるので、スキップ接続で細かい特徴マップを拡大の側に渡す。損失には"
        "画素ごとの交差エントロピー誤差のほか、画素の少ないクラスも背景と同じ重みで数えるDice損失を使う。",
    ),
    introduces=(
        Introduced(
            "dice_loss",
            r"L = \frac{1}{C} \sum_c \left( 1 - \frac{2 S_c}{D_c} \right), \quad "
            r"S_c = \sum_i t_{ic} y_{ic}, \quad D_c = \sum_i (t_{ic} + y_{ic}), \quad "
            r"\frac{\partial L}{\partial y_{ic}} = -\frac{2}{C} \left( \frac{t_{ic}}{D_c} - "
            r"\frac{S_c}{D_c^2} \right)",
            (
                "One less Dice's coefficient: how far truth t and probability y of each class c "
                "overlap, over all pixels i. The gradient is divided by the class's own size D: "
                "what is small pulls as strongly as what is large.",
                "1からDice係数（クラスcの正解tと確率yが、全画素iにわたってどれだけ重なるか）"
                "を引く。勾配はクラス自身の大きさDで割られるので、"
                "小さなクラスも大きなクラスと同じ強さで学習を引っ張る。",
            ),
            two_masks,
            helpers=("shared_and_size",),
        ),
        Introduced(
            "class_iou",
            r"\mathrm{IoU}_c = \frac{S_c}{D_c - S_c}",
            (
                "Of the pixels in either mask, the share that is in both. Whoever says “ground” "
                "everywhere has most pixels right, but an IoU of 0 in ten of the eleven classes.",
                "どちらかのマスクに含まれる画素のうち、両方に含まれるものの割合。すべて背景と答えれば大半の画素は"
                "正解になるが、11クラスのうち10クラスのIoUは0である。",
            ),
            two_masks,
            helpers=("shared_and_size",),
        ),
    ),
    equations=(
        (
            r"u_k = f( [ \mathrm{up}(u_{k+1}), \; x_k ] ), \quad x_{k+1} = f( \mathrm{pool}(x_k) )",
            (
                "The U: x becomes coarser on the way down, u finer on the way up, and the skip "
                "sets x of the same size beside it. f is convolution, batch normalization, ReLU.",
                "Uの字の構造。xは下りで粗くなり、uは上りで細かくなる。スキップ接続は、同じ大きさのxをチャンネル方向に"
                "並べる。fは畳み込み、バッチ正規化、ReLU。",
            ),
        ),
    ),
    terms=(
        ("semantic segmentation", "セマンティックセグメンテーション"),
        ("U-Net", "U-Net（U字型ネットワーク）"),
        ("upsampling", "アップサンプリング", "layers.UpSampling2D"),
        ("Dice loss", "Dice損失", "losses.Dice"),
        ("mean IoU", "平均IoU", "metrics.MeanIoU"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(8, 8, 30), "full": Preset(EPOCHS, 16, STEPS, FULL)},
        scores=(
            Score(
                "iou",
                ("mean IoU", "平均IoU"),
                mean_iou,
                unit="%",
                margin=0.03,
            ),
        ),
        variants=VARIANTS,
        variants_ja=JAPANESE,
        train="train",
        keep="looked_at",
        keep_at=(0.0, 0.125, 0.25, 0.5, 1.0),
        proven_steps=2,
        seeds=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
