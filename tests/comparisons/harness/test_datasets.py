"""The project's data: whole, every kind of damage, and seeded parts."""

import hashlib
import io
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from comparisons.harness import datasets
from comparisons.harness.datasets import (
    halved_mnist,
    load_mnist,
    marked_symbols,
    mnist_subset,
    of_classes,
    read_verified,
    scanned_digits,
    scenes,
    shrunk_mnist,
)
from comparisons.harness.table_files import DataError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder that a test may damage; MNIST's place is empty."""
    for name in ("SHA256SUMS", "titanic.csv", "build.py"):
        shutil.copy(datasets.data_path(name), tmp_path)
    monkeypatch.setattr(datasets, "data_path", lambda name: tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def mnist():
    return load_mnist()


@pytest.fixture(autouse=True)
def read_mnist_once(monkeypatch, mnist, request):
    if "subset" in request.node.name:
        monkeypatch.setattr(datasets, "load_mnist", lambda: mnist)


def test_mnist_is_whole(mnist):
    (x_train, y_train), (x_test, y_test) = mnist
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert {array.dtype.name for pair in mnist for array in pair} == {"uint8"}
    # The first digits and the digit counts as the literature has them.
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_train).tolist() == counts
    assert round(x_train.mean() / 255, 4) == 0.1307
    assert x_train.max() == 255


def test_data_lie_in_the_checkout_or_in_the_package(tmp_path, monkeypatch):
    root = Path(__file__).resolve().parents[3]
    assert datasets.data_path("titanic.csv") == root / "data" / "titanic.csv"
    monkeypatch.setattr(datasets.resources, "files", lambda package: tmp_path / package)
    assert datasets.data_path("x") == tmp_path / "data" / "x"
    (tmp_path / "comparisons" / "data").mkdir(parents=True)
    assert datasets.data_path("x") == tmp_path / "comparisons" / "data" / "x"


def flip(path):
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def folder_instead(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (flip, "titanic.csv: is damaged or cut short"),
        (cut, "titanic.csv: is damaged or cut short"),
        (Path.unlink, "titanic.csv: no such file"),
        (folder_instead, "titanic.csv: is a folder"),
    ],
)
def test_damage_is_named_with_the_way_to_mend_it(folder, damage, message):
    assert len(read_verified("titanic.csv")) == 104_320
    damage(folder / "titanic.csv")
    with pytest.raises(DataError) as error:
        read_verified("titanic.csv")
    assert message in str(error.value)
    assert "git checkout -- data" in str(error.value)
    assert "python data/build.py" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("sums", ["", "nonsense\n", "a b c\n", "é  titanic.csv\n"])
def test_damaged_checksums_are_named(folder, sums):
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    with pytest.raises(DataError, match="SHA256SUMS: is damaged; restore it"):
        read_verified("titanic.csv")


def test_an_installed_package_is_mended_by_reinstalling(folder):
    (folder / "build.py").unlink()
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(DataError, match="SHA256SUMS: no such file; reinstall it with `pip install"):
        read_verified("titanic.csv")
    with pytest.raises(DataError, match=r"mnist\.npz: no such file; reinstall it"):
        load_mnist()


