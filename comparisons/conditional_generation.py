"""A conditional variational autoencoder on small digits: which digit is asked, how is drawn."""

import functools
from dataclasses import replace

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from comparisons.harness import chapters
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import halved_mnist
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score

TOLD, UNTOLD = "with labels", "without labels"
DIGITS = np.arange(10)
NATS = {"unit": "nats", "larger_is_better": False, "margin": 2.0}


def data(settings, seed):
    """MNIST of 14×14 pixels, with the label as a second input."""
    full = settings.preset == "full"
    part = halved_mnist(*((55_000, 5_000, None) if full else (3_000, 500, 1_000)), seed)

    def inputs(x, y):
        return {"image": x.reshape(-1, 196), "label": np.eye(10, dtype="float32")[y]}

    return replace(
        part,
        x_train=inputs(part.x_train, part.y_train),
        **{f"x_{name}": inputs(*own) for name, own in part.new.items()},
    )


def told(seed):
    """Five rows of three inputs with labels below ten, and weights for four units."""
    generator = np.random.default_rng(seed)
    return {
        "x": generator.normal(size=(5, 3)),
        "label": np.array([7, 0, 9, 7, 3]),
        "weight": generator.normal(size=(3, 4)),
        "label_weight": generator.normal(size=(10, 4)),
        "number": 10,
    }


@functools.cache
def reader():
    """A network that reads real digits, and its accuracy on others."""
    part = halved_mnist(20_000, 1_000, 2_000)
    network = MLPClassifier(100, learning_rate_init=0.003, random_state=0)
    for _ in range(12):
        network.partial_fit(part.x_train.reshape(-1, 196), part.y_train, classes=DIGITS)
    return network, network.score(part.x_test.reshape(-1, 196), part.y_test)


def as_asked(grid):
    """The share of digits, a column for each that was asked, that are read as asked."""
    read = reader()[0].predict(grid.reshape(-1, 196) / 255)
    return float(np.mean(read == np.tile(DIGITS, len(grid))))


def slants(grid):
    """How far each digit leans: pixels to the left for one down, by the moments of its ink."""
    down, across = np.mgrid[:14, :14]
    ink = grid / grid.sum(axis=(-2, -1), keepdims=True)
    y = down - (ink * down).sum(axis=(-2, -1), keepdims=True)
    x = across - (ink * across).sum(axis=(-2, -1), keepdims=True)
    return -(ink * x * y).sum(axis=(-2, -1)) / (ink * y**2).sum(axis=(-2, -1))


def alike_in_slant(grid):
    """Correlation of the slants of two digits of one row, mean over the pairs of labels."""
    correlations = np.corrcoef(slants(grid), rowvar=False)
    return float(correlations[np.triu_indices(len(correlations), 1)].mean())


def read_off(codes, digits):
    """How often the 15 nearest codes among one half of the images tell the digit of another."""
    half = len(codes) // 2
    neighbours = KNeighborsClassifier(15).fit(codes[:half], digits[:half])
    return float(neighbours.score(codes[half:], digits[half:]))


def kept(variant, measure, *names):
    """A claim's side: `measure` of arrays that were kept of a trained variant, by seed."""

    def own(result, run):
        found = result.kept(variant, run["implementation"], run["seed"])
        return measure(*(found[max(found)][name] for name in names))

    return lambda result: result.by_seed(lambda run: own(result, run), variant=variant)


def cost(variant):
    """A claim's side: a variant's loss on test images, by seed."""
    return lambda result: result.by_seed(lambda run: run["scores"]["test"]["loss"], variant=variant)


def draw(result):
    """Digits by style and label as they are learned, and between two styles."""
    found = result.kept(TOLD)
    last = found[max(found)]
    grids = {epoch: {"": own["grid"][:8].reshape(-1, 14, 14) / 255} for epoch, own in found.items()}
    between = {step / 10: {"": digits / 255} for step, digits in enumerate(last["between"])}
    untold = result.kept(UNTOLD)
    free = untold[max(untold)]["grid"][:20, 0] / 255
    return [
        Figure(
            ("A row is a style, a column is a label", "行はスタイル、列はラベル"),
            figures.slider(
                figures.images(grids, columns=10, size=40), ("epoch", "エポック"), max(grids)
            ),
            (
                "Digits that nobody wrote. Each row has one code drawn from N(0, 1), each column "
                "the label 0 to 9. Slant, width and thickness stay along a row.",
                "誰も書いていない数字。各行は標準正規分布からサンプリングした1つの潜在変数、各列は"
                "ラベル0から9に対応する。同じ行では、傾き、幅、太さがそろっている。",
            ),
        ),
        Figure(
            ("From one style to another", "2つのスタイルの間"),
            figures.slider(
                figures.images(between, columns=10, size=48),
                ("share of the second", "2番目の割合"),
            ),
            (
                "All ten digits from one code, moved on a straight line between two draws.",
                "10個の数字を同じ潜在変数から生成し、その潜在変数を2つのサンプルの間で直線上に動かす。",
            ),
        ),
        Figure(
            ("Without labels: what comes, comes", "ラベルなし：何が出るかは選べない"),
            figures.images({"": free}, columns=10, size=40),
            (
                "The same networks, told nothing: twenty draws. Which digit it will be is part of "
                "the code.",
                "同じ構造のネットワークをラベルなしで学習し、20個サンプリングした。どの数字になるかは"
                "潜在変数しだいである。",
            ),
        ),
    ]


