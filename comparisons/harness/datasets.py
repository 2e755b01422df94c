"""What concepts train on: the project's files, MNIST, and seeded parts of it for a network."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import numpy as np
from scipy.ndimage import zoom
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.files import read_bytes
from reference_numpy import tree

DIGITS = 10
INK = 0.2  # from which a pixel of a scene belongs to its digit


@dataclass(frozen=True)
class Dataset:
    """What every concept trains on: three parts, and a sentence that says what was drawn.

    Attributes:
        x_train, x_validation, x_test: examples along axis 0: an array (float32, or integers for
            tokens), or a list or dictionary of arrays where a model has several inputs.
        y_train, y_validation, y_test: the answers, in the same order.
        description: what was drawn from what, with which seed; shown on the page.
        feature_names: one name a column of x where x is a table, else empty.
        notes: how the data were read and prepared, a sentence each; shown once on the page.
        target_scale: mean and deviation of the training answers where `y` holds answers less that
            mean over that deviation, else None; scores are told in the answers' own unit.
    """

    x_train: np.ndarray | list | dict
    y_train: np.ndarray
    x_validation: np.ndarray | list | dict
    y_validation: np.ndarray
    x_test: np.ndarray | list | dict
    y_test: np.ndarray
    description: Words
    feature_names: tuple[str, ...] = ()
    notes: tuple[Words, ...] = ()
    target_scale: tuple[float, float] | None = None

    @property
    def new(self) -> dict[str, tuple]:
        """What is not trained on: inputs and answers of `validation` and `test`."""
        return {
            "validation": (self.x_validation, self.y_validation),
            "test": (self.x_test, self.y_test),
        }

    def in_units(self, y: np.ndarray) -> np.ndarray:
        """Answers, or what a model predicts of them, in the answers' own unit."""
        if self.target_scale is None:
            return y
        mean, deviation = self.target_scale
        return mean + deviation * y


def of_classes(part: Dataset, classes: range) -> Dataset:
    """The examples of some classes that follow one another, counted from 0."""
    found = {}
    for name in ("train", "validation", "test"):
        x, y = getattr(part, f"x_{name}"), getattr(part, f"y_{name}")
        chosen = np.isin(y, classes)
        found |= {f"x_{name}": rows(x, chosen), f"y_{name}": y[chosen] - classes.start}
    return replace(part, **found)


def rows(x, chosen: slice | np.ndarray):
    """The chosen examples of an array, or of each array of a list or dictionary."""
    return tree.map_structure(lambda array: array[chosen], x)


def data_path(name: str) -> Path:
    """Where a data file lies: inside the installed package, or in the checkout's data folder."""
    packaged = Path(str(resources.files("comparisons"))) / "data"
    folder = packaged if packaged.is_dir() else packaged.parents[1] / "data"
    return folder / name


def read_verified(name: str) -> bytes:
    """The content of a file of the project, once its checksum was found to hold.

    Raises:
        DataError: the file or the checksums are missing or damaged.
    """
    path = data_path(name)
    if (path.parent / "build.py").exists():
        mend = "restore it with `git checkout -- data` or rebuild it with `python data/build.py`"
    else:
        mend = "reinstall it with `pip install --force-reinstall --no-deps keras-side-by-side`"
    try:
        content = read_bytes(path)
        expected = dict(
            reversed(line.split())
            for line in read_bytes(data_path("SHA256SUMS")).decode("ascii").splitlines()
        )[name]
    except DataError as error:
        raise DataError(f"{error}; {mend}") from error
    except (ValueError, KeyError) as error:
        raise DataError(f"{data_path('SHA256SUMS')}: is damaged; {mend}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DataError(
            f"{path}: is damaged or cut short ({len(content):,} bytes with sha256 {found[:12]}…, "
            f"expected {expected[:12]}…); {mend}"
        )
    return content


