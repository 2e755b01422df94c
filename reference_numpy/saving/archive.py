"""The members of a `.keras` file, read with suspicion: a zip archive, or a folder of that name."""

import functools
import io
import os
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections import defaultdict

from reference_numpy.saving.errors import ModelFileError

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
ASSETS = "assets/"
#: a text that unpacks to more than this many times its size in the file is an attack
MAX_EXPANSION = 100
#: the same for weights, which hardly shrink, but for those of an optimizer that begins with zeros
MAX_WEIGHTS_EXPANSION = 20
#: texts up to this size are read whatever they unpack from
SMALL = 1 << 20
#: all texts together unpack to no more, unless the file itself is larger
MAX_TEXT = 1 << 26
#: lines of all vocabularies together
MAX_LINES = 2 * 10**6
#: bytes of the list of members: some 20,000 of them
MAX_LIST = 1 << 21
_CHUNK = 1 << 20
#: what zipfile raises for archives that are not as they should be
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    OverflowError,
    MemoryError,
    RuntimeError,
    ValueError,
    struct.error,
)
#: where in a member's header the lengths of its name and extra field are, and the header's size
_NAME_LENGTHS, _HEADER_SIZE = 26, 30
_HDF5 = b"\x89HDF\r\n\x1a\n"
OLDER = "load it in Keras 3 (`keras.models.load_model`) and save it as `.keras`"


