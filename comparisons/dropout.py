"""Dropout: few data and many weights, at four rates; and the ensemble that it resembles."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures, palette

RATES = {f"rate {rate}": rate for rate in (0.0, 0.2, 0.5, 0.8)}
WITHOUT, WITH = "rate 0.0", "rate 0.5"
AVERAGED = (1, 2, 4, 8, 16, 32)
PARTS = {"train": ("training data", "訓練データ"), "test": ("test data", "テストデータ")}
DRAWN_RATES = [tenths / 10 for tenths in range(10)]
MASKS = list(range(1, 7))


def data(settings, seed):
    """300 training images: few enough to be learned by heart."""
    return mnist_subset(300, 1_000, 1_000, seed, flat=True)


def some_units(seed):
    """Inputs for the mask."""
    return {"x": np.random.default_rng(seed).normal(size=(6, 5)), "rate": 0.3}


def gap(run):
    """Training accuracy less validation accuracy at the end, both in inference mode."""
    return run["generalisation_gap"]


def test_accuracy(run):
    """Accuracy on the test images."""
    return run["scores"]["test"]["accuracy"]


def kept(result, name, index=...):
    """A number that `ensemble` gave of the network trained with dropout, by seed."""
    seeds = sorted({run["seed"] for run in result.runs(variant=WITH)})
    return [
        np.mean(
            [
                list(result.kept(WITH, c, seed).values())[-1][name][index]
                for c in result.implementations
            ]
        )
        for seed in seeds
    ]


def drawn_network():
    """A small network with its units' random numbers: a unit is off where its number is below p."""
    sizes, generator, rows = (6, 8, 8, 4), np.random.default_rng(4), []
    places = [np.arange(size) - (size - 1) / 2 for size in sizes]
    for mask in MASKS:
        # Inputs and outputs stay on.
        draws = [np.full(n, 2.0) if n < 8 else generator.random(n) for n in sizes]
        for layer, (places_here, own) in enumerate(zip(places, draws)):
            for y, draw in zip(places_here, own):
                unit = {"mask": mask, "x": layer, "y": y, "draw": draw, "hidden": draw < 2}
                rows.append(unit)
                for y2, draw2 in zip(
                    *(of[layer + 1] if layer < 3 else () for of in (places, draws))
                ):
                    end = {"x2": layer + 1, "y2": y2, "draw": min(draw, draw2)}
                    rows.append({**unit, **end})
    rate, mask = (
        alt.param(
            name=name, value=start, bind=alt.binding_select(options=values, name=both(*words))
        )
        for name, start, values, words in (
            ("rate", 0.5, DRAWN_RATES, ("rate p", "割合p")),
            ("mask", 1, MASKS, ("mask", "マスク")),
        )
    )
    base = (
        alt.Chart()
        .transform_filter("datum.mask === mask")
        .transform_calculate(
            on="datum.draw >= rate", size="datum.on && datum.hidden ? 140 / (1 - rate) : 140"
        )
        .encode(
            x=alt.X("x:Q").axis(None).scale(domain=[-0.3, 3.3]),
            y=alt.Y("y:Q").axis(None).scale(domain=[-4.5, 4.5]),
        )
    )
    links = base.transform_filter("isValid(datum.x2)").mark_rule(color=palette.BASELINE_COLOR)
    units = base.transform_filter("!isValid(datum.x2)").mark_circle(color=palette.CATEGORIES[0])
    layers = [
        links.encode(
            x2="x2:Q", y2="y2:Q", opacity=alt.condition("datum.on", alt.value(0.6), alt.value(0))
        ),
        units.encode(
            size=alt.Size("size:Q").scale(None),
            opacity=alt.condition("datum.on", alt.value(1), alt.value(0.15)),
        ),
    ]
    chart = alt.layer(*layers, data=pd.DataFrame(rows)).add_params(rate, mask)
    return chart.properties(width=460, height=320)


def by_rate(result):
    """A row for each run and part of the data: its accuracy with all units on."""
    return pd.DataFrame(
        {
            "x": rate,
            "y": run["scores"][part]["accuracy"],
            "series": both(*words),
            "implementation": run["implementation"],
            "run": run["seed"],
        }
        for name, rate in RATES.items()
        for run in result.runs(variant=name)
        for part, words in PARTS.items()
    )


