"""Early stopping: where it stops, what patience is for, and what it saves."""

import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.datasets import mnist_subset, shrunk
from comparisons.harness.drawing import figures

IMAGES, EPOCHS, BATCH, RATE, HIDDEN = 300, 100, 10, 0.2, 50
PATIENCES, PATIENCE = (0, 1, 2, 3, 5, 10, 20, 40), 10
BY_HEART = 0.05
SETTINGS = [(patience, delta) for patience in (0, 1, 3, 8) for delta in (0.0, 0.25)]
PARTS = {"training": both("training", "訓練"), "validation": both("validation", "検証")}


def some_losses(seed):
    """Losses that fall and rise again, with noise; and losses that fall to the end."""
    draw, epochs = np.random.default_rng(seed), np.arange(40)
    turning = 3 - 0.2 * epochs + 0.006 * epochs**2 + draw.normal(0, 0.3, (5, 40))
    return {"losses": np.vstack([turning, 3 - 0.3 * epochs]), "settings": SETTINGS}


def images(seed):
    """300 images to learn from, 500 for validation and 500 for the test, and a network."""
    part, draw = mnist_subset(IMAGES, 500, 500, seed, flat=True, one_hot=True), np.random
    draw = draw.default_rng(seed).normal
    weights = {
        "W1": draw(0, (2 / 49) ** 0.5, (49, HIDDEN)),
        "b1": np.zeros(HIDDEN),
        "W2": draw(0, (2 / HIDDEN) ** 0.5, (HIDDEN, 10)),
        "b2": np.zeros(10),
    }
    return {
        "x": shrunk(part.x_train),
        "t": part.y_train.argmax(axis=1),
        "new": {
            "validation": (shrunk(part.x_validation), part.y_validation),
            "test": (shrunk(part.x_test), part.y_test),
        },
        "patiences": PATIENCES,
        "epochs": EPOCHS,
        "kept": 2,
        "batch_size": BATCH,
        "learning_rate": RATE,
        **{name: w.astype("float32") for name, w in weights.items()},
    }


def restored(arrays, patience=PATIENCE):
    """Test loss of the weights that early stopping restores."""
    return float(arrays["test"][arrays["epochs"][PATIENCES.index(patience), 1]])


def epochs_taken(arrays):
    """How many epochs were trained until it stopped."""
    return int(arrays["epochs"][PATIENCES.index(PATIENCE), 0]) + 1


def epochs_by_heart(arrays):
    """How many epochs it takes to learn the training images by heart, EPOCHS at most."""
    learned = arrays["training"] < BY_HEART
    return int(learned.argmax()) + 1 if learned.any() else EPOCHS


def fixed_number(result):
    """Test loss after the number of epochs that is best on validation data in the other seeds."""
    runs = result.of_numpy("training", dict)
    validation = np.array([arrays["validation"] for arrays in runs])
    chosen = []
    for seed, arrays in enumerate(runs):
        others = np.delete(validation, seed, axis=0) if len(runs) > 1 else validation
        chosen.append(float(arrays["test"][others.mean(axis=0).argmin()]))
    return chosen


def with_patience(result):
    """The losses until it stops, what would have followed, and the restored epoch, by patience."""
    arrays, tables = result.arrays("training"), []
    places = np.arange(1, EPOCHS + 1)
    for patience, (last, best) in zip(PATIENCES, arrays["epochs"]):
        for name, title in PARTS.items():
            shown = {"x": places[: last + 1], "y": arrays[name][: last + 1], "series": title}
            tables.append(pd.DataFrame(shown).assign(choice=patience))
        after = both("validation, had it gone on", "止めなかった場合の検証")
        rest = {"x": places[last:], "y": arrays["validation"][last:], "series": after}
        mark = both("restored epoch", "重みを戻すエポック")
        line = {"x": [best + 0.95, best + 1.05], "y": [0.0, 2.0], "series": mark}
        tables += [pd.DataFrame(own).assign(choice=patience) for own in (rest, line)]
    return pd.concat(tables)


