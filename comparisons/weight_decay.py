"""Weight decay: the path to the smaller weights, and a network for few data with wrong labels."""

from dataclasses import replace

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

# Settled on seeds from 100 on: of each way a strength that is best on the validation images, or as
# good as the best (of λ in steps of 2 from 1/16384 to 1/32, and of dropout up to 0.2, none is ahead
# by more than 0.2 points; of AdamW's decays from 1/4 to 4 none).
NONE, PENALTY, STRONG = "nothing", "L2 penalty", "L2 penalty, strong"
DECOUPLED, DROPOUT = "decoupled decay", "dropout"
VARIANTS = {
    NONE: {},
    PENALTY: {"l2": 1 / 4096},  # powers of two: Keras keeps λ in float32
    STRONG: {"l2": 1 / 32},
    DECOUPLED: {"decay": 1.0},
    DROPOUT: {"rate": 0.15},
}
NAMES = ("なし", "L2ペナルティ", "強いL2ペナルティ", "分離した減衰（AdamW）", "Dropout（割合0.15）")
JAPANESE = dict(zip(VARIANTS, NAMES))
WRONG = 0.2
START, MINIMUM = np.array([-1.5, 2.0]), np.array([2.0, 1.0])
CURVATURE = np.array([[0.7, 0.7], [0.7, 1.6]])
STRENGTHS = (0.0, 0.125, 0.25, 0.5, 1.0)
ROOM = (-2, 3), (-1.5, 2.5)
SIZES = (1, 10, 100)
OPTIMIZERS = {"penalty": "Adam", "decoupled": "AdamW"}


def data(settings, seed):
    """300 training images, a fifth of which have a wrong label."""
    part = mnist_subset(300, 1_000, 1_000, seed, flat=True)
    generator = np.random.default_rng(seed)
    wrong = generator.random(len(part.y_train)) < WRONG
    shift = generator.integers(1, 10, len(part.y_train))
    english, japanese = part.description
    return replace(
        part,
        y_train=np.where(wrong, (part.y_train + shift) % 10, part.y_train),
        description=(
            f"{english}; a fifth of the training labels are wrong",
            f"{japanese}訓練データのラベルの5分の1は誤っている。",
        ),
    )


def some_weights(seed):
    """Weights for the penalty."""
    return {"w": np.random.default_rng(seed).normal(size=(4, 3)), "strength": 0.25}


def some_steps(seed):
    """A weight and five random gradients."""
    draw = np.random.default_rng(seed).normal
    rates = {"learning_rate": 0.1, "weight_decay": 0.2}
    return {"w": draw(size=(3, 4)), "gradients": draw(size=(5, 3, 4)), **rates}


def noise(seed):
    """Weights of 1, and gradients that are nothing but noise, of three sizes."""
    gradients = np.random.default_rng(seed).normal(size=(200, len(SIZES))) * SIZES
    rates = {"strength": 4.0, "learning_rate": 0.002}
    return {"w": np.ones(len(SIZES)), "gradients": gradients, **rates}


def gap(run):
    """Training accuracy less validation accuracy at the end."""
    return run["generalisation_gap"]


def accuracy(part):
    """Function of a run that gives the accuracy on a part of the data."""
    return lambda run: run["scores"][part]["accuracy"]


def against(value, larger, smaller):
    """A claim's measure: a number of the runs of two variants."""
    return lambda result: tuple(result.by_seed(value, variant=name) for name in (larger, smaller))


def downhill(result):
    """The paths with a penalty to choose, over the loss with it."""
    w = np.stack(np.meshgrid(*(np.linspace(*ends, 80) for ends in ROOM)), axis=-1)
    loss = np.einsum("...i,ij,...j", w - MINIMUM, CURVATURE, w - MINIMUM) / 2
    names = both("loss alone", "損失のみ"), both("with the penalty", "ペナルティあり")
    paths = result.arrays("paths")["paths"]
    by_strength = {
        strength: dict(zip(names, (paths[0], path))) for strength, path in zip(STRENGTHS, paths)
    }
    ground = {strength: loss + strength * (w**2).sum(axis=-1) for strength in STRENGTHS}
    titles = {"x_title": ("w₁", "w₁"), "y_title": ("w₂", "w₂")}
    return figures.slider(
        figures.paths(by_strength, ground, *ROOM, **titles), ("strength λ", "強さλ"), start=0.25
    )


