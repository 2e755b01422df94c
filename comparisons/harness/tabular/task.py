"""The concept that a question about a table makes: the same jobs, proof and page as any other."""

from functools import partial
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from comparisons.harness import chapters
from comparisons.harness.baselines import (
    FOREST_JOBS,
    MANY_ROWS,
    Baseline,
    Progress,
    feasible,
    of_folds,
    of_many_rows,
    run_fold_baselines,
    share_of_a_tree,
)
from comparisons.harness.bilingual import Words
from comparisons.harness.concept import Claim, Concept, Preset, Settings, Task
from comparisons.harness.scores import (
    ACCURACY,
    BALANCED_ACCURACY,
    LOG_LOSS,
    MEAN_ABSOLUTE_ERROR,
    R_SQUARED,
    Score,
)
from comparisons.harness.table_files.question import CLASSES, Question
from comparisons.harness.tabular import rows

REPEATS = 2
STEPS = 1000  # about so many a run, however many rows there are
EPOCHS = (10, 50)  # the fewest and the most
BATCH_SIZES = {300: 8, 1000: 16, 5000: 32}  # by rows that there are fewer of; else the last
LAST_BATCH_SIZE = 128
BOOSTING = ("Gradient boosting", "勾配ブースティング")


def on_table(question: Question) -> Concept:
    """The comparison of a network's two halves and scikit-learn's baselines on a table."""
    of_classes = question.task == CLASSES
    table, target = Path(question.path).name, question.target
    sizes = (size for fewer, size in BATCH_SIZES.items() if question.rows < fewer)
    batch_size = next(sizes, LAST_BATCH_SIZE)
    trained_on = question.rows * (1 - 1 / question.folds) * (1 - 1 / rows.VALIDATION_SPLITS)
    epochs = int(np.clip(STEPS * batch_size / trained_on, *EPOCHS))
    of_network = epochs * (0.06 + 2e-3 * trained_on / batch_size)
    seconds = REPEATS * question.folds * (of_network + 1.5e-4 * question.rows)
    return Concept(
        title=(f"A table of your own: {target} in {table}", f"手持ちの表データ：{table}の{target}"),
        chapter=chapters.USES.section(1),
        summary=(
            "A network on a table as tables are: numbers, categories and dates, with values "
            "missing. What the preparation learns, it learns from the training rows of each fold "
            "alone. scikit-learn's models predict the same rows: a network has to beat them to be "
            "worth the trouble.",
            "数値、カテゴリ、日付、欠損値の混ざった普通の表データにネットワークを使う。前処理は"
            "各分割の訓練データだけから求める。同じ行をscikit-learnのモデルにも予測させる。"
            "それに勝てなければ、ネットワークを使う意味はない。",
        ),
        equations=_equations(of_classes),
        terms=(
            ("tabular data", "表データ"),
            ("feature", "特徴量"),
            ("categorical variable", "カテゴリ変数"),
            ("grouped cross-validation", "グループ化した交差検証"),
            ("data leakage", "データリーク"),
        ),
        task=Task(
            data=lambda settings, seed: list(rows.datasets(question, seed)),
            presets={
                "default": Preset(epochs, batch_size),
                "full": Preset(2 * epochs, batch_size),
            },
            scores=scores(question),
            variants={
                "model": {"features": len(question.features), "classes": len(question.classes)}
            },
            seeds=REPEATS,
            test_over_train=1 / (question.folds - 1),
            baselines=partial(baselines, question),
        ),
        claims=(_claim(question),),
        minutes=0.3 + seconds / 60,
    )


def scores(question: Question) -> tuple[Score, ...]:
    """How the network is scored, the most telling first."""
    if question.task == CLASSES:
        return ACCURACY, BALANCED_ACCURACY, LOG_LOSS
    return R_SQUARED, MEAN_ABSOLUTE_ERROR


def _equations(of_classes: bool) -> tuple[tuple[str, Words], ...]:
    hidden = (
        r"h_1 = \max(0, x W_1 + b_1), \quad h_2 = \max(0, h_1 W_2 + b_2)",
        ("the hidden layers", "隠れ層"),
    )
    if of_classes:
        return (
            hidden,
            (
                r"p = \mathrm{softmax}(h_2 W_3 + b_3)",
                ("the probability of each class", "各クラスの確率"),
            ),
            (r"L = -\frac{1}{N} \sum_n \log p_{n, t_n}", ("cross-entropy", "交差エントロピー誤差")),
        )
    return (
        hidden,
        (
            r"\hat{y} = m + s \, (h_2 W_3 + b_3)",
            (
                "the number; m and s are the training rows' mean and deviation",
                "予測値。mとsは訓練データの平均と標準偏差",
            ),
        ),
        (
            r"L = \frac{1}{N} \sum_n \left( \frac{y_n - \hat{y}_n}{s} \right)^2",
            ("mean squared error in units of the deviation", "標準偏差を単位とした平均二乗誤差"),
        ),
    )


