"""Event files of TensorBoard: records with checksums, each an `Event` of Protocol Buffers."""

import itertools
import os
import socket
import struct
import time
from functools import cache
from pathlib import Path

_NUMBERS = itertools.count()


class EventFile:
    """Numbers by step, as TensorBoard reads them.

    A record is its length in 8 bytes, the length's checksum in 4, an `Event`, and its checksum.

    Args:
        folder: where the file is made.
    """

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        whose = f"{time.time():.0f}.{socket.gethostname()}.{os.getpid()}.{next(_NUMBERS)}"
        self.file = open(folder / f"events.out.tfevents.{whose}.v2", "wb")  # noqa: SIM115
        self._record(_bytes(3, b"brain.Event:2"))

    def write(self, step: int, values: dict[str, float]) -> None:
        """Write a number by name, of a step."""
        # Event.step = 2, Event.summary = 5; Summary.value = 1; Value.tag = 1, .simple_value = 2
        parts = [
            _bytes(1, _bytes(1, name.encode()) + b"\x15" + struct.pack("<f", value))
            for name, value in values.items()
        ]
        self._record(b"\x10" + _varint(step) + _bytes(5, b"".join(parts)))

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _record(self, event: bytes) -> None:
        event = b"\x09" + struct.pack("<d", time.time()) + event  # Event.wall_time = 1
        length = struct.pack("<Q", len(event))
        self.file.write(length + _checksum(length) + event + _checksum(event))
        self.file.flush()


def _varint(number: int) -> bytes:
    """A whole number, seven bits a byte, the last ones first."""
    found = []
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _bytes(field: int, content: bytes) -> bytes:
    """A field that holds a text or a message."""
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


@cache
def _table() -> list[int]:
    """Of the checksum CRC-32C: the remainder of each byte."""
    found = []
    for rest in range(256):
        for _ in range(8):
            rest = rest >> 1 ^ (0x82F63B78 if rest & 1 else 0)
        found.append(rest)
    return found


def _checksum(content: bytes) -> bytes:
    """CRC-32C, turned as the format wants it."""
    rest, table = 0xFFFFFFFF, _table()
    for byte in content:
        rest = rest >> 8 ^ table[(rest ^ byte) & 255]
    rest ^= 0xFFFFFFFF
    return struct.pack("<I", ((rest >> 15 | rest << 17) + 0xA282EAD8) & 0xFFFFFFFF)