def with_adam(result):
    """The weights under gradients that are noise, by its size."""
    found = result.arrays("shrinking")
    ways = {
        both("Adam with the L2 penalty", "AdamとL2ペナルティ"): found["penalty"],
        both("decoupled: AdamW", "分離した減衰：AdamW"): found["decoupled"],
    }
    sizes = [both(f"gradients of size {size}", f"勾配の大きさ {size}") for size in SIZES]
    table = figures.in_panels({way: dict(zip(sizes, paths.T)) for way, paths in ways.items()})
    titles = {"x_title": ("step", "ステップ"), "y_title": ("weight", "重み")}
    return figures.lines(table, **titles, panels=2)


def weights(result):
    """The weights between two hidden layers after training, variant by variant."""
    found = {}
    for name in VARIANTS:
        kept = result.kept(name)
        found[both(name, JAPANESE[name])] = kept[max(kept)]["weights"]
    return figures.histograms(found, x_title=("weight", "重み"), panels=3)


def draw(result):
    """The minimum that the penalty moves, the weights, and what Adam makes of both ways."""
    return [
        Figure(
            ("Where the penalty moves the minimum", "ペナルティで最小値の位置はどう動くか"),
            downhill(result),
            (
                "Bands: the loss with the penalty; without it (λ = 0) it is lowest at (2, 1). The "
                "stronger the penalty, the nearer to 0 the descent ends. A weak one moves it where "
                "the loss is flat, along the valley; what the data determine, across it, stays.",
                "背景はペナルティを加えた損失である。ペナルティがなければ（λ = 0）(2, 1)で最小にな"
                "る。ペナルティが強いほど、行き着く点は0に近づく。弱いペナルティで動くのは、"
                "まず損失の変化がゆるやかな方向（谷に沿った方向）である。データで強く決まる方向"
                "（谷を横切る方向）の重みは、なかなか縮まない。",
            ),
        ),
        Figure(
            ("Weights after training", "学習後の重み"),
            weights(result),
            (
                "Between the first two hidden layers, the first seed. The strong penalty leaves "
                "most weights at almost nothing.",
                "最初の2つの隠れ層の間の重み（最初のシード）。ペナルティが強いと、"
                "大半の重みがほとんど0になる。",
            ),
        ),
        Figure(
            ("With Adam the two are not the same", "Adamでは両者は同じではない"),
            with_adam(result),
            (
                "Weights that begin at 1, gradients that are only noise. Adam divides the gradient "
                "by its size, and the penalty's pull with it: where gradients are large the weight "
                "hardly shrinks. Decoupled, all shrink alike.",
                "重みは1から始め、勾配はノイズだけとする。Adamは勾配をその大きさで割るが、"
                "ペナルティによる分も一緒に割られるため、勾配の大きい重みはほとんど縮まない。"
                "分離した減衰では、どの重みも同じように縮む。",
            ),
        ),
    ]


