"""Data leakage: a column that knows the answer, and what is fitted before the split."""

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
    trained_with,
    versus,
)
from comparisons.harness.drawing import figures
from comparisons.harness.titanic.folds import parties, sides
from comparisons.harness.titanic.passengers import load_titanic

FOLDS, ROWS, CHOSEN, SEEDS = 5, 50, 10, 10
NUMBERS = [10, 30, 100, 300, 1000, 3000]
JUDGED = 1000  # columns to choose from in the claim
SIZES, TABLES, COLUMNS = (20, 50, 200), 2, 10  # of the tables that are standardised
BEFORE, INSIDE = both("before the split", "分割前"), both("inside each fold", "分割ごと")
WAYS = (BEFORE, INSIDE)
CASES = {  # what the model knows of boat and body, and what is known of those who are tested
    "without": both("without boat and body", "boatとbodyなし"),
    "recorded": both("with, in cross-validation", "あり（交差検証）"),
    "use": both("with, in use", "あり（実際の予測）"),
}


def some_table(seed):
    """Columns, and answers of two kinds."""
    x = np.random.default_rng(seed).normal(size=(12, 6))
    return {"x": x, "y": np.arange(12) % 2.0, "number": 3}


def folds_of(y, generator):
    """The fold of each row, every fold with its share of both answers."""
    fold_of = np.empty(len(y), int)
    for answer in (0, 1):
        rows = generator.permutation(np.flatnonzero(y == answer))
        fold_of[rows] = np.arange(len(rows)) % FOLDS
    return fold_of


def noise(seed):
    """Columns that know nothing of the answers."""
    generator = np.random.default_rng(seed)
    y = np.arange(ROWS) % 2.0
    x, fold_of = generator.normal(size=(ROWS, NUMBERS[-1])), folds_of(y, generator)
    choice = {"numbers": NUMBERS, "chosen": CHOSEN}
    return {"x": x, "y": y, "fold_of": fold_of, **choice, "learning_rate": 0.1, "steps": 100}


def skewed(seed):
    """Tables of log-normal columns; for each size, table and fold standardised in both ways."""
    generator, groups = np.random.default_rng(seed), []
    for size in SIZES:
        for _ in range(TABLES):
            z = generator.normal(size=(SIZES[-1], COLUMNS))
            y = 2 / COLUMNS**0.5 * z.sum(axis=1) + generator.logistic(size=len(z))
            y = (y > 0).astype(float)
            fold_of = np.full(len(z), -1)  # rows beyond the size are in no fold
            fold_of[:size] = folds_of(y[:size], generator)
            for fold in range(FOLDS):
                train, test = (fold_of >= 0) & (fold_of != fold), fold_of == fold
                groups += [(np.exp(z), y, rows, train, test) for rows in (train | test, train)]
    return side_by_side(groups, learning_rate=0.1, steps=50)


def titanic(seed):
    """The passengers twice, as recorded and as known before the sinking; CASES for each fold."""
    frame, groups = load_titanic().frame, []
    kinds = [frame["sex"].eq("female"), frame["pclass"].eq(2), frame["pclass"].eq(3)]
    numbers = [frame[name] for name in ("age", "fare", "sibsp", "parch")]
    plain = np.stack([*kinds, *numbers], axis=1).astype(float)
    known = frame[["boat", "body"]].notna().to_numpy(float)
    before = np.hstack([plain, 0 * known])  # neither is known of anybody
    without, recorded = np.vstack([before] * 2), np.vstack([np.hstack([plain, known]), before])
    rows, y = np.arange(2 * len(frame)), np.tile(frame["survived"].to_numpy(float), 2)
    for inside, outside in sides(parties(frame), frame["survived"].to_numpy(), FOLDS, seed):
        train, test, later = (np.isin(rows, own) for own in (inside, outside, outside + len(frame)))
        groups += [
            (without, y, train, train, test),
            (recorded, y, train, train, test),
            (recorded, y, train, train, later),
        ]
    return side_by_side(groups, learning_rate=0.5, steps=100)