SETTING = (
    "3,000 MNIST images of 14×14, codes of 8 numbers, hidden layers of 128, Adam with learning "
    "rate 0.005, 20 epochs of 30 steps; with labels, and without (the labels are zeros). ",
    "MNISTの画像3,000枚（14×14に縮小）、潜在変数は8次元、隠れ層のユニット数128、学習率0.005のAdam、"
    "30ステップ×20エポック。ラベルを与える場合と与えない場合（ラベルの代わりに0を入力）を比べる。",
)
CLAIMS = (
    Claim(
        claim=("Made digits are those that were asked for.", "指定したとおりの数字が生成される。"),
        source="Kingma et al. 2014, Semi-supervised learning with deep generative models",
        experiment=(
            SETTING[0] + "500 digits, 50 of each label. A network trained on 20,000 MNIST images "
            "reads them; it must agree as often as with the labels of real test images, less 3 "
            "points.",
            SETTING[1]
            + "ラベルごとに50個、計500個の数字を生成し、MNISTの画像20,000枚で学習した分類器に"
            "読ませる。本物のテスト画像での正解率と比べ、3ポイント以上は下回らないことを確かめる。",
        ),
        metric=(
            "share read as asked, less the reader's accuracy on real digits",
            "指定どおりに読まれた割合から、本物の画像での分類器の正解率を引いた値",
        ),
        measure=lambda result: (kept(TOLD, as_asked, "grid")(result), reader()[1]),
        unit="%",
        margin=-0.03,
    ),
    Claim(
        claim=(
            "One code gives one style, whatever the digit.",
            "潜在変数が同じなら、どの数字も同じスタイルになる。",
        ),
        source="Kingma et al. 2014, figure 1",
        experiment=(
            SETTING[0] + "50 codes, each with all ten labels; style is measured by the slant.",
            SETTING[1]
            + "50個の潜在変数から、それぞれ10種類の数字を生成する。スタイルは傾きで測る。",
        ),
        metric=(
            "correlation of the slants of two digits of one code, mean over the pairs of labels; "
            "above 0.5 counts",
            "同じ潜在変数から生成した2つの数字の傾きの相関係数（ラベルの組についての平均）。"
            "0.5を超えれば同じスタイルとみなす",
        ),
        measure=lambda result: (kept(TOLD, alike_in_slant, "grid")(result), 0.0),
        margin=0.5,
    ),
    Claim(
        claim=(
            "A network that is told the label leaves it out of the code.",
            "ラベルを与えると、潜在変数はラベルの情報をもたなくなる。",
        ),
        source="Kingma et al. 2014, section 4",
        experiment=(
            SETTING[0] + "The digit of a test image is told by its code's 15 nearest neighbours "
            "among 500 others; one in ten is chance.",
            SETTING[1]
            + "テスト画像の数字を、潜在変数の近い15枚（別の500枚から選ぶ）の多数決で当てる。"
            "偶然でも10%は当たる。",
        ),
        metric=(
            "share of the accuracy above chance that is lost where labels are given; above 90 % "
            "counts",
            "偶然を上回る正解率のうち、ラベルを与えることで失われた割合"
            "（90%を超えれば「もたない」とみなす）",
        ),
        measure=lambda result: (
            [
                (plain - own) / (plain - 0.1)
                for plain, own in zip(
                    kept(UNTOLD, read_off, "codes", "digits")(result),
                    kept(TOLD, read_off, "codes", "digits")(result),
                )
            ],
            0.0,
        ),
        unit="%",
        margin=0.9,
        instead=(
            "Much of it goes, since every nat of the code has its price in the KL term. But "
            "some styles are more common in some digits, and so a code still tells of the digit.",
            "潜在変数が情報をもつとKL項が大きくなるため、ラベルの情報の多くは失われる。しかし数字によって"
            "現れやすいスタイルが異なるため、潜在変数から数字をある程度は当てられる。",
        ),
    ),
    Claim(
        claim=(
            "A label saves more than it tells: more than log 10 = 2.3 nats an image.",
            "ラベルによる損失の減少は、ラベルそのものの情報量log 10 = 2.3ナットを上回る。",
        ),
        source=("question of this project", "このプロジェクトの問い"),
        experiment=(
            SETTING[0] + "On other seeds a rate of 0.01 made neither better by more than 0.2 nats, "
            "and after three times the steps the difference was 3.4. What goes beyond log 10 is "
            "not in the label: it is how much farther from a perfect model the networks without "
            "labels are.",
            SETTING[1] + "別のシードでは、学習率を0.01にしてもどちらの改善も0.2ナット以下で、"
            "ステップ数を3倍にしても差は3.4ナットだった。log 10を超える分はラベルの情報ではない。"
            "ラベルのないネットワークのほうが、理想的なモデルからそれだけ遠いのである。",
        ),
        metric=(
            "−ELBO of test images, without labels less with",
            "テスト画像の−ELBO。ラベルなしの値からラベルありの値を引く",
        ),
        measure=lambda result: (cost(UNTOLD)(result), cost(TOLD)(result)),
        unit="nats",
        margin=float(np.log(10)),
        instead=(
            "Ten digits as likely as each other are log 10 nats, and a perfect model would save "
            "just that.",
            "10種類の数字の情報量はlog 10ナットであり、理想的なモデルで減る損失も"
            "ちょうどそれだけである。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Conditional generation", "条件付き生成"),
    chapter=chapters.GENERATION.section(4),
    summary=(
        "A generator that is told a label makes what is asked for. The label enters as a one-hot "
        "row behind the input of encoder and decoder, which gives each label a bias of its own in "
        "the layer above. What the label says, the code need not say: it is left with the style.",
        "ラベルを与えられた生成モデルは、指定したものを生成する。ラベルはone-hotベクトルとしてエンコーダと"
        "デコーダの入力に連結する。これは、次の層にラベルごとのバイアスを加えることと同じである。"
        "ラベルが表す情報を潜在変数が表す必要はなくなり、潜在変数にはスタイルが残る。",
    ),
    introduces=(
        Introduced(
            "with_label",
            r"y = \left[ x, e_k \right], \quad e_k = (0, \dots, 1, \dots, 0), \quad "
            r"\frac{\partial L}{\partial x} = \left( \frac{\partial L}{\partial y} "
            r"\right)_{1 \dots m}",
            (
                "The label k as a one-hot row behind the m inputs.",
                "ラベルkをone-hotベクトルにして、m個の入力の後ろに連結する。",
            ),
            told,
            inputs=2,
        ),
        Introduced(
            "bias_by_label",
            r"\left[ x, e_k \right] \begin{bmatrix} W \\ V \end{bmatrix} = x W + V_k, \quad "
            r"\frac{\partial L}{\partial V_k} = \sum_{i : k_i = k} \frac{\partial L}{\partial y_i}",
            (
                "A one-hot row picks a row of the weights: a bias, learned from the examples of "
                "this label alone. A table of such rows is an embedding.",
                "one-hotベクトルとの積は重みの1行を選び出す。つまりラベルごとのバイアスであり、"
                "そのラベルのデータだけから学習される。この表は埋め込みにほかならない。",
            ),
            told,
            inputs=2,
        ),
    ),
    equations=(
        (
            r"\log p(x | k) \ge \mathbb{E}_{q(z|x, k)} \left[ \log p(x|z, k) \right] - "
            r"D_{KL} \left( q(z|x, k) \, \| \, p(z) \right)",
            (
                "the evidence lower bound with the label k in both networks; the prior of z is "
                "the same for all labels",
                "エンコーダとデコーダの両方にラベルkを与えたときの変分下界。zの事前分布はどのラベルでも同じ",
            ),
        ),
    ),
    terms=(
        ("conditional generation", "条件付き生成"),
        ("conditional variational autoencoder (CVAE)", "条件付き変分オートエンコーダ（CVAE）"),
        ("concatenation", "連結", "layers.Concatenate"),
        ("style", "スタイル"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(20, 100), "full": Preset(40, 100)},
        scores=(
            Score("loss", ("−ELBO", "−ELBO"), lambda y, nats: nats[:, 0].mean(), **NATS),
            Score("code", ("its KL term", "KL項"), lambda y, nats: nats[:, 1].mean(), **NATS),
        ),
        variants={TOLD: {"told": 1.0}, UNTOLD: {"told": 0.0}},
        variants_ja={TOLD: "ラベルあり", UNTOLD: "ラベルなし"},
        train="train",
        predict="costs",
        keep="made",
        keep_at=(0.0, 0.05, 0.2, 1.0),
        seeds=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
