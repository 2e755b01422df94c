"""Super-resolution of digits: the sub-pixel shuffle, against bicubic and transposed convolution."""

import functools

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import Dataset, mnist_subset, shrunk
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score

SHUFFLE, TRANSPOSED, PLAIN = "shuffle", "transposed convolution", "shuffle, not residual"
VARIANTS = {
    SHUFFLE: {"shuffle": True, "residual": True, "learning_rate": 0.01},
    TRANSPOSED: {"shuffle": False, "residual": True, "learning_rate": 0.01},
    PLAIN: {"shuffle": True, "residual": False, "learning_rate": 0.01},
}
JAPANESE = {SHUFFLE: "シャッフル", TRANSPOSED: "転置畳み込み", PLAIN: "シャッフル、残差なし"}


def data(settings, seed):
    """MNIST's images as targets; as inputs the same, each pixel the mean of a block of 2×2."""
    full = settings.preset == "full"
    part = mnist_subset(*((50_000, 5_000, None) if full else (1_000, 200, 500)), seed)
    large = (part.x_train, part.x_validation, part.x_test)
    said = (
        f"{part.description[0]}; inputs are the images in 14×14, means of 2×2 pixels",
        f"{part.description[1]}入力は2×2画素の平均をとって14×14に縮めた画像。",
    )
    return Dataset(*(x for y in large for x in (shrunk(y, 14).reshape(-1, 14, 14, 1), y)), said)


def decibels(y, found):
    """The mean over the images of −10 log₁₀ of the mean squared error."""
    error = ((np.clip(found, 0, 1) - y) ** 2).reshape(len(y), -1).mean(axis=1)
    return float(np.mean(-10 * np.log10(error)))


def some_pixels(seed):
    """Three pixels by two, of eight channels; and pictures that differ a little."""
    draw = np.random.default_rng(seed)
    pictures = draw.random((4, 5, 5, 1))
    return {
        "x": draw.normal(size=(2, 3, 2, 8)),
        "block": 2,
        "y_true": pictures,
        "y_pred": pictures + 0.1 * draw.normal(size=pictures.shape),
    }


def reached(variant):
    """A claim's side: dB on the test images, by seed."""
    return lambda result: result.by_seed(
        lambda run: run["scores"]["test"]["psnr"], variant=variant
    )


def at_first(variant):
    """A claim's side: dB on validation images after the first epoch, by seed."""
    return lambda result: result.by_seed(decibels_after_one, variant=variant)


def decibels_after_one(run):
    """From the loss after the first epoch, all images taken together."""
    return -10 * np.log10(run["history"]["val_loss"][0])


def by_bicubic(result):
    """A claim's side: dB by bicubic on the same test images."""

    def value(run):
        return float(result.kept(SHUFFLE, run["implementation"], run["seed"])[run["epochs"]]["bicubic psnr"])

    return result.by_seed(value, variant=SHUFFLE)