def test_nothing_is_unpickled(folder):
    """Not even from a file whose checksum was forged."""
    marker = folder / "executed"

    class Payload:
        def __reduce__(self):
            return Path.touch, (marker,)

    array = np.empty(1, dtype=object)
    array[0] = Payload()
    npy = io.BytesIO()
    np.lib.format.write_array(npy, array)
    with zipfile.ZipFile(folder / "mnist.npz", "w") as archive:
        for key in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{key}.npy", npy.getvalue())
    sha256 = hashlib.sha256((folder / "mnist.npz").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{sha256}  mnist.npz\n")
    with pytest.raises(ValueError, match="allow_pickle"):
        load_mnist()
    assert not marker.exists()
    pickle.loads(pickle.dumps(Payload()))
    assert marker.exists()  # the payload would have worked


def test_subset_is_float32_stratified_and_disjoint(mnist):
    (x, y), (_, y_test) = mnist
    part = mnist_subset(train=3000, validation=1000, test=500, seed=3)
    assert part.x_train.shape == (3000, 28, 28, 1)
    assert part.x_validation.shape == (1000, 28, 28, 1)
    assert part.x_test.shape == (500, 28, 28, 1)
    assert part.x_train.dtype == "float32"
    assert part.x_train.min() == 0
    assert part.x_train.max() == 1
    assert part.y_train.dtype == "int32"
    for drawn, whole in (
        (part.y_train, y),
        (part.y_validation, y),
        (part.y_test, y_test),
    ):
        expected = np.bincount(whole) / len(whole) * len(drawn)
        assert np.abs(np.bincount(drawn) - expected).max() <= 1
    seen = {image.tobytes() for image in part.x_train}
    assert len(seen) == 3000
    assert not seen & {image.tobytes() for image in part.x_validation}
    assert "3,000 training and 1,000 validation images" in part.description[0]
    assert "500 of the 10,000 test images" in part.description[0]
    assert "seed 3" in part.description[0]


def test_subset_images_keep_their_labels(mnist):
    (x, y), (x_test, y_test) = mnist
    part = mnist_subset(train=50, validation=20, test=20)
    label_of = {image.tobytes(): label for image, label in zip(x, y)}
    label_of |= {image.tobytes(): label for image, label in zip(x_test, y_test)}
    for images, labels in (
        (part.x_train, part.y_train),
        (part.x_validation, part.y_validation),
        (part.x_test, part.y_test),
    ):
        pixels = np.rint(images[..., 0] * 255).astype("uint8")
        assert [label_of[image.tobytes()] for image in pixels] == labels.tolist()


def test_subset_repeats_with_its_seed():
    first, again = (mnist_subset(train=100, validation=20, test=20, seed=1) for _ in range(2))
    other = mnist_subset(train=100, validation=20, test=20, seed=2)
    for name in ("x_train", "y_train", "x_validation", "y_validation", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        assert not np.array_equal(getattr(first, name), getattr(other, name)), name


def test_subset_flat_and_one_hot():
    images = mnist_subset(train=100, validation=20, test=20)
    flat = mnist_subset(train=100, validation=20, test=20, flat=True, one_hot=True)
    np.testing.assert_array_equal(flat.x_train, images.x_train.reshape(100, 784))
    assert flat.y_train.dtype == "float32"
    np.testing.assert_array_equal(flat.y_train.sum(axis=1), 1)
    np.testing.assert_array_equal(flat.y_train.argmax(axis=1), images.y_train)


def test_subset_by_default_is_everything(mnist):
    part = mnist_subset()
    assert (len(part.y_train), len(part.y_validation)) == (55000, 5000)
    np.testing.assert_array_equal(part.y_test, mnist[1][1])
    assert "all 10,000 test images" in part.description[0]


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"train": 0}, "`train` must be from 10 to 59990, got 0"),
        ({"train": 60000}, "`train` must be from 10 to 59990, got 60000"),
        ({"validation": 5}, "`validation` must be from 10 to 59990, got 5"),
        ({"train": 59000}, r"`train` \+ `validation` must be at most 60000, got 59000 \+ 5000"),
        ({"test": -1}, "`test` must be from 10 to 9990, or None for all 10000, got -1"),
        ({"test": 20000}, "`test` must be from 10 to 9990"),
    ],
)
def test_subset_refuses_impossible_sizes(sizes, message):
    with pytest.raises(ValueError, match=message):
        mnist_subset(**sizes)


def test_a_shrunk_subset_holds_the_means_of_its_images():
    part, whole = shrunk_mnist(100, 20, 30, 1), mnist_subset(100, 20, 30, 1)
    assert [len(x) for x in (part.x_train, part.x_validation, part.x_test)] == [100, 20, 30]
    np.testing.assert_array_equal(part.y_train, whole.y_train)
    mean = whole.x_train[5, 12:16, 8:12].mean()
    assert part.x_train.dtype == "float32"
    assert part.x_train[5, 3 * 7 + 2] == pytest.approx((mean - 0.13) / 0.2, rel=1e-5)
    assert abs(part.x_train.mean()) < 0.1 and abs(part.x_train.std() - 1) < 0.2