def open_regular(path):
    """Open a file to read; a device or a pipe, which may have no end, is refused.

    Raises:
        ModelFileError: for anything but a file.
        FileNotFoundError: if there is none.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ModelFileError(path, "", "this is no regular file")
    return open(path, "rb")


def open_members(path):
    """The members of the archive or of the folder at a path."""
    return Folder(path) if os.path.isdir(path) else Archive(path)


class Members:
    """What archives and folders have in common.

    Args:
        path: the file or folder.
    """

    def __init__(self, path):
        self.path, self.lines = path, 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def _refuse(self, name, reason):
        raise ModelFileError(self.path, f"member {name!r}", reason)

    def read_text(self, name):
        """The text of a member, decoded from UTF-8."""
        data = self._read(name)
        self.lines += data.count(b"\n")
        if self.lines > MAX_LINES:
            self._refuse(name, f"with it the texts have {self.lines:,} lines")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self._refuse(name, "it is not UTF-8 text")

    def assets(self, folder):
        """The texts of the members in a folder of the assets, by their names in it."""
        return {
            name: self.read_text(f"{ASSETS}{folder}/{name}")
            for name in self._folders[f"{ASSETS}{folder}"]
        }

    @functools.cached_property
    def _folders(self):
        folders = defaultdict(list)
        for path in self.names():
            folder, _, name = path.rpartition("/")
            if name:
                folders[folder].append(name)
        return folders


class Archive(Members):
    """The members of a zip archive.

    Everything is checked against the file before memory is taken: the number and the names of the
    members (no paths that lead out, no two of one name, no links) and their sizes.

    Args:
        path: the file.

    Raises:
        ModelFileError: for a file that is no such archive, or a member that is not as it must be.
    """

    def __init__(self, path):
        super().__init__(path)
        self.file = _Sparing(open_regular(path))
        self.size = os.fstat(self.file.fileno()).st_size
        try:
            self.zip = zipfile.ZipFile(self.file)
            self.file.most = None
            self._check_members()
        except ModelFileError:
            self.file.close()
            raise
        except _DAMAGE as error:
            reason = self._what_it_is() or f"this is no .keras file, or cut short: {error}"
            self.file.close()
            raise ModelFileError(path, "", reason) from None

    def __exit__(self, *exception):
        self.zip.close()
        self.file.close()

    def _what_it_is(self):
        """What a file is that is no archive, and what to do with it; None if nobody knows."""
        self.file.seek(0)
        if self.file.read(len(_HDF5)) == _HDF5:
            return f"this is a model in Keras's older format HDF5: {OLDER}"
        return None

    def names(self):
        """The names of all members."""
        return self.zip.namelist()

    def _check_members(self):
        seen, members, texts = set(), self.zip.infolist(), 0
        self.file.seek(-22 - len(self.zip.comment), io.SEEK_END)
        _, _, _, count = struct.unpack("<IHHxxH10x", self.file.read(22))
        if count not in (len(members), 0xFFFF):
            raise ModelFileError(
                self.path, "", f"it says that it has {count} members, and lists {len(members)}"
            )
        for info in members:
            name = info.filename
            if name in seen:
                self._refuse(name, "the archive has two members of this name")
            seen.add(name)
            parts = name.split("/")
            if name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in name:
                self._refuse(name, "this name leads out of the archive")
            if info.create_system == 3 and info.external_attr >> 16:
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    self._refuse(name, "this member is a link or a device, not a file")
            if info.flag_bits & 1:
                self._refuse(name, "this member is encrypted")
            if info.header_offset + info.compress_size > self.size:
                self._refuse(name, f"its {info.compress_size:,} bytes are more than the file has")
            if name not in (METADATA, CONFIG, WEIGHTS) and not name.startswith(ASSETS):
                self._refuse(name, "a .keras file has no such member")
            texts += info.file_size * (name != WEIGHTS)
            if texts > max(MAX_TEXT, self.size):
                self._refuse(
                    name, f"it claims {info.file_size:,} bytes, and with it the texts {texts:,}"
                )
        for name in (METADATA, CONFIG, WEIGHTS):
            if name not in seen:
                raise ModelFileError(self.path, name, "this member is missing")

    def _check_size(self, name, expansion, most):
        """The entry of a member whose claim to size is believable."""
        info = self.zip.getinfo(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self._refuse(
                name, "it is packed in a way that is not read: neither stored nor deflated"
            )
        unpacked = min(max(SMALL, expansion * info.compress_size), most)
        if info.file_size > max(info.compress_size, unpacked):
            self._refuse(
                name,
                f"it claims {info.file_size:,} bytes, of which {info.compress_size:,} are in the "
                "file",
            )
        return info

    def _read(self, name):
        info = self._check_size(name, MAX_EXPANSION, MAX_TEXT)
        try:
            with self.zip.open(name) as member:
                return member.read(info.file_size + 1)
        except _DAMAGE as error:
            self._refuse(name, f"it is damaged: {error}")

    def check_assets(self):
        """Read the assets that no layer has asked for, so that damage is found."""
        for name in self.names():
            if name.startswith(ASSETS) and not name.endswith("/"):
                self._read(name)

    def open_weights(self):
        """The weights' member as a binary file in which one can seek.

        Keras stores the weights as they are, and nothing is copied. Of an archive that was packed
        again they are unpacked into a file without a name.
        """
        info = self._check_size(WEIGHTS, MAX_WEIGHTS_EXPANSION, self.size * MAX_WEIGHTS_EXPANSION)
        stored = info.compress_type == zipfile.ZIP_STORED
        if stored and info.file_size != info.compress_size:
            self._refuse(WEIGHTS, "its two sizes differ")
        target = open(os.devnull, "wb") if stored else tempfile.TemporaryFile()  # noqa: SIM115
        try:
            with self.zip.open(WEIGHTS) as member:  # reading to the end compares the checksum
                shutil.copyfileobj(member, target, _CHUNK)
        except _DAMAGE as error:
            target.close()
            self._refuse(WEIGHTS, f"it is damaged: {error}")
        if not stored:
            return Section(target, 0, info.file_size)
        target.close()
        file = open_regular(self.path)
        file.seek(info.header_offset + _NAME_LENGTHS)
        lengths = struct.unpack("<HH", file.read(4))
        return Section(file, info.header_offset + _HEADER_SIZE + sum(lengths), info.file_size)


class Folder(Members):
    """The members of a `.keras` file that was unpacked, or that Keras wrote with `zipped=False`.

    Nothing is read but files that lie in the folder itself; links are refused.

    Args:
        path: the folder.

    Raises:
        ModelFileError: for a folder that is no model, or a member that is not as it must be.
    """

    def __init__(self, path):
        super().__init__(path)
        self.unpacked = 0
        if os.path.exists(os.path.join(path, "saved_model.pb")):
            raise ModelFileError(
                path,
                "",
                "this is a TensorFlow SavedModel, which is code: save the model as "
                "`.keras` in the Keras that made it",
            )
        for name in (METADATA, CONFIG, WEIGHTS):
            if not os.path.lexists(os.path.join(path, name)):
                raise ModelFileError(path, name, "this member is missing")

    def names(self):
        """The names of the assets."""
        found = []
        for root, folders, files in os.walk(os.path.join(self.path, "assets")):
            found += [os.path.relpath(os.path.join(root, file), self.path) for file in files]
            if len(found) + len(folders) > MAX_LIST // 100:
                raise ModelFileError(self.path, ASSETS, "it has too many members")
        return [name.replace(os.sep, "/") for name in found]

    def _open(self, name):
        path = self.path
        for part in name.split("/"):
            path = os.path.join(path, part)
            if os.path.islink(path):
                self._refuse(name, "this member is a link or a device, not a file")
        return open_regular(path)

    def _read(self, name):
        with self._open(name) as file:
            self.unpacked += os.fstat(file.fileno()).st_size
            if self.unpacked > MAX_TEXT:
                self._refuse(name, f"with it the texts have {self.unpacked:,} bytes")
            return file.read()

    def check_assets(self):
        """Nothing: a folder has no checksums."""

    def open_weights(self):
        """The weights' file."""
        file = self._open(WEIGHTS)
        return Section(file, 0, os.fstat(file.fileno()).st_size)


class _Sparing(io.BufferedReader):
    """A file of which zipfile cannot take a list of members longer than `MAX_LIST`."""

    def __init__(self, file):
        super().__init__(file.detach())
        self.most = MAX_LIST

    def read(self, size=-1):
        """Read up to `size` bytes."""
        if self.most is not None and size is not None and size > self.most:
            raise zipfile.BadZipFile(f"its list of members claims {size:,} bytes")
        return super().read(size)


class Section(io.RawIOBase):
    """A part of a file as a file.

    Args:
        file: an open binary file, which is closed with the section.
        start, size: where the part begins, and its bytes.
    """

    def __init__(self, file, start, size):
        self.file, self.start, self.size, self.position = file, start, size, 0

    def readable(self):
        """True."""
        return True

    def seekable(self):
        """True."""
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        """Go to a place, and return it."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = max(0, origin + offset)
        return self.position

    def tell(self):
        """The place that is read next."""
        return self.position

    def readinto(self, buffer):
        """Read bytes into `buffer`; returns how many."""
        count = max(0, min(len(buffer), self.size - self.position))
        self.file.seek(self.start + self.position)
        found = self.file.readinto(memoryview(buffer)[:count])
        self.position += found
        return found

    def close(self):
        """Close the file."""
        self.file.close()
        super().close()