def by_masks(result):
    """A row for each number of averaged masks, of the first seed."""
    tables = []
    for name, rate in list(RATES.items())[1:]:
        for column in result.implementations:
            found = list(result.kept(name, column).values())[-1]
            for words, values in (
                (("masks averaged", "平均したマスク"), found["accuracy of averaged masks"]),
                (("one pass, all units", "全ユニットで1回"), found["accuracy of one pass"]),
            ):
                table = pd.DataFrame({"x": AVERAGED, "y": values})
                tables.append(table.assign(series=both(*words), implementation=column, choice=rate))
    return pd.concat(tables)


def draw(result):
    """The thinned network, accuracy by rate, and by the number of masks that are averaged."""
    accuracy = {"y_title": ("accuracy", "正解率"), "unit": "%"}
    ensemble = figures.lines(
        by_masks(result), x_title=("masks averaged", "平均したマスクの数"), log="x", **accuracy
    )
    return [
        Figure(
            ("A thinned network", "間引かれたネットワーク"),
            drawn_network(),
            (
                "Two hidden layers under dropout. What is off passes nothing on, neither forward "
                "nor backward. What stays on is scaled up (drawn larger). Each step has another "
                "mask.",
                "2つの隠れ層にDropoutを適用したネットワーク。消去されたユニットは、順伝播でも"
                "逆伝播でも何も伝えない。残ったユニットの出力は拡大される（大きく描いてある）。"
                "マスクはステップごとに異なる。",
            ),
        ),
        Figure(
            ("Accuracy by rate", "Dropoutの割合と正解率"),
            figures.lines(by_rate(result), x_title=("rate p", "割合p"), **accuracy),
            (
                "All units on, after training. Thin: the single seeds.",
                "学習後、すべてのユニットを使って測った正解率。細い線は1回ごとの学習。",
            ),
        ),
        Figure(
            ("An ensemble of thinned networks", "間引かれたネットワークのアンサンブル"),
            figures.slider(ensemble, ("rate p", "割合p"), start=0.5),
            (
                "Test accuracy of the mean answer, the first seed. The more masks are averaged, "
                "the nearer it comes to that of one pass with all units.",
                "出力の平均で測ったテストデータの正解率（最初のシード）。平均する数を増やすほど、"
                "すべてのユニットを使う1回の順伝播に近づく。",
            ),
        ),
    ]


