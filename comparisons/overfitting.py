"""Overfitting: few data and many weights, and the accuracy that looks the wrong way round."""

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
    Preset,
    Task,
    versus,
)
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures, palette

UNITS = {f"{units} units": units for units in (25, 50, 100, 200)}
TEXTBOOK, DROPOUT = "100 units", "100 units, dropout"
EPOCHS, NUMBERS = 60, (100, 300, 1_000, 3_000)
STEPS, EVERY = 300, 30
POINTS, DEGREES = (10, 40), range(10)
X = np.linspace(-0.95, 0.95, 96)


def data(settings, seed):
    """The textbook's 300 training images."""
    return mnist_subset(300, 1_000, seed=seed, flat=True)


def images(seed):
    """3,000 training images, of which as many are used as is asked for."""
    part = mnist_subset(NUMBERS[-1], 10, 2_000, seed, flat=True)
    parts = {p: getattr(part, p) for p in ("x_train", "y_train", "x_test", "y_test")}
    return {**parts, "numbers": NUMBERS, "steps": STEPS, "every": EVERY}


def curve(x):
    """What the noisy points follow."""
    return np.sin(np.pi * x)


def noisy_points(seed):
    """Points about a curve."""
    generator = np.random.default_rng(seed)
    x = generator.uniform(-0.95, 0.95, POINTS[-1])
    y = curve(x) + generator.normal(0, 0.3, x.shape)
    return {"x": x, "y": y, "numbers": POINTS, "x_new": X, "degrees": DEGREES}


def accuracy(part):
    """Function of a run that gives the accuracy on a part of the data."""
    return lambda run: run["scores"][part]["accuracy"]


def wider(result):
    """The gap to test images: of the widest network, of the narrower one best on validation."""
    train, validation, test = (
        np.array([result.by_seed(accuracy(part), variant=name) for name in UNITS])
        for part in ("train", "validation", "test")
    )
    gaps, best = train - test, validation[:-1].argmax(axis=0)
    return gaps[-1].tolist(), gaps[best, np.arange(len(best))].tolist()


def narrowing(arrays):
    """By how much each larger number of images narrows the gap, the least of them."""
    gaps = (arrays["training"] - arrays["test"])[:, -1]
    return (gaps[:-1] - gaps[1:]).min()


def ways(result, run):
    """Epochs, and by them a run's losses and accuracies, measured in several ways."""
    kept = result.kept(run["variant"], run["implementation"], run["seed"])
    epochs = np.array([epoch for epoch in kept if epoch])
    found = {name: np.array([kept[epoch][name] for epoch in epochs]) for name in kept[0]}
    return epochs, found | {k: np.array(v)[epochs - 1] for k, v in run["history"].items()}


def by_turn(result):
    """Test accuracy by seed, at the epoch of the lowest validation loss and at the end."""

    def at(place):
        def measured(run):
            _, found = ways(result, run)
            return found["test"][place(found["val_loss"])]

        return result.by_seed(measured, variant=TEXTBOOK)

    return at(np.argmin), at(lambda losses: -1)


def where_above(result, way):
    """An accuracy by seed, the mean over the epochs in which `fit` reports validation as higher."""

    def mean(run):
        _, found = ways(result, run)
        above = found["val_accuracy"] > found["accuracy"]
        return found[way][above | ~above.any()].mean()

    return result.by_seed(mean, variant=DROPOUT)


def fits(result):
    """The polynomials through ten points and through forty, the degree by a slider."""
    points, names = noisy_points(0), (both("fit", "当てはめた曲線"), both("truth", "真の関係"))
    tables, panels = [], [both(f"{number} points", f"{number}点") for number in POINTS]
    for number, panel, fitted in zip(POINTS, panels, result.arrays("polynomials")["fitted"]):
        dots = pd.DataFrame({"x": points["x"][:number], "dot": points["y"][:number]})
        for degree, values in zip(DEGREES, fitted):
            curves = [
                pd.DataFrame({"x": X, "y": y, "series": name})
                for name, y in zip(names, (values, curve(X)))
            ]
            tables += [table.assign(panel=panel, choice=degree) for table in (dots, *curves)]
    base, scale = alt.Chart().encode(x=alt.X("x:Q").title("x")), alt.Scale(domain=[-2, 2])
    colours = alt.Scale(domain=names, range=[palette.CATEGORIES[0], palette.BASELINE_COLOR])
    line = base.transform_filter("isValid(datum.y)").mark_line(clip=True, strokeWidth=2)
    dot = base.transform_filter("isValid(datum.dot)")
    dot = dot.mark_circle(color=palette.CATEGORIES[1], size=40, opacity=1, clip=True)
    chart = alt.layer(
        line.encode(
            y=alt.Y("y:Q").scale(scale).title("y"),
            color=alt.Color("series:N").scale(colours).title(None),
        ),
        dot.encode(y=alt.Y("dot:Q").scale(scale)),
        data=pd.concat(tables),
    ).properties(width=260, height=220)
    chart = chart.facet(alt.Facet("panel:N", sort=panels).title(None), columns=2)
    return figures.slider(chart, ("degree", "次数"), start=9)