def draw(result):
    """The losses of a run by patience, and what a patience costs and brings."""
    runs = result.of_numpy("training", dict)
    excess = np.array([[restored(a, p) - a["test"].min() for p in PATIENCES] for a in runs])
    taken = np.array([a["epochs"][:, 0] + 1 for a in runs])
    patience = ("patience", "待つエポック数（patience）")
    return [
        Figure(
            ("When to stop", "いつ止めるか"),
            figures.slider(
                figures.lines(
                    with_patience(result),
                    x_title=("epoch", "エポック"),
                    y_title=("loss", "損失"),
                    y_domain=(0, 1.5),
                ),
                patience,
                start=PATIENCE,
            ),
            (
                f"{IMAGES} images. The training loss falls on and on; that on validation data "
                "turns. A patience of 0 or 1 takes the first bump for the turn.",
                f"訓練データ{IMAGES}枚。訓練データの損失は下がり続けるが、検証データの損失は途中で上昇に"
                "転じる。patienceが0や1では、最初の小さな揺れを底と取り違える。",
            ),
        ),
        Figure(
            ("What patience brings", "patienceの効果"),
            figures.lines(
                {both("restored less best epoch", "戻したエポックと最良のエポックの差"): excess},
                PATIENCES,
                x_title=patience,
                y_title=("test loss above the best", "テスト損失の最小値との差"),
            ),
            (
                "Once the patience outlasts the bumps, more of it brings nothing. Thin: the "
                "single seeds.",
                "揺れより長く待てば、それ以上待っても良くはならない。細い線は個々のシード。",
            ),
        ),
        Figure(
            ("What patience costs", "patienceの代償"),
            figures.lines(
                {both("epochs trained", "学習したエポック数"): taken},
                PATIENCES,
                x_title=patience,
                y_title=("epochs", "エポック数"),
            ),
            (
                "Every epoch of patience is one more epoch of training.",
                "patienceの分だけ余計に学習することになる。",
            ),
        ),
    ]