def side_by_side(groups, **training):
    """The arguments of `scaling`: what the groups have, stacked."""
    names = ("x", "y", "fitted", "train", "test")
    stacked = (np.stack(part, axis=1) for part in zip(*groups))
    return {**dict(zip(names, stacked)), **training}


def accuracies(arrays):
    """Of random columns: (NUMBERS, WAYS), mean over the folds."""
    return arrays["accuracy"].mean(axis=1)


def by_size(name):
    """Of standardised columns: (SIZES, WAYS), mean over tables and folds."""
    return lambda arrays: arrays[name].reshape(len(SIZES), -1, 2).mean(axis=1)


def of_size(size, way):
    """The accuracy on tables of one size."""
    return lambda arrays: float(by_size("accuracy")(arrays)[SIZES.index(size), way])


def of_passengers(result, case):
    """The accuracy of one of CASES, seed by seed and fold by fold, mean over the columns."""
    place, found = list(CASES).index(case), []
    for seed in result.seeds_of("passengers"):
        columns = [
            result.arrays("passengers", column, seed)["accuracy"]
            for column in result.implementations
        ]
        found += np.mean(columns, axis=0)[place :: len(CASES)].tolist()
    return found


def draw(result):
    """Chosen columns and their correlations, the Titanic, standardising."""
    arrays = result.arrays("selection")
    chosen = {
        number: {
            way: np.stack(
                [arrays[f"in {part} rows"][place, :, k].ravel() for part in ("training", "test")],
                axis=1,
            )
            for k, way in enumerate(WAYS)
        }
        for place, number in enumerate(NUMBERS)
    }
    found = np.array(result.of_numpy("selection", accuracies))
    losses = np.array(result.of_numpy("scaling", by_size("cross-entropy")))
    correlation = ("correlation in the training rows", "訓練データでの相関係数")
    return [
        Figure(
            ("Choosing among columns that know nothing", "無関係な列から選ぶ"),
            figures.lines(
                {way: found[..., k] for k, way in enumerate(WAYS)},
                NUMBERS,
                x_title=("random columns to choose from", "候補の列数（乱数）"),
                y_title=("accuracy in cross-validation", "交差検証での正解率"),
                unit="%",
                log="x",
            ),
            (
                f"{ROWS} rows, as many of either class, columns of random numbers: on new rows no "
                f"model is right more than half the time. The {CHOSEN} columns that correlate best "
                "with the answers are chosen, once with all rows, once inside each fold.",
                f"{ROWS}行、2クラスが半数ずつ、列はすべて乱数なので、真の正解率は50%である。正解との"
                f"相関が強い{CHOSEN}列を選ぶが、一方は分割前に全行で、他方は分割ごとに訓練データだけで選ぶ。",
            ),
        ),
        Figure(
            ("Why it flatters the model", "なぜよく見えるのか"),
            figures.slider(
                figures.scatter(
                    chosen,
                    x_title=correlation,
                    y_title=("correlation in the test rows", "テストデータでの相関係数"),
                ),
                ("columns to choose from", "候補の列数"),
                start=JUDGED,
            ),
            (
                "Each point is a chosen column in a fold. Chosen before the split, it was chosen "
                "for the test rows too, and correlates there. Chosen inside, it goes with the "
                "training rows by chance, and in the test rows its correlation lies about 0.",
                "点は、ある分割で選ばれた1つの列を表す。分割前に選んだ列は、テストデータも見て選ばれたので、"
                "そこでも相関をもつ。分割ごとに選んだ列の相関は訓練データでの偶然にすぎず、テストデータでは"
                "0のまわりに散らばる。",
            ),
        ),
        Figure(
            ("A column that knows the answer", "答えを知っている列"),
            figures.bars(
                {title: of_passengers(result, case) for case, title in CASES.items()},
                x_title=("accuracy on the Titanic", "タイタニックでの正解率"),
                unit="%",
            ),
            (
                "Whether a boat's number or a body's is recorded. Both became known after the "
                "sinking. When the prediction is needed nobody has either, and the model that "
                "relied on them takes almost everybody for dead.",
                "救命ボート（boat）と遺体（body）の番号の有無は、沈没後に判明した。予測が必要な時点では誰の"
                "番号もわからないので、それに頼ったモデルはほぼ全員を死亡と予測する。",
            ),
        ),
        Figure(
            ("Standardising before the split", "分割前の標準化"),
            figures.lines(
                {way: losses[..., k] for k, way in enumerate(WAYS)},
                SIZES,
                x_title=("rows", "行数"),
                y_title=("cross-entropy of new rows", "テストデータの交差エントロピー誤差"),
                log="x",
            ),
            (
                f"{COLUMNS} log-normal columns, logistic regression. If an outlier among the test "
                "rows is counted in, the deviation grows and tames it: with 20 or 50 rows the loss "
                "looks better than it is, with 200 hardly. Fit inside the split all the same: it "
                "costs nothing, and nobody has to ask.",
                f"対数正規分布に従う{COLUMNS}列でのロジスティック回帰。テストデータの外れ値も含めて標準偏差を"
                "求めると、標準偏差が大きくなって外れ値が抑えられる。20行や50行では損失が実際より小さく見え、"
                "200行ではほとんど差がない。それでも標準化は分割後に行うのがよい。手間は変わらず、影響を疑う"
                "必要もなくなる。",
            ),
        ),
    ]