def load_mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """All of MNIST, as `keras.datasets.mnist.load_data` returns it.

    Returns:
        (x_train, y_train), (x_test, y_test): uint8, images of shapes (60000, 28, 28) and
        (10000, 28, 28) with pixels from 0 to 255, labels from 0 to 9.

    Raises:
        DataError: the file is missing, unreadable, or not the one in SHA256SUMS.
    """
    content = read_verified("mnist.npz")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def mnist_subset(
    train: int | None = None,
    validation: int = 5000,
    test: int | None = None,
    seed: int = 0,
    *,
    flat: bool = False,
    one_hot: bool = False,
) -> Dataset:
    """Parts of MNIST drawn with a seed, each with the same share of every digit as the whole.

    Training and validation images come from the 60,000 training images and do not overlap; test
    images come from the 10,000 test images alone.

    Args:
        train: number of training images; None for all that validation leaves.
        validation: number of validation images.
        test: number of test images; None for all 10,000.
        seed: seed of the draw and of the order.
        flat: images as (n, 784) instead of (n, 28, 28, 1).
        one_hot: labels as float32 (n, 10) instead of int32 (n,).

    Returns:
        A Dataset with pixels as float32 in [0, 1].

    Raises:
        ValueError: a number that cannot be drawn.
        DataError: see `load_mnist`.
    """
    (x, y), (x_test, y_test) = load_mnist()
    train = len(y) - validation if train is None else train
    for name, size in (("validation", validation), ("train", train)):
        if not DIGITS <= size <= len(y) - DIGITS:
            raise ValueError(
                f"mnist_subset: `{name}` must be from {DIGITS} to {len(y) - DIGITS}, got {size}"
            )
    if train + validation > len(y):
        raise ValueError(
            f"mnist_subset: `train` + `validation` must be at most {len(y)}, "
            f"got {train} + {validation}"
        )
    if test is not None and not DIGITS <= test <= len(y_test) - DIGITS:
        raise ValueError(
            f"mnist_subset: `test` must be from {DIGITS} to {len(y_test) - DIGITS}, or None for "
            f"all {len(y_test)}, got {test}"
        )
    for_train, for_validation = train_test_split(
        np.arange(len(y)), train_size=train, test_size=validation, stratify=y, random_state=seed
    )
    for_test = np.arange(len(y_test))
    if test is not None:
        for_test, _ = train_test_split(
            for_test, train_size=test, stratify=y_test, random_state=seed
        )

    def images(pixels: np.ndarray) -> np.ndarray:
        scaled = np.divide(pixels, 255, dtype="float32")
        return scaled.reshape(len(scaled), -1) if flat else scaled[..., np.newaxis]

    def labels(digits: np.ndarray) -> np.ndarray:
        return np.eye(DIGITS, dtype="float32")[digits] if one_hot else digits.astype("int32")

    tested = "all" if test is None else f"{test:,} of the"
    tested_ja = "すべて" if test is None else f"から{test:,}枚"
    return Dataset(
        images(x[for_train]),
        labels(y[for_train]),
        images(x[for_validation]),
        labels(y[for_validation]),
        images(x_test[for_test]),
        labels(y_test[for_test]),
        (
            f"MNIST: {train:,} training and {validation:,} validation images drawn from the "
            f"{len(y):,} training images, {tested} {len(y_test):,} test images; "
            f"drawn with seed {seed}, every digit in its share of the whole; pixels divided by 255",
            f"MNIST：訓練画像{len(y):,}枚から訓練データ{train:,}枚と検証データ{validation:,}枚を抽出。"
            f"テストデータはテスト画像{len(y_test):,}枚{tested_ja}。シードは{seed}で、各数字の割合は"
            "全体と同じ。画素値は255で割った。",
        ),
    )


def shrunk(images: np.ndarray, side: int = 7) -> np.ndarray:
    """Images of 28×28 pixels as side×side (7 or 14), each the mean of a block of them, flat."""
    block = 28 // side
    return images.reshape(-1, side, block, side, block).mean(axis=(2, 4)).reshape(-1, side**2)


def shrunk_mnist(train: int, validation: int, test: int, seed: int = 0) -> Dataset:
    """`mnist_subset` with 7×7 pixels, flat, shifted and scaled to about mean 0 and deviation 1.

    Enough for networks that are trained by the dozen: 49 inputs for 784.
    """
    part = mnist_subset(train, validation, test, seed, flat=True)
    return _with_images(part, lambda x: ((shrunk(x) - 0.13) / 0.2).astype("float32"), 7)


def halved_mnist(train: int, validation: int, test: int, seed: int = 0) -> Dataset:
    """`mnist_subset` with 14×14 pixels, (n, 14, 14, 1): enough for small convolutional networks."""
    part = mnist_subset(train, validation, test, seed)
    return _with_images(part, lambda x: shrunk(x, 14).reshape(-1, 14, 14, 1), 14)


def scanned_digits(train: int, validation: int, seed: int = 0) -> Dataset:
    """scikit-learn's digits of 8×8, written by others and scanned otherwise than MNIST's.

    Stretched to 10×10 in a black frame, as `halved_mnist` has its digits: (n, 14, 14, 1); what
    training and validation leave of the 1,797 is the test.
    """
    digits = load_digits()
    x = np.zeros((len(digits.target), 14, 14, 1), "float32")
    x[:, 2:12, 2:12, 0] = zoom(digits.images / 16, (1, 10 / 8, 10 / 8), order=1)
    order = np.random.default_rng(seed).permutation(len(x))
    parts = np.split(order, [train, train + validation])
    return Dataset(
        *(own for part in parts for own in (x[part], digits.target[part].astype("int32"))),
        (
            f"scikit-learn's digits: {train:,} to train on, {validation:,} to validate and the "
            f"other {len(parts[2]):,} to test, drawn with seed {seed}; 8×8 pixels stretched to "
            "10×10 in a frame of 14×14",
            f"scikit-learnの手書き数字：訓練データ{train:,}枚、検証データ{validation:,}枚、残りの"
            f"{len(parts[2]):,}枚がテストデータ（シード{seed}）。8×8画素を10×10に拡大し、14×14の"
            "枠の中央に置いた。",
        ),
    )