SETTING = (
    f"{IMAGES} MNIST images of 7 × 7, 49-{HIDDEN}-10 with ReLU, SGD with learning rate {RATE}, "
    f"batches of {BATCH}, {EPOCHS} epochs; 500 images for validation, 500 for the test. ",
    f"MNISTの画像{IMAGES}枚（7×7に縮小）、49-{HIDDEN}-10のReLUのネットワーク、学習率{RATE}のSGD、"
    f"バッチサイズ{BATCH}、{EPOCHS}エポック。検証データ500枚、テストデータ500枚。",
)
PATIENT = (f"Patience {PATIENCE}.", f"patienceは{PATIENCE}。")
SOURCE = "Prechelt 1998, Early stopping — but when?"
CLAIMS = (
    Claim(
        (
            "Early stopping stops near the best test loss.",
            "早期終了は、テストデータの損失が最小になるあたりで止まる。",
        ),
        f"{SOURCE}; Goodfellow et al., Deep Learning, 7.8",
        (
            f"{SETTING[0]}{PATIENT[0]} Worse by less than 0.02 counts as near.",
            f"{SETTING[1]}{PATIENT[1]}差が0.02未満なら近いとみなす。",
        ),
        (
            "test loss, best epoch less restored epoch",
            "テストデータの損失。最良のエポックの値から、戻したエポックの値を引く",
        ),
        lambda result: (
            result.of_numpy("training", lambda a: float(a["test"].min())),
            result.of_numpy("training", restored),
        ),
        margin=-0.02,
    ),
    Claim(
        (
            "Early stopping saves the epochs in which training data are learned by heart.",
            "早期終了を使うと、訓練データを覚えきるまで学習する場合よりエポック数を節約できる。",
        ),
        "Goodfellow et al., Deep Learning, 7.8",
        (
            f"{SETTING[0]}{PATIENT[0]} Against training until the images are learned by heart (a "
            f"training loss of {BY_HEART}); ten epochs matter.",
            f"{SETTING[1]}{PATIENT[1]}訓練データを覚えきる（訓練データの損失が{BY_HEART}になる）までの"
            "学習と比べ、10エポック以上を意味のある差とする。",
        ),
        (
            "epochs, until learned by heart less until stopped",
            "エポック数。覚えきるまでの値から、止まるまでの値を引く",
        ),
        lambda result: (
            result.of_numpy("training", epochs_by_heart),
            result.of_numpy("training", epochs_taken),
        ),
        unit="epochs",
        margin=10.0,
    ),
    Claim(
        (
            "Stop as soon as the validation loss rises.",
            "検証データの損失が上がり始めたら、すぐに学習を止めるとよい。",
        ),
        ("introductory articles", "入門記事"),
        (
            f"{SETTING[0]}Patience 0 against {PATIENCE}; worse by less than 0.02 would do.",
            f"{SETTING[1]}patience 0と{PATIENCE}を比べる。差が0.02未満なら差し支えないとみなす。",
        ),
        (
            f"test loss, patience {PATIENCE} less patience 0",
            f"テストデータの損失。patience {PATIENCE}の値からpatience 0の値を引く",
        ),
        lambda result: (
            result.of_numpy("training", restored),
            result.of_numpy("training", restored, 0),
        ),
        margin=-0.02,
        instead=(
            "The loss rises by chance long before it turns. Wait some epochs, and go back to the "
            "best weights.",
            "損失は底を打つよりずっと前から、偶然の揺れで上がることがある。何エポックか待ってから、"
            "最も良かった重みに戻すとよい。",
        ),
    ),
    Claim(
        (
            "Early stopping ends lower than any fixed number of epochs.",
            "早期終了は、エポック数を固定する場合より損失が低くなる。",
        ),
        ("a common belief", "広く信じられていること"),
        (
            f"{SETTING[0]}{PATIENT[0]} Against the number of epochs whose mean validation loss is "
            "lowest in the other seeds.",
            f"{SETTING[1]}{PATIENT[1]}ほかのシードで検証データの損失の平均が最小になるエポック数と比べる。",
        ),
        (
            "test loss, fixed number less early stopping",
            "テストデータの損失。エポック数を固定した値から早期終了の値を引く",
        ),
        lambda result: (fixed_number(result), result.of_numpy("training", restored)),
        margin=0.01,
        instead=(
            "A well-chosen number of epochs does as well. What is saved is the search for it.",
            "うまく選んだエポック数でも同じくらい良い。早期終了で省けるのは、その数を探す手間である。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Early stopping", "早期終了（Early stopping）"),
    chapter=chapters.TECHNIQUES.section(9),
    summary=(
        "A network that learns its training data by heart first gets better on new data, and then "
        "worse. Early stopping watches the loss on validation data, stops once it has not become "
        "better for some epochs, and goes back to the best weights.",
        "訓練データを覚えきってしまうネットワークでは、未知のデータに対する性能は初めのうち上がり、"
        "やがて下がる。早期終了では、検証データの損失を見ながら学習し、何エポックか改善がなければ学習を止め、"
        "最も良かった重みに戻す。",
    ),
    introduces=(
        Introduced(
            "early_stopping",
            r"b_t = \mathop{\mathrm{argmin}}_{s \le t} L_s, \quad "
            r"T = \min \{ t : t - b_t \ge \max(p, 1) \}",
            (
                "b is the epoch of the best validation loss L so far. When it lies p epochs back, "
                "the patience (0 acts like 1) is at an end: training stops at T, and b's weights "
                "come back. With min_delta a loss counts as better only if it is better by more.",
                "bは検証データの損失Lがそれまでで最小のエポックである。それがpエポック前になったら（pが"
                "patience。0は1と同じ）、エポックTで学習を止め、bの重みに戻す。min_deltaを与えると、"
                "それより大きく下がったときだけ改善とみなす。",
            ),
            demonstration="rule",
        ),
    ),
    terms=(
        ("early stopping", "早期終了", "callbacks.EarlyStopping"),
        ("patience", "待つエポック数（patience）"),
        ("validation data", "検証データ"),
        ("callback", "コールバック", "callbacks.Callback"),
    ),
    demonstrations=(
        Demonstration("rule", some_losses),
        Demonstration(
            "training",
            images,
            seeds=20,
            measured=("training", "validation", "test", "epochs"),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.7,
)

if __name__ == "__main__":
    run_script(__file__)
