"""The figure of the convolution's sliding window."""

from math import floor
from types import SimpleNamespace

import pytest

from comparisons.convolution import PLACES, SIZE, WINDOW


@pytest.mark.parametrize("across", range(1, SIZE + 1))
def test_the_slider_passes_every_window_along_its_whole_way(across):
    names = {"floor": floor, "datum": SimpleNamespace(across=across)}
    shown = [eval(WINDOW, {**names, "place": place}) for place in range(PLACES)]
    assert shown == sorted(shown) and set(shown) == set(range(across**2))
    assert max(map(shown.count, shown)) <= PLACES // across**2 + 1, "none is shown for long"
