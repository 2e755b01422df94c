"""Where windows lie: the plain operations take that from `Windows`, so it is pinned down here."""

import numpy as np
import pytest

from reference_numpy.kernels.windows import BLOCK_BYTES, Windows, blocks, cut


@pytest.mark.parametrize(
    ("length", "window", "stride", "padding", "dilation", "output", "before", "padded"),
    [
        (7, 3, 2, "valid", 1, 3, 0, 7),
        (8, 3, 2, "valid", 1, 3, 0, 8),
        (7, 3, 1, "same", 1, 7, 1, 9),
        (7, 4, 1, "same", 1, 7, 1, 10),
        (7, 3, 2, "same", 1, 4, 1, 9),
        (8, 3, 2, "same", 1, 4, 0, 9),
        (7, 1, 3, "same", 1, 3, 0, 7),
        (7, 3, 1, "same", 2, 7, 2, 11),
        (7, 3, 1, "causal", 2, 7, 4, 11),
        (7, 2, 3, "causal", 1, 3, 1, 8),
    ],
)
def test_places_along_one_axis(length, window, stride, padding, dilation, output, before, padded):
    windows = Windows.of((length,), (window,), (stride,), padding, (dilation,))
    assert (windows.output_size, windows.before) == ((output,), (before,))
    assert windows.padded_size == (padded,) and windows.is_padded == (padded > length)


def test_a_view_holds_the_entries_of_every_window():
    windows = Windows.of((5, 6), (2, 3), (2, 1), "same", (1, 2))
    padded = windows.pad(np.arange(1.0, 31.0).reshape(1, 5, 6, 1))
    view = windows.view(padded)
    for number, entry in enumerate(windows.entries):
        row, column = divmod(number, 3)
        np.testing.assert_array_equal(view[:, :, :, row, column], padded[entry])


def test_blocks_cover_the_batch_once_and_an_empty_batch_has_one():
    assert blocks(slice(0, 0), 10) == [slice(0, 0)]
    assert blocks(slice(0, 5), 2**40) == [slice(i, i + 1) for i in range(5)]
    assert blocks(slice(3, 8), BLOCK_BYTES // 4) == [slice(3, 7), slice(7, 8)]


def test_a_block_of_the_windows_sees_the_part_of_the_input_that_it_reaches():
    windows = Windows.of((5, 9), (2, 3), (1, 2), "same", (1, 2))
    x = np.arange(1.0, 46).reshape(1, 5, 9, 1)
    whole = windows.view(windows.pad(x))
    for start, stop in ((0, 2), (1, 4), (3, 5)):
        part, places = cut(windows, 1, start, stop)
        found = part.view(part.pad(x[:, :, places]))
        np.testing.assert_array_equal(found, whole[:, :, start:stop])