SETTING = (
    "300 MNIST images, a fifth of them with a wrong label, six hidden layers of 100, Adam, "
    "30 epochs",
    "MNISTの画像300枚（5分の1はラベルが誤り）、100ユニットの隠れ層6つ、Adam、30エポック",
)
CHOSEN = (
    "Strengths: as good as any on the validation images of other seeds, where λ went from 1/16384 "
    "to 1/32 in steps of 2, AdamW's decay from 1/4 to 4, and dropout was 0.05, 0.1, 0.15, 0.2 or "
    "0.3.",
    "強さは、別のシードの検証データで最良、またはそれと差のない値（2倍ずつ、λは1/16384から1/32まで、"
    "AdamWの減衰は1/4から4まで試し、Dropoutの割合は0.05、0.1、0.15、0.2、0.3を試した）。",
)
CLAIMS = (
    Claim(
        (
            "Weight decay narrows the gap between training and new data.",
            "Weight decayは、訓練データと未知のデータとの正解率の差（汎化ギャップ）を縮める。",
        ),
        "Saito, Deep Learning from Scratch, 6.4.2",
        (
            f"{SETTING[0]}; an L2 penalty so strong (λ = 1/32) that, as in the textbook, training "
            "no longer reaches 100 %.",
            f"{SETTING[1]}。教科書と同じく、訓練データの正解率が100%に達しなくなるほど強いL2ペナ"
            "ルティ（λ = 1/32）を使う。",
        ),
        (
            "training less validation accuracy, without less with the penalty",
            "訓練データと検証データの正解率の差。ペナルティなしの値からありの値を引く",
        ),
        against(gap, NONE, STRONG),
        unit="%",
        margin=0.02,
    ),
    Claim(
        (
            "Weight decay makes the network more accurate on new data.",
            "Weight decayを使うと、未知のデータに対する正解率が上がる。",
        ),
        "Krogh & Hertz 1991; Goodfellow et al., Deep Learning, 7.1",
        (
            f"{SETTING[0]}; L2 penalty (λ = 1/4096) against none. {CHOSEN[0]}",
            f"{SETTING[1]}。L2ペナルティ（λ = 1/4096）の有無を比べる。{CHOSEN[1]}",
        ),
        (
            "test accuracy, with less without",
            "テストデータの正解率。ペナルティありの値からなしの値を引く",
        ),
        against(accuracy("test"), PENALTY, NONE),
        unit="%",
        margin=0.005,
        instead=(
            "Strong enough to keep wrong labels out, it keeps right answers out as well; weak, it "
            "changes next to nothing. The gap narrows because training accuracy falls.",
            "誤ったラベルを覚えさせないほど強くすると、正しいラベルも学べなくなる。"
            "弱ければほとんど変化がない。ギャップが縮まるのは、訓練データの正解率が下がるためで"
            "ある。",
        ),
    ),
    Claim(
        (
            "For complicated networks weight decay does not suffice; dropout does.",
            "複雑なネットワークでは、Weight decayだけでは対応できないが、Dropoutなら対応できる。",
        ),
        "Saito, Deep Learning from Scratch, 6.4.3",
        (
            f"{SETTING[0]}; dropout of 0.15 against AdamW's decay (1.0), which on other seeds did "
            f"better than the L2 penalty (72.4 % and 71.7 %). {CHOSEN[0]}",
            f"{SETTING[1]}。Dropout（割合0.15）を、別のシードでL2ペナルティ（71.7%）より良かったAdamWの"
            f"減衰（1.0、72.4%）と比べる。{CHOSEN[1]}",
        ),
        (
            "test accuracy, dropout less weight decay",
            "テストデータの正解率。Dropoutの値からWeight decayの値を引く",
        ),
        against(accuracy("test"), DROPOUT, DECOUPLED),
        unit="%",
        margin=0.01,
    ),
    Claim(
        (
            "With Adam, decoupled decay generalises better than the L2 penalty.",
            "Adamでは、L2ペナルティより分離した減衰（AdamW）のほうが汎化性能が高い。",
        ),
        "Loshchilov & Hutter 2017, Decoupled weight decay regularization",
        (
            f"{SETTING[0]}; AdamW (1.0) against Adam with the penalty (λ = 1/4096). {CHOSEN[0]}",
            f"{SETTING[1]}。AdamW（1.0）と、AdamにL2ペナルティ（λ = 1/4096）を加えたものを比べる。"
            f"{CHOSEN[1]}",
        ),
        (
            "test accuracy, decoupled less penalty",
            "テストデータの正解率。分離した減衰の値からL2ペナルティの値を引く",
        ),
        against(accuracy("test"), DECOUPLED, PENALTY),
        unit="%",
        margin=0.005,
        instead=(
            "They shrink different weights, but on this task neither is half a point ahead.",
            "縮む重みは異なるが、この課題では0.5ポイント以上の差はない。",
        ),
    ),
)