def draw(result):
    """Polynomials; accuracy by amount and width; and four ways to measure the accuracy."""
    parts = {"training": ("training images", "訓練データ"), "test": ("new images", "未知のデータ")}
    found = {
        part: np.stack(result.of_numpy("by_amount", lambda a, p: a[p], part)) for part in parts
    }
    by_amount = {
        number: {both(*words): found[part][:, place] for part, words in parts.items()}
        for place, number in enumerate(NUMBERS)
    }
    all_ways = [ways(result, run) for run in result.runs(variant=DROPOUT)]
    names = {
        "accuracy": both("training, as fit reports it", "訓練（fitの表示）"),
        "dropout on": both(
            "training, after the epoch, dropout on", "訓練（エポック後、Dropoutあり）"
        ),
        "all units on": both(
            "training, after the epoch, all units on", "訓練（エポック後、全ユニット）"
        ),
        "val_accuracy": both("validation", "検証"),
    }
    share = {"y_title": ("accuracy", "正解率"), "unit": "%"}
    return [
        Figure(
            ("Few points and many weights", "少ない点と多い重み"),
            fits(result),
            (
                "Polynomials fitted to noisy points (red) by least squares. Degree 1 is too stiff "
                "for either. Degree 9 has ten weights: it goes through all of the ten points, "
                "noise included, and swings between them. Forty points hold the same ten weights "
                "close to the true curve.",
                "ノイズのある点（赤）に最小二乗法で多項式を当てはめる。1次ではどちらにも合わない。"
                "9次は重みが10個あり、10点ならノイズごとすべて通って、点の間で大きく振れる。"
                "40点あると、同じ10個の重みでも真の関係に近い曲線になる。",
            ),
        ),
        Figure(
            ("Accuracy by amount of data", "データの数と正解率"),
            figures.slider(
                figures.lines(
                    by_amount,
                    np.arange(EVERY, STEPS + 1, EVERY),
                    x_title=("step", "ステップ"),
                    **share,
                ),
                ("training images", "訓練データの数"),
                start=NUMBERS[1],
            ),
            (
                "Seven layers of 50 units, equally many steps for each number of images. The space "
                "between the lines is the gap: with 100 images it opens at once and stays; with "
                "3,000 it is small to the end, with training near 100 %. Thin: the single seeds.",
                "50ユニットの7層ネットワーク。ステップ数はどれも同じ。2本の線の間が汎化ギャップ"
                "で、100枚ではすぐに開き、そのまま縮まらない。3,000枚では、訓練データの正解率が"
                "100%に近づいても差は小さい。細い線は1回ごとの学習。",
            ),
        ),
        Figure(
            ("Why validation can lie above training", "検証データの正解率のほうが高く見える理由"),
            figures.lines(
                {n: np.stack([found[key] for _, found in all_ways]) for key, n in names.items()},
                all_ways[0][0],
                x_title=("epoch", "エポック"),
                **share,
            ),
            (
                "One network, 300 images, dropout of 0.2. `fit` reports training as the mean over "
                "the epoch's batches, whose first saw older weights, and with units switched off; "
                "validation is measured after the epoch, with all units on. Measured in the same "
                "way (`evaluate`), training lies above validation. The running mean parts the "
                "first line from the second, dropout the second from the third.",
                "同じネットワーク、訓練画像300枚、Dropoutの割合0.2。`fit`が表示する訓練の正解率"
                "は、エポック中の全ミニバッチの平均であり（初めのミニバッチは古い重みで計算され"
                "る）、しかもユニットが消去された状態で測られる。検証データは、"
                "エポックの終わりに全ユニットを使って測る。同じ条件で測れば（`evaluate`）、"
                "訓練データの正解率は検証データを上回る。1本目と2本目の差が平均による差、"
                "2本目と3本目の差がDropoutによる差である。",
            ),
        ),
    ]


