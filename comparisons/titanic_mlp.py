"""Titanic with a small network, under repeated grouped cross-validation."""

from comparisons.harness.baselines import run_titanic_baselines
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Concept, Preset, Task
from comparisons.harness.datasets import load_titanic
from comparisons.harness.titanic import fold_dataset, folds

SPLITS, REPEATS = 5, 2


def data(settings, seed):
    """The folds of one repeat; the seed is the repeat's."""
    frame = load_titanic(settings.csv)
    return [fold_dataset(frame, fold, seed) for fold in folds(frame, SPLITS, 1, seed)]


def baselines(settings):
    """scikit-learn's classifiers over the same folds."""
    frame = load_titanic(settings.csv)
    return run_titanic_baselines(frame, SPLITS, settings.seeds or REPEATS)


CONCEPT = Concept(
    title="Titanic: who survived",
    title_ja="タイタニック号の生存者予測",
    chapter="4 Learning",
    summary=(
        "A small network on a small table: the data are few, so that the honest question is not "
        "only how accurate it is but how sure one can be of that, and whether it beats a rule of "
        "thumb."
    ),
    equations=(
        (r"p = \sigma(h_2 w + b), \quad h_2 = \max(0, \tilde{h}_1 W_2 + b_2)", "probability"),
        (
            r"L = -\frac{1}{N} \sum_n \left[ t_n \log p_n + (1 - t_n) \log (1 - p_n) \right]",
            "binary cross-entropy",
        ),
        (
            r"\frac{\partial L}{\partial a_n} = \frac{p_n - t_n}{N}",
            "its gradient at the output's pre-activation",
        ),
    ),
    terms=(
        ("binary classification", "2値分類"),
        ("cross-validation", "交差検証"),
        ("missing value", "欠損値"),
        ("imputation", "欠損値の補完"),
        ("standardization", "標準化"),
        ("one-hot representation", "one-hot表現"),
        ("data leakage", "データリーク"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(30, 32), "full": Preset(60, 32)},
        kind="binary",
        seeds=REPEATS,
        test_over_train=1 / (SPLITS - 1),
        baselines=baselines,
    ),
    takes_csv=True,
)

if __name__ == "__main__":
    run_script(__file__)