SETTING = (
    "300 MNIST images, two hidden layers of 256, SGD with learning rate 0.05 and momentum 0.9",
    "MNISTの画像300枚、ユニット数256の隠れ層2つ、学習率0.05、モーメンタム0.9のSGD",
)
CHOSEN = (
    "For both the learning rate was the best of 0.01, 0.02, 0.05, 0.1 on other validation images.",
    "学習率は0.01、0.02、0.05、0.1のうち、別のシードの検証データでどちらにも最良だったもの。",
)
ENSEMBLE = (
    f"{SETTING[0]}, dropout of 0.5. After training, 32 thinned networks, each with a mask of its "
    "own, answer 1,000 test images, and their probabilities are averaged",
    f"{SETTING[1]}、Dropoutの割合0.5。学習後、異なるマスクで間引いた32個のネットワークで"
    "テスト画像1,000枚を推論し、出力の確率を平均する",
)
CLAIMS = (
    Claim(
        claim=(
            "Dropout narrows the gap between training and new data.",
            "Dropoutは、訓練データと未知のデータとの正解率の差（汎化ギャップ）を縮める。",
        ),
        source="Srivastava et al. 2014, Dropout; Saito, Deep Learning from Scratch, 6.4.3",
        experiment=(
            f"{SETTING[0]}, dropout 0 against 0.5. {CHOSEN[0]}",
            f"{SETTING[1]}。Dropoutの割合は0と0.5。{CHOSEN[1]}",
        ),
        metric=(
            "training accuracy less validation accuracy, without less with dropout",
            "訓練データと検証データの正解率の差。Dropoutなしの値からありの値を引く",
        ),
        measure=lambda result: (
            result.by_seed(gap, variant=WITHOUT),
            result.by_seed(gap, variant=WITH),
        ),
        unit="%",
    ),
    Claim(
        claim=(
            "Thinned networks are an ensemble: averaged, they answer better than one of them.",
            "間引かれたネットワークの集まりはアンサンブルである。出力を平均すると、"
            "1つだけの場合より正解率が上がる。",
        ),
        source="Srivastava et al. 2014, section 1; Saito, Deep Learning from Scratch, 6.4.3",
        experiment=(f"{ENSEMBLE[0]}.", f"{ENSEMBLE[1]}。"),
        metric=(
            "test accuracy, 32 averaged masks less one mask",
            "テストデータの正解率。マスク32個の平均での値からマスク1個での値を引く",
        ),
        measure=lambda result: (
            kept(result, "accuracy of averaged masks", -1),
            kept(result, "accuracy of averaged masks", 0),
        ),
        unit="%",
        margin=0.01,
    ),
    Claim(
        claim=(
            "One pass with all units stands in for that ensemble.",
            "すべてのユニットを使う1回の順伝播が、そのアンサンブルの代わりになる。",
        ),
        source="Hinton et al. 2012, Improving neural networks by preventing co-adaptation",
        experiment=(
            f"{ENSEMBLE[0]}; then all units answer in one pass.",
            f"{ENSEMBLE[1]}。これを、すべてのユニットを使う1回の順伝播と比べる。",
        ),
        metric=(
            "share of images answered as the average does, one pass less one mask",
            "アンサンブルと同じ予測になる画像の割合。全ユニットでの値からマスク1個での値を引く",
        ),
        measure=lambda result: (
            kept(result, "agreement of one pass"),
            kept(result, "agreement of one mask"),
        ),
        unit="%",
        margin=0.01,
    ),
    Claim(
        claim=(
            "Dropout makes the network more accurate on new data.",
            "Dropoutを使うと、未知のデータに対する正解率が上がる。",
        ),
        source="Srivastava et al. 2014, Dropout, section 6",
        experiment=(
            f"{SETTING[0]}, dropout 0 against 0.5. {CHOSEN[0]}",
            f"{SETTING[1]}。Dropoutの割合は0と0.5。{CHOSEN[1]}",
        ),
        metric=(
            "test accuracy, with less without dropout",
            "テストデータの正解率。Dropoutありの値からなしの値を引く",
        ),
        measure=lambda result: (
            result.by_seed(test_accuracy, variant=WITH),
            result.by_seed(test_accuracy, variant=WITHOUT),
        ),
        unit="%",
        margin=0.0,
        instead=(
            "Both learn nearly all training images by heart, and answer new ones equally well.",
            "どちらも訓練データをほぼすべて覚えてしまい、未知のデータに対する正解率もほとんど変わらない。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Dropout against overfitting", "過学習への対策としてのDropout"),
    chapter=chapters.TECHNIQUES.section(8),
    summary=(
        "A network with far more weights than data learns its training data by heart. Dropout "
        "switches off a random share of the units in each training step, so that none can rely on "
        "another, and scales up the rest. At prediction all units answer, which is nearly the "
        "average of all the thinned networks.",
        "データよりはるかに多くの重みをもつネットワークは、訓練データを丸暗記してしまう。Dropoutは学習の"
        "ステップごとにユニットの一部をランダムに消去し、特定のユニットへの依存を防ぐ。残ったユニットの"
        "出力はその分だけ拡大する。推論時にはすべてのユニットを使う。これは間引かれたネットワークすべての"
        "平均にほぼ等しい。",
    ),
    introduces=(
        Introduced(
            "dropout",
            r"m_i \sim \mathrm{Bernoulli}(1 - p), \quad y_i = \frac{m_i}{1 - p} x_i, \quad "
            r"\frac{\partial L}{\partial x_i} = \frac{m_i}{1 - p} \frac{\partial L}{\partial y_i}",
            (
                "A fresh mask m in each training step; p is the rate. What stays is divided by "
                "1 − p, so that the mean of y is x. The gradient passes through the same mask.",
                "学習のステップごとに新しいマスクmをランダムに決める。pは消去する割合。"
                "残った値は1 − pで割るので、yの平均はxに等しい。勾配も同じマスクを通る。",
            ),
            some_units,
        ),
    ),
    equations=(
        (r"y_i = x_i", ("At prediction nothing is dropped.", "推論時には何も消去しない。")),
        (
            r"\frac{1}{T} \sum_{t=1}^{T} f(x; m^{(t)}) \approx f(x)",
            (
                "The mean answer of networks with T masks is nearly that of one pass without.",
                "T個のマスクで間引いたネットワークの出力の平均は、"
                "マスクなしの1回の順伝播にほぼ等しい。",
            ),
        ),
    ),
    terms=(
        ("overfitting", "過学習"),
        ("dropout", "Dropout（ドロップアウト）", "layers.Dropout"),
        ("generalisation", "汎化"),
        ("regularization", "正則化", "regularizers"),
        ("ensemble learning", "アンサンブル学習"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(40, 50), "full": Preset(200, 50)},
        variants={name: {"rate": rate} for name, rate in RATES.items()},
        variants_ja={name: f"割合{rate}" for name, rate in RATES.items()},
        keep="ensemble",
        seeds=5,
        first_seed=5,  # the share to drop and the epochs were settled on smaller ones
        proven_steps=10,
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