def _with_images(part: Dataset, change, side: int) -> Dataset:
    images = {key: change(getattr(part, key)) for key in ("x_train", "x_validation", "x_test")}
    block = 28 // side
    said = (
        f"{part.description[0]}; shrunk to {side}×{side} pixels by means of {block}×{block}",
        f"{part.description[1]}{block}×{block}画素の平均をとり、{side}×{side}画素に縮めた。",
    )
    return replace(part, **images, description=said)


def marked_symbols(
    gap: int, train: int, validation: int, test: int, seed: int = 0, symbols: int = 4
) -> Dataset:
    """Sequences of gap + 1 symbols of which one, anywhere, is marked: which one was it?

    What has to be remembered stands from 0 to `gap` steps before the end, among others like it.

    Args:
        symbols: how many there are, each as likely.

    Returns:
        A Dataset with x (n, gap + 1, symbols + 1) float32, one-hot, with the mark last; y (n,).
    """
    draw, parts = np.random.default_rng(seed), []
    for count in (train, validation, test):
        drawn, rows = draw.integers(0, symbols, (count, gap + 1)), np.arange(count)
        marked = draw.integers(0, gap + 1, count)
        x = np.eye(symbols, symbols + 1, dtype="float32")[drawn]
        x[rows, marked, symbols] = 1
        parts += [x, drawn[rows, marked].astype("int32")]
    return Dataset(
        *parts,
        (
            f"{train:,} sequences of {gap + 1} symbols to train on, {validation:,} and {test:,} "
            f"to validate and test; {symbols} different symbols, one of them marked; drawn with "
            f"seed {seed}",
            f"{gap + 1}個の記号の系列。訓練データ{train:,}本、検証データ{validation:,}本、"
            f"テストデータ{test:,}本。記号は{symbols}種類で、系列のうち1個に印がつく（シード{seed}）",
        ),
    )


def scenes(
    train: int, validation: int, test: int, seed: int = 0, *, masks: bool = False
) -> Dataset:
    """Images of 28×28 with up to three MNIST digits of about 10 to 14 pixels, and where each is.

    No two digits share a pixel; their boxes may overlap. The parts share no MNIST image: the test
    scenes are composed of test images, those for validation of the last 10,000 training images.

    Args:
        masks: whether `y` says of what each pixel is part; else which digits there are, and where.

    Returns:
        A Dataset with x (n, 28, 28, 1) float32 in [0, 1], and y (n, 3, 5) float32, a row
        (digit, left, top, right, bottom) for each digit in pixels, -1 throughout where there are
        fewer; or, as masks, y (n, 28, 28) int32, 0 for the ground and 1 + digit for a digit.
    """
    (x, y), of_test = load_mnist()
    pools = (x[:-10_000], y[:-10_000]), (x[-10_000:], y[-10_000:]), of_test
    draw, parts = np.random.default_rng(seed), []
    for count, pool in zip((train, validation, test), pools):
        images, objects, inks = _composed(count, *pool, draw)
        parts += [images, inks if masks else objects]
    return Dataset(
        *parts,
        (
            f"{train:,} scenes of 28×28 pixels to train on, {validation:,} and {test:,} to "
            "validate and test, each of one to three MNIST digits about 10 to 14 pixels high; "
            f"composed with seed {seed}, the test scenes of MNIST's test images",
            f"28×28画素の場面。訓練データ{train:,}枚、検証データ{validation:,}枚、テストデータ{test:,}枚。"
            "それぞれに高さ10から14画素ほどに縮めたMNISTの数字が1個から3個ある。"
            f"シードは{seed}で、テストデータはMNISTのテスト画像から作った。",
        ),
    )


def _composed(count: int, digits: np.ndarray, labels: np.ndarray, draw: np.random.Generator):
    """Scenes of these digits: images, rows of digit and box, and 1 + digit for each pixel."""
    images, inks = np.zeros((count, 28, 28, 1), "float32"), np.zeros((count, 28, 28), "int32")
    objects = np.full((count, 3, 5), -1, "float32")
    for image, ink, rows_of, number in zip(images, inks, objects, draw.integers(1, 4, count)):
        for row in rows_of[:number]:
            chosen, side = draw.integers(len(labels)), draw.integers(14, 21)
            small = _FEWER_PIXELS[side] @ digits[chosen] @ _FEWER_PIXELS[side].T / 255
            down, across = (np.flatnonzero((small > INK).any(axis=axis)) for axis in (1, 0))
            small = small[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
            (height, width), inked = small.shape, small > INK
            for _ in range(20):  # places; a digit that finds none free is left out
                top, left = draw.integers(0, (29 - height, 29 - width))
                place = slice(top, top + height), slice(left, left + width)
                if not (inked & (ink[place] > 0)).any():
                    ink[place][inked] = 1 + labels[chosen]
                    image[place] = np.maximum(image[place], small[..., None])
                    row[:] = labels[chosen], left, top, left + width, top + height
                    break
    return images, objects, inks


def _means(side: int) -> np.ndarray:
    """The matrix (side, 28) that takes the means over 28/side pixels, parts of pixels in part."""
    edges, pixels = np.linspace(0, 28, side + 1)[:, None], np.arange(28)
    shared = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return shared.clip(0) * side / 28


_FEWER_PIXELS = {side: _means(side) for side in range(14, 21)}