def models(question: Question, seed: int = 0) -> list[Baseline]:
    """scikit-learn's models for classes or for a number."""
    few, of_classes = question.rows < MANY_ROWS, question.task == CLASSES
    forest = {
        "n_estimators": 100,
        "min_samples_leaf": 3,
        "max_samples": share_of_a_tree(question.rows, question.folds),
        "n_jobs": FOREST_JOBS,
    }
    if of_classes:
        boosting = GradientBoostingClassifier if few else HistGradientBoostingClassifier
        found = [
            Baseline("Majority class", "多数派クラス", DummyClassifier(strategy="prior")),
            Baseline(
                "Logistic regression", "ロジスティック回帰", LogisticRegression(max_iter=2000)
            ),
            Baseline(
                "Random forest",
                "ランダムフォレスト",
                RandomForestClassifier(**forest, random_state=seed),
            ),
            Baseline(*BOOSTING, boosting(random_state=seed)),
            # A support vector machine has no probabilities of its own.
            Baseline(
                "Support vector machine",
                "サポートベクターマシン",
                CalibratedClassifierCV(SVC(), ensemble=False, cv=2),
                True,
            ),
            Baseline("k nearest neighbours", "k近傍法", KNeighborsClassifier(5), True),
        ]
    else:
        boosting = GradientBoostingRegressor if few else HistGradientBoostingRegressor
        vectors = TransformedTargetRegressor(SVR(), transformer=StandardScaler())
        found = [
            Baseline("Mean", "平均値", DummyRegressor()),
            Baseline("Ridge regression", "リッジ回帰", Ridge()),
            Baseline(
                "Random forest",
                "ランダムフォレスト",
                RandomForestRegressor(**forest, random_state=seed),
            ),
            Baseline(*BOOSTING, boosting(random_state=seed)),
            Baseline("Support vector machine", "サポートベクターマシン", vectors, True),
            Baseline("k nearest neighbours", "k近傍法", KNeighborsRegressor(5), True),
        ]
    return feasible(found, question.rows)


def baselines(question: Question, settings: Settings, progress: Progress) -> list[dict]:
    """scikit-learn's models over the same folds, prepared as for the network."""
    repeats = settings.seeds or REPEATS
    parts = (part for seed in range(repeats) for part in rows.datasets(question, seed))
    measured = scores(question)

    def scoring(model, predicted, x, y) -> dict[str, float]:
        found = model.predict_proba(x) if question.task == CLASSES else predicted
        return {score.key: score.function(y, found) for score in measured}

    name = Path(question.path).name
    split, split_ja = of_folds(question.folds, repeats)
    many, many_ja = of_many_rows(question.rows, question.folds)
    data = (
        f"{name}: {question.rows:,} rows, {split}{many}",
        f"{name}：{question.rows:,}行、{split_ja}{many_ja}",
    )
    return run_fold_baselines(
        models(question), parts, data, scoring, question.folds, repeats, progress
    )


def _claim(question: Question) -> Claim:
    score = scores(question)[0]
    return Claim(
        claim=(
            "Gradient boosting beats a neural network on a table, both as they come.",
            "表データでは、調整なしで比べると勾配ブースティングがニューラルネットワークに勝る。",
        ),
        source=(
            "Grinsztajn et al. (2022), Why do tree-based models still outperform deep learning on "
            "typical tabular data?, NeurIPS; Shwartz-Ziv and Armon (2022), Information Fusion 81"
        ),
        experiment=(
            f"{question.folds}-fold cross-validation, repeated; the same preparation for both. "
            "Neither is tuned to the table. The network leaves a fifth of the training side for "
            "validation, boosting uses all of it.",
            f"{question.folds}分割の交差検証を繰り返す。前処理は両者に共通で、どちらもこの表に"
            "合わせた調整はしない。ネットワークは訓練データの5分の1を検証に回すが、"
            "勾配ブースティングはすべてを学習に使う。",
        ),
        metric=(
            f"test {score.name[0]}, boosting's less the network's, fold by fold",
            f"分割ごとのテストデータに対する{score.name[1]}の差"
            "（勾配ブースティング − ネットワーク）",
        ),
        unit=score.unit,
        margin=score.margin,
        measure=partial(boosting_against_network, score.key),
        instead=(
            "Here boosting is not better by a difference that matters.",
            "この表では、勾配ブースティングは意味のある差では勝っていない。",
        ),
        test_over_train=1 / (question.folds - 1),
    )


def boosting_against_network(key: str, result) -> tuple[list[float], list[float]]:
    """A score of gradient boosting and of the network, fold by fold."""
    own = [result.runs(implementation=column) for column in result.implementations]
    ordered = [sorted(runs, key=lambda run: (run["seed"], run["fold"])) for runs in own]
    network = [
        float(np.mean([run["scores"]["test"][key] for run in same]))
        for same in zip(*ordered, strict=True)
    ]
    boosting = next(b for b in result.content["baselines"] if b["name"] == BOOSTING[0])
    return boosting["scores"][key]["values"], network
