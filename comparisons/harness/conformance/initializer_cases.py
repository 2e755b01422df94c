"""The table of initializers, their arguments, and the shapes that they are asked for."""

from dataclasses import dataclass, field

from reference_numpy.initializers.windows import WINDOWS

SHAPES = ((6, 5, 4), (3, 2, 5, 7))
FIXED = ("Zeros", "Ones", "Constant", "Identity", "STFT")  # nothing is drawn


@dataclass(frozen=True)
class InitializerCase:
    """An initializer, how it is made, and the shapes that it is asked for."""

    initializer: str
    arguments: dict = field(default_factory=dict)
    shapes: tuple[tuple[int, ...], ...] = SHAPES

    @property
    def id(self) -> str:
        """The row's name in a test report."""
        arguments = ",".join(f"{key}={value}" for key, value in self.arguments.items())
        return f"{self.initializer}-{arguments or 'default'}"[:90]

    @property
    def drawn(self) -> bool:
        """Whether it makes its values of random numbers."""
        return self.initializer not in FIXED

    def make(self, half, seed: int | None = None):
        """The initializer of one half, with this seed where it takes one."""
        seeded = {"seed": seed} if self.drawn else {}
        return getattr(half.initializers, self.initializer)(**self.arguments, **seeded)


AXES = {"input_axes": [0], "output_axes": [1, 2]}
SCALINGS = [
    {"scale": 3.0, "mode": mode, "distribution": distribution}
    for mode in ("fan_in", "fan_out", "fan_avg")
    for distribution in ("normal", "truncated_normal", "untruncated_normal", "UNIFORM")
]
CASES = [
    InitializerCase("Zeros"),
    InitializerCase("Ones"),
    InitializerCase("Constant"),
    InitializerCase("Constant", {"value": 2.5}),
    InitializerCase("RandomNormal"),
    InitializerCase("RandomNormal", {"mean": 2.0, "stddev": 3.0}),
    InitializerCase("TruncatedNormal"),
    InitializerCase("TruncatedNormal", {"mean": 2.0, "stddev": 3.0}),
    InitializerCase("RandomUniform"),
    InitializerCase("RandomUniform", {"minval": 2.0, "maxval": 3.0}),
    InitializerCase("Orthogonal"),
    InitializerCase("Orthogonal", {"gain": 2.5}),
    InitializerCase("VarianceScaling"),
    InitializerCase("VarianceScaling", {"scale": 1e-3}),
    *[InitializerCase("VarianceScaling", arguments) for arguments in SCALINGS],
    InitializerCase("VarianceScaling", {"mode": "fan_avg", **AXES}),
]
for _name in ("Glorot", "He", "Lecun"):
    for _kind in ("Normal", "Uniform"):
        CASES += [InitializerCase(_name + _kind), InitializerCase(_name + _kind, AXES)]
STFT = [
    {},
    {"side": "imag"},
    {"scaling": "spectrum", "window": "hamming"},
    {"scaling": None, "side": "imag", "window": "blackman"},
    {"window": None},
    {"periodic": True},
    *[{"window": name, "periodic": periodic} for name in WINDOWS for periodic in (False, True)],
]
CASES += [
    InitializerCase("VarianceScaling", {"mode": mode}, ((5,), (), (7, 3), (0, 3)))
    for mode in ("fan_in", "fan_out", "fan_avg")
]
CASES += [
    InitializerCase("Identity", arguments, ((4, 4), (3, 5), (5, 3)))
    for arguments in ({}, {"gain": 2.5})
]
CASES += [
    InitializerCase("STFT", arguments, ((16, 1, 9), (15, 1, 13), (3, 1, 2))) for arguments in STFT
]