CONCEPT = Concept(
    title=(
        "Weight decay: the L2 penalty and AdamW",
        "Weight decay（荷重減衰）：L2ペナルティとAdamW",
    ),
    chapter=chapters.TECHNIQUES.section(7),
    summary=(
        "A network that learns noise by heart needs large weights to bend around each example. "
        "Weight decay makes them cost something: a penalty on their squares is added to the loss, "
        "or a share of each weight is taken off in every step. For plain SGD the two are the same; "
        "for Adam they are not.",
        "ノイズまで丸暗記するには、データ1つ1つに合わせて関数を曲げる、大きな重みが必要になる。"
        "Weight decayは、重みが大きくなるのを抑える。重みの2乗和をペナルティとして損失に加えるか、"
        "更新のたびに重みを一定の割合だけ減らす。通常のSGDでは両者は同じだが、Adamでは異なる。",
    ),
    introduces=(
        Introduced(
            "l2_penalty",
            r"R = \lambda \sum_i w_i^2, \quad \frac{\partial R}{\partial w_i} = 2 \lambda w_i",
            (
                "The penalty R of strength λ, added to the loss; textbooks often write λ / 2 and "
                "so lose the 2. Biases are usually left out.",
                "損失に加えるペナルティR。λはその強さ。教科書ではλ / 2とすることも多く、その場合、"
                "勾配の2が消える。バイアスには普通は課さない。",
            ),
            some_weights,
        ),
        Introduced(
            "decoupled_decay",
            r"w \leftarrow w - \eta \lambda' w, \quad w \leftarrow w - \eta \, g",
            (
                "Decay apart from the gradient g of the loss: λ′ is `weight_decay` of any "
                "optimizer, here of SGD. AdamW does the same before Adam's step (see Optimizers).",
                "損失の勾配gとは別に行う減衰。λ′は、どのオプティマイザでも`weight_decay`で指定できる（こ"
                "こではSGD）。AdamWは、Adamの更新の前に同じ減衰を行う（「パラメータの更新手法」を"
                "参照）。",
            ),
            some_steps,
        ),
    ),
    equations=(
        (
            r"w \leftarrow w - \eta (g + 2 \lambda w) = (1 - 2 \eta \lambda) w - \eta g",
            (
                "SGD with the penalty is SGD with a decay of λ′ = 2λ.",
                "SGDでは、ペナルティを加えることはλ′ = 2λの減衰と同じである。",
            ),
        ),
        (
            r"g' = g + 2 \lambda w, \quad m \leftarrow \beta_1 m + (1 - \beta_1) g', \quad "
            r"v \leftarrow \beta_2 v + (1 - \beta_2) g'^2, \quad "
            r"w \leftarrow w - \eta \, \frac{m}{\sqrt{v} + \epsilon}",
            (
                "Adam (here without its factor for the first steps) divides the penalty's gradient "
                "by the root of v as well.",
                "Adam（初めのステップの補正は省略）では、ペナルティの勾配も√vで割られる。",
            ),
        ),
    ),
    terms=(
        ("weight decay", "荷重減衰（Weight decay）"),
        ("L2 penalty (L2 regularization)", "L2ペナルティ（L2正則化）", "regularizers.L2"),
        ("L2 norm", "L2ノルム"),
        ("decoupled weight decay", "分離した荷重減衰", "optimizers.AdamW"),
    ),
    demonstrations=(
        Demonstration(
            "paths",
            lambda seed: {
                "start": START,
                "minimum": MINIMUM,
                "curvature": CURVATURE,
                "strengths": STRENGTHS,
                "steps": 60,
                "learning_rate": 0.2,
            },
        ),
        Demonstration(
            "shrinking",
            noise,
            subject=lambda name: ("Optimizer", {"name": OPTIMIZERS[name]}),
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(30, 50), "full": Preset(100, 50)},
        variants=VARIANTS,
        variants_ja=JAPANESE,
        keep="kernel",
        seeds=6,
        proven_steps=10,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
