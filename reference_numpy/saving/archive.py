"""The zip archive of a `.keras` file, read with suspicion."""

import io
import stat
import struct
import zipfile
import zlib

from reference_numpy.saving.errors import ModelFileError

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
ASSETS = "assets/"
#: a text that unpacks to more than this many times its size in the file is an attack
MAX_EXPANSION = 100
#: texts up to this size are read whatever they unpack from
SMALL = 1 << 20
#: no text unpacks to more: JSON takes some 25 times its size in memory
MAX_TEXT = 1 << 26
_CHUNK = 1 << 20
#: what zipfile raises for archives that are not as they should be
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)
#: where in a member's header the lengths of its name and extra field are, and the header's size
_NAME_LENGTHS, _HEADER_SIZE = 26, 30


class Archive:
    """The members of a `.keras` file.

    Everything is checked against the file before memory is taken: the members' names (no paths
    that lead out, no two of one name, no links), their sizes, and that the weights are stored and
    not compressed, so that they cannot be larger than the file.

    Args:
        path: the file.

    Raises:
        ModelFileError: for a file that is no such archive, or a member that is not as it must be.
    """

    def __init__(self, path):
        self.path = path
        self.file = open(path, "rb")  # noqa: SIM115 (closed with the archive)
        try:
            self.zip = zipfile.ZipFile(self.file)
            self._check_members()
        except ModelFileError:
            self.file.close()
            raise
        except _DAMAGE as error:
            self.file.close()
            raise ModelFileError(
                path, "", f"this is no .keras file, or cut short: {error}"
            ) from None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.zip.close()
        self.file.close()

    def _check_members(self):
        seen = set()
        for info in self.zip.infolist():
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
            if name not in (METADATA, CONFIG, WEIGHTS) and not name.startswith(ASSETS):
                self._refuse(name, "a .keras file has no such member")
        for name in (METADATA, CONFIG, WEIGHTS):
            if name not in seen:
                raise ModelFileError(self.path, name, "this member is missing")

    def _refuse(self, name, reason):
        raise ModelFileError(self.path, f"member {name!r}", reason)

    def read_text(self, name):
        """The text of a member, decoded from UTF-8."""
        info = self.zip.getinfo(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self._refuse(
                name, "it is packed in a way that is not read: neither stored nor deflated"
            )
        unpacked = min(max(SMALL, MAX_EXPANSION * info.compress_size), MAX_TEXT)
        if info.file_size > max(info.compress_size, unpacked):
            self._refuse(
                name,
                f"it claims {info.file_size:,} bytes, of which {info.compress_size:,} are in the "
                "file",
            )
        try:
            with self.zip.open(name) as member:
                return member.read(info.file_size + 1).decode("utf-8")
        except UnicodeDecodeError:
            self._refuse(name, "it is not UTF-8 text")
        except _DAMAGE as error:
            self._refuse(name, f"it is damaged: {error}")

    def assets(self, folder):
        """The texts of the members in a folder of the assets, by their names in it."""
        prefix = f"{ASSETS}{folder}/"
        names = [name for name in self.zip.namelist() if name.startswith(prefix)]
        return {
            name[len(prefix) :]: self.read_text(name)
            for name in names
            if name != prefix and "/" not in name[len(prefix) :]
        }

    def open_weights(self):
        """The weights' member as a binary file in which one can seek; nothing is copied."""
        info = self.zip.getinfo(WEIGHTS)
        if info.compress_type != zipfile.ZIP_STORED:
            self._refuse(WEIGHTS, "the weights are compressed; Keras stores them as they are")
        if info.file_size != info.compress_size:
            self._refuse(WEIGHTS, "its two sizes differ")
        try:
            with self.zip.open(WEIGHTS) as member:  # reading to the end compares the checksum
                while member.read(_CHUNK):
                    pass
        except _DAMAGE as error:
            self._refuse(WEIGHTS, f"it is damaged: {error}")
        file = open(self.path, "rb")  # noqa: SIM115 (the section closes it)
        file.seek(info.header_offset + _NAME_LENGTHS)
        lengths = struct.unpack("<HH", file.read(4))
        return Section(file, info.header_offset + _HEADER_SIZE + sum(lengths), info.file_size)


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