CLAIMS = (
    Claim(
        claim=(
            "Choosing columns before the split flatters the model.",
            "分割の前に特徴量を選択すると、正解率が実際より高く見える。",
        ),
        source="Hastie et al., The Elements of Statistical Learning, 7.10.2",
        experiment=(
            f"{ROWS} rows of {JUDGED:,} random columns, the {CHOSEN} that correlate best, logistic "
            f"regression, {FOLDS}-fold cross-validation.",
            f"{ROWS}行、乱数{JUDGED:,}列のデータから、正解との相関が強い{CHOSEN}列を選ぶ。"
            f"ロジスティック回帰、{FOLDS}分割の交差検証。",
        ),
        metric=(
            "accuracy in cross-validation, chosen before the split less inside each fold",
            "交差検証での正解率。分割前に選んだ値から分割ごとに選んだ値を引く",
        ),
        measure=versus(
            "selection",
            lambda arrays: float(accuracies(arrays)[NUMBERS.index(JUDGED), 0]),
            lambda arrays: float(accuracies(arrays)[NUMBERS.index(JUDGED), 1]),
        ),
        unit="%",
        margin=0.05,
    ),
    Claim(
        claim=(
            "Standardising before the split flatters the model, even with hundreds of rows.",
            "行数が数百あっても、分割の前に標準化すると正解率が実際より高く見える。",
        ),
        source="scikit-learn user guide, Common pitfalls: Data leakage",
        experiment=(
            f"{SIZES[-1]} rows of {COLUMNS} log-normal columns, logistic regression, "
            f"{FOLDS}-fold cross-validation. A point of accuracy would matter.",
            f"対数正規分布に従う{COLUMNS}列、{SIZES[-1]}行、ロジスティック回帰、{FOLDS}分割の交差検証。"
            "1ポイントの差を意味のある差とする。",
        ),
        metric=(
            "accuracy in cross-validation, standardised before the split less inside each fold",
            "交差検証での正解率。分割前に標準化した値から分割ごとに標準化した値を引く",
        ),
        measure=versus("scaling", of_size(SIZES[-1], 0), of_size(SIZES[-1], 1)),
        unit="%",
        margin=0.01,
        instead=(
            "Means and deviations tell little of a single row, and nothing of its answer. With few "
            "rows (20 or 50) and outliers the loss does look better than it is (figure).",
            "平均と標準偏差からは、個々の行のことはほとんどわからず、正解のことはまったくわからない。ただし、"
            "行が少なく（20行や50行）外れ値もある場合には、損失が実際より小さく見える（図）。",
        ),
    ),
    Claim(
        claim=(
            "Columns that leak the answer, such as the Titanic's boat and body, flatter the model.",
            "タイタニックのboatやbodyのように答えを漏らす列を使うと、正解率が実際より高く見える。",
        ),
        source="Kaufman et al. 2012, Leakage in data mining",
        experiment=(
            f"Titanic, with two columns more: whether boat and body are recorded. {FOLDS}-fold "
            "cross-validation, five times; in use, neither is known of anybody.",
            "タイタニックのデータに、boatとbodyの記録の有無を表す2列を加える。"
            f"{FOLDS}分割の交差検証を5回行う。実際の予測では、誰についてもどちらも不明とする。",
        ),
        metric=(
            "accuracy of the same model, in cross-validation less in use",
            "同じモデルの正解率。交差検証の値から実際の予測での値を引く",
        ),
        measure=lambda result: (of_passengers(result, "recorded"), of_passengers(result, "use")),
        unit="%",
        margin=0.05,
        test_over_train=1 / (FOLDS - 1),
    ),
    Claim(
        claim=(
            "A column that raises the cross-validated accuracy is worth having.",
            "交差検証の正解率が上がる列は、加える価値がある。",
        ),
        source=("a common rule of feature engineering", "特徴量設計でよく言われる規則"),
        experiment=("The same runs.", "上と同じ実験。"),
        metric=(
            "accuracy in use, with the two columns less without",
            "実際の予測での正解率。2列ありの値からなしの値を引く",
        ),
        measure=lambda result: (of_passengers(result, "use"), of_passengers(result, "without")),
        unit="%",
        test_over_train=1 / (FOLDS - 1),
        instead=(
            "Only if its values are there when the prediction is made. Cross-validation cannot "
            "see that; somebody has to ask when each value became known.",
            "価値があるのは、予測する時点でその値がわかる場合だけである。交差検証ではそれを見抜けないので、"
            "各列の値がいつ判明するのかを確かめる必要がある。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Data leakage", "データリーク"),
    chapter=chapters.DATA.section(4),
    summary=(
        "A score is honest only if the model knew nothing about the test rows that it will not "
        "know in use; if it did, data have leaked. A column that became known later gives the "
        "answer away. Whatever uses the answers, such as the choice of columns, belongs inside the "
        "split. So does what is fitted without them, such as a scaler, though there the leak "
        "hardly ever shows.",
        "評価が正しいのは、実際の予測でも得られる情報だけを使った場合に限られる。それ以外の情報が混ざることを"
        "データリークという。後から判明した値の列は答えを漏らす。また、特徴量の選択のように正解を使う処理は、"
        "必ず分割後に訓練データだけで行う。標準化のように正解を使わない処理も同じだが、影響が目に見えることは"
        "ほとんどない。",
    ),
    introduces=(
        Introduced(
            "correlation",
            r"r_j = \frac{\sum_i (x_{ij} - \bar{x}_j)(y_i - \bar{y})}"
            r"{\sqrt{\sum_i (x_{ij} - \bar{x}_j)^2 \sum_i (y_i - \bar{y})^2}}",
            (
                "How well a column goes with the answers. With few rows some column always does, "
                "by chance.",
                "列と正解の関係の強さ。行が少なければ、無関係でも偶然に強く相関する列が必ず現れる。",
            ),
            some_table,
        ),
        Introduced(
            "best_columns",
            r"\{ j : |r_j| \ge \rho_k \}",
            (
                "ρₖ is the k-th largest of all |r|. A choice by the answers: it is training, and "
                "must see training rows alone.",
                "ρₖは|r|のうちk番目に大きい値。正解に基づく選択も学習の一部なので、訓練データだけで"
                "行わなければならない。",
            ),
            some_table,
        ),
    ),
    terms=(
        ("data leakage", "データリーク"),
        ("feature selection", "特徴量選択"),
        ("cross-validation", "交差検証"),
        ("correlation coefficient", "相関係数"),
    ),
    demonstrations=(
        Demonstration("selection", noise, SEEDS, subject=trained_with("SGD")),
        Demonstration("scaling", skewed, SEEDS, subject=trained_with("SGD")),
        Demonstration("passengers", titanic, 5, subject=trained_with("SGD")),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
