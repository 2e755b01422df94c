"""Cases of the reshaping layers."""

from tests.layer_cases.case import Case

CASES = [
    Case("Flatten", {}, (2, 3, 4)),
    Case("Flatten", {}, (3,), label="batch axis alone"),
    Case("Flatten", {}, (2, 5), label="flat already"),
    Case("Flatten", {"data_format": "channels_first"}, (2, 3, 4, 5)),
    Case("Flatten", {"data_format": "channels_first"}, (3,), label="channels first, batch alone"),
    Case("Reshape", {"target_shape": [3, 4]}, (2, 12)),
    Case("Reshape", {"target_shape": [-1, 2, 2]}, (2, 3, 4)),
    Case("Reshape", {"target_shape": [8]}, (3, 2, 4)),
    Case("Reshape", {"target_shape": [1, -1]}, (3, 2, 4)),
]