def test_a_halved_subset_holds_images_of_means():
    part, whole = halved_mnist(100, 20, 30, 1), mnist_subset(100, 20, 30, 1)
    assert part.x_train.shape == (100, 14, 14, 1) and part.x_test.shape == (30, 14, 14, 1)
    assert part.x_train.dtype == "float32"
    np.testing.assert_array_equal(part.y_test, whole.y_test)
    mean = whole.x_train[5, 12:14, 8:10].mean()
    assert part.x_train[5, 6, 4, 0] == pytest.approx(mean, rel=1e-5)
    assert "14×14" in part.description[0] and "14×14" in part.description[1]


def test_examples_of_some_classes_keep_their_images():
    whole = halved_mnist(200, 50, 60, 1)
    part = of_classes(whole, range(5, 10))
    np.testing.assert_array_equal(part.x_test, whole.x_test[whole.y_test >= 5])
    np.testing.assert_array_equal(part.y_train, whole.y_train[whole.y_train >= 5] - 5)
    assert set(part.y_validation) == set(range(5))


def test_scanned_digits_stand_in_a_frame_and_in_one_part_each():
    part = scanned_digits(100, 50, 1)
    assert part.x_train.shape == (100, 14, 14, 1) and len(part.x_test) == 1_797 - 150
    inner = np.zeros((14, 14), bool)
    inner[2:12, 2:12] = True
    assert not part.x_test[:, ~inner].any() and 0.9 < part.x_test.max() <= 1
    images = np.concatenate([part.x_train, part.x_validation, part.x_test])
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == 1_797
    assert set(part.y_test) == set(range(10))


def test_the_answer_is_the_symbol_that_is_marked():
    part = marked_symbols(6, 40, 10, 20, 3)
    assert part.x_train.shape == (40, 7, 5) and part.x_test.shape == (20, 7, 5)
    assert part.x_train.dtype == "float32" and (part.x_train[..., :4].sum(axis=-1) == 1).all()
    where = part.x_train[..., 4].argmax(axis=1)
    assert (part.x_train[..., 4].sum(axis=1) == 1).all() and len(set(where)) == 7
    symbols = part.x_train[np.arange(40), where, :4].argmax(axis=1)
    np.testing.assert_array_equal(part.y_train, symbols)
    assert (part.x_train[:10] != part.x_validation).any()


def test_scenes_hold_the_digits_that_boxes_and_masks_name(monkeypatch, mnist):
    monkeypatch.setattr(datasets, "load_mnist", lambda: mnist)
    part, masked = scenes(60, 10, 20, 1), scenes(60, 10, 20, 1, masks=True)
    assert part.x_train.shape == (60, 28, 28, 1) and part.y_test.shape == (20, 3, 5)
    assert part.x_train.dtype == part.y_train.dtype == "float32"
    np.testing.assert_array_equal(part.x_train, masked.x_train)
    # What no mask covers is no more than a digit's faint rim.
    ink = part.x_train[..., 0]
    assert (ink[masked.y_train > 0] > 0.2).all() and (ink[masked.y_train == 0] <= 0.2).all()
    assert len(np.unique(masked.y_train)) == 11
    for rows, mask in zip(part.y_train, masked.y_train):
        found = rows[rows[:, 0] >= 0]
        assert 1 <= len(found) <= 3 and (rows[len(found) :] == -1).all()
        assert set(found[:, 0] + 1) == set(np.unique(mask)) - {0}
        for digit in set(found[:, 0]):
            same, (down, across) = found[found[:, 0] == digit], np.nonzero(mask == digit + 1)
            edges = [across.min(), down.min(), across.max() + 1, down.max() + 1]
            assert edges == [*same[:, 1:3].min(axis=0), *same[:, 3:].max(axis=0)]
    means = datasets._means(14) @ mnist[0][0][0] @ datasets._means(14).T
    np.testing.assert_allclose(means.ravel(), datasets.shrunk(mnist[0][0][:1], 14)[0])