BOOK = "Saito, Deep Learning from Scratch, 6.4.1"
SETTING = (
    "300 MNIST images, six hidden layers with ReLU, SGD with learning rate 0.1, 60 epochs",
    "MNISTの画像300枚、ReLUの隠れ層6つ、学習率0.1のSGD、60エポック",
)
CLAIMS = (
    Claim(
        (
            "With few data and many weights a network overfits.",
            "データが少なく重みが多いと、ネットワークは過学習する。",
        ),
        BOOK,
        (
            f"{SETTING[0]}; 100 units a layer, 130,000 weights.",
            f"{SETTING[1]}。各層100ユニット、重みは13万個。",
        ),
        ("training less validation accuracy", "訓練データと検証データの正解率の差"),
        lambda r: tuple(r.by_seed(accuracy(p), variant=TEXTBOOK) for p in ("train", "validation")),
        unit="%",
        margin=0.1,
    ),
    Claim(
        ("More data narrows the gap.", "データを増やすと汎化ギャップは縮まる。"),
        "Goodfellow et al., Deep Learning, 5.2 and 7.4",
        (
            "100, 300, 1,000 and 3,000 images, the same seven layers of 50 units from the same "
            f"weights, {STEPS} steps. The gap has to narrow each time that there are about three "
            "times as many images; the least narrowing counts.",
            "画像100、300、1,000、3,000枚。各層50ユニットの7層、初期値は同じで、"
            f"{STEPS}ステップ学習する。枚数を約3倍にするたびにギャップが縮まることを求め、"
            "縮み方の最も小さい値で判定する。",
        ),
        (
            "training less test accuracy, fewer less more images, the least of three",
            "訓練データとテストデータの正解率の差。少ない枚数での値から多い枚数での値を引いた、3つの最小値",
        ),
        versus("by_amount", narrowing, lambda arrays: 0.0),
        unit="%",
        margin=0.01,
    ),
    Claim(
        ("The more weights, the wider the gap.", "重みが多いほど汎化ギャップは広がる。"),
        (f"{BOOK}; often read so", f"{BOOK}についての、よくある解釈"),
        (
            f"{SETTING[0]}; 200 units a layer (360,000 weights) against 25, 50 or 100: the one of "
            "them that is most accurate on the validation images. Both gaps are measured on test "
            "images, by which nothing was chosen, all 10,000.",
            f"{SETTING[1]}。各層200ユニット（重み36万個）を、25、50、100ユニットのうち検証データの"
            "正解率が最も高いものと比べる。ギャップはどちらも、選択に使っていないテストデータ（10,000枚すべて）で測る。",
        ),
        (
            "training accuracy less test accuracy, widest less best narrower network",
            "訓練データとテストデータの正解率の差。最も広いネットワークの値から、より狭いなかで最良のものの値を引く",
        ),
        wider,
        unit="%",
        margin=0.01,
        instead=(
            "Widening a network that already knows its training images by heart does not widen the "
            "gap here. On spirals it was the same (see Multi-layer perceptron).",
            "すでに訓練データを丸暗記しているネットワークをさらに広げても、"
            "ここではギャップは広がらない。渦巻きのデータでも同様（「多層パーセプトロン」を参照）。",
        ),
    ),
    Claim(
        (
            "Once the validation loss rises, accuracy on new data falls.",
            "検証データの損失が上がり始めると、未知のデータの正解率は下がる。",
        ),
        ("a common reading of the curves by epoch", "学習曲線のよくある解釈"),
        (
            f"{SETTING[0]}; 100 units a layer, at the epoch of the lowest validation loss and at "
            "the end. The accuracy is that of 2,000 test images, which did not choose it.",
            f"{SETTING[1]}。各層100ユニット。検証データの損失が最も低いエポックと、最後のエポックを比べる。"
            "正解率は、エポックの選択に使っていないテストデータ（2,000枚）で測る。",
        ),
        (
            "test accuracy, at the lowest validation loss less at the end",
            "テストデータの正解率。検証データの損失が最も低いエポックでの値から最後の値を引く",
        ),
        by_turn,
        unit="%",
        margin=0.01,
        instead=(
            "Accuracy stays where it is. The loss rises because the network grows ever surer of "
            "its answers, the wrong ones included; accuracy does not see how sure it is.",
            "正解率は下がらない。損失が上がるのは、ネットワークが誤った予測も含めて自信を強めて"
            "いくためである。正解率には、どれだけ自信があるかは表れない。",
        ),
    ),
    Claim(
        (
            "Where validation accuracy lies above training accuracy, the network does better on "
            "new data than on its training data.",
            "検証データの正解率が訓練データを上回っているなら、ネットワークは訓練データより未知のデータを"
            "うまく予測している。",
        ),
        ("a common question about the output of `fit`", "fitの出力についてのよくある質問"),
        (
            f"{SETTING[0]}; 100 units a layer, dropout of 0.2. In the epochs in which `fit` "
            "reports a higher validation accuracy, training images and test images, which did not "
            "choose the epochs, are measured alike: after the epoch, with all units on.",
            f"{SETTING[1]}。各層100ユニット、Dropoutの割合0.2。`fit`の表示で検証データのほうが高い"
            "エポックについて、訓練データと、エポックの選択に使っていないテストデータを、"
            "どちらもエポックの終わりに全ユニットを使って測る。",
        ),
        (
            "mean test less mean training accuracy in those epochs",
            "それらのエポックでの正解率の平均。テストデータの値から訓練データの値を引く",
        ),
        lambda result: (where_above(result, "test"), where_above(result, "all units on")),
        unit="%",
        instead=(
            "The two were measured differently. Measured alike, training is ahead.",
            "測り方が違っていただけである。同じ条件で測れば、訓練データのほうが高い。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Overfitting: few data, many weights", "過学習：少ないデータと多い重み"),
    chapter=chapters.TECHNIQUES.section(6),
    summary=(
        "A network overfits when it fits its training data, noise and chance included, and fails "
        "on new data. It shows in the gap between the two, which is why data are set aside for "
        "validation. Here it is brought about on purpose, by few data and many weights; the "
        "remedies follow: weight decay, dropout, early stopping, more or altered data.",
        "訓練データにはノイズや偶然の偏りまで含めてよく適合するのに、未知のデータはうまく予測でき"
        "ない。これを過学習という。過学習は両者の正解率の差に表れるので、"
        "検証データを別に取り分けておく。ここでは、データを少なく重みを多くして、"
        "わざと過学習を起こす。対策のWeight decay、Dropout、早期終了、データ拡張は、"
        "続く各節で扱う。",
    ),
    equations=(
        (
            r"\mathrm{gap} = A_{\mathrm{train}} - A_{\mathrm{validation}}",
            ("The generalisation gap, in accuracy A.", "汎化ギャップ。Aは正解率。"),
        ),
        (
            r"f(x) = \sum_{k=0}^{d} w_k x^k, \quad "
            r"w = \mathrm{argmin}_w \sum_{n=1}^{N} (f(x_n) - t_n)^2",
            (
                "Least squares on N points (xₙ, tₙ). A polynomial of degree d has d + 1 weights; "
                "it passes through as many points or fewer.",
                "N個の点(xₙ, tₙ)についての最小二乗法。d次の多項式の重みはd + 1個で、点の数がそれ"
                "以下なら、すべての点を通る。",
            ),
        ),
    ),
    terms=(
        ("overfitting", "過学習"),
        ("generalisation gap", "汎化ギャップ"),
        ("training data, validation data, test data", "訓練データ、検証データ、テストデータ"),
        ("expressive power", "表現力"),
        ("polynomial regression", "多項式回帰"),
    ),
    demonstrations=(
        Demonstration("polynomials", noisy_points),
        Demonstration(
            "by_amount", images, 5, measured=("training", "test"), proven_with={"steps": 3}
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(EPOCHS, 100), "full": Preset(200, 100)},
        variants={name: {"units": units} for name, units in UNITS.items()}
        | {DROPOUT: {"units": 100, "rate": 0.2}},
        variants_ja={name: f"{units}ユニット" for name, units in UNITS.items()}
        | {DROPOUT: "100ユニット、Dropout"},
        keep="after_epoch",
        keep_at=tuple(np.linspace(0, 1, EPOCHS + 1)),
        seeds=5,
        first_seed=5,  # on those before them a tenth of the test images told
        proven_steps=10,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
