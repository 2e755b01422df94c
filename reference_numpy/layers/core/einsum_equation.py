"""The einsum equation of `EinsumDense`: its axes, its sizes and its gradients."""

import functools
import re
import string

import numpy as np

from reference_numpy.kernels.broadcasting import sum_to_shape

FORMS = (
    r"(?P<x>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->(?P<y>[a-zA-Z]+)",
    r"(?P<left>\.\.\.)(?P<x>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->\.\.\.(?P<y>[a-zA-Z]+)",
    r"(?P<x>[a-zA-Z]{2,})(?P<right>\.\.\.),(?P<kernel>[a-zA-Z]+)->(?P<y>[a-zA-Z]+)\.\.\.",
)


class EinsumEquation:
    """`"X,K->Y"` for an input of known rank: every axis has a letter and every letter a size.

    Args:
        equation: the equation, perhaps with `...` before or behind the letters of X and Y.
        bias_axes: letters of Y that the bias has, or None.
        input_shape: sizes of X; None where one is not known.
        partial_output_shape: sizes of Y without the batch axis and without those of `...`; None
            where one follows from X.

    Attributes:
        x, kernel, y: the letters of the three arrays, those for `...` included.
        kernel_shape, bias_shape, output_shape: sizes; `bias_shape` is None without a bias.
        kernel_input_axes, kernel_output_axes: the kernel's axes that Y lacks, and that Y has.

    Raises:
        ValueError: for an equation of another form, or sizes that contradict one another.
    """

    def __init__(self, equation, bias_axes, input_shape, partial_output_shape):
        match = next((m for form in FORMS if (m := re.fullmatch(form, equation))), None)
        if match is None:
            raise ValueError(
                f"Invalid einsum equation '{equation}'. Equations must be in the form "
                "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...."
            )
        named = match.groupdict()
        is_left, is_right = bool(named.get("left")), bool(named.get("right"))
        hidden = len(input_shape) - len(named["x"])
        if hidden < 0 or (hidden and not is_left and not is_right):
            raise ValueError(
                f"The first term of the equation '{equation}' has {len(named['x'])} axes. "
                f"Received an input of shape {tuple(input_shape)}."
            )
        dots = "".join([c for c in string.ascii_letters if c not in equation][:hidden])
        before, behind = (dots, "") if is_left else ("", dots)
        self.x, self.kernel = before + named["x"] + behind, named["kernel"]
        self.y = before + named["y"] + behind

        # The batch axis is not among the given sizes of the output, nor are those of "...".
        first = input_shape[: max(1, len(before))]
        output_shape = (
            *first,
            *partial_output_shape,
            *input_shape[len(input_shape) - len(behind) :],
        )
        self._set_sizes(equation, input_shape, output_shape)
        self._set_kernel_shape(equation)
        self._set_bias_shape(equation, bias_axes, named["y"], len(behind))

    def _set_sizes(self, equation, input_shape, output_shape):
        if len(output_shape) != len(self.y):
            raise ValueError(
                f"The output of the equation '{equation}' has {len(self.y)} axes, but the output "
                f"shape with the batch axis is {output_shape}."
            )
        inputs = dict(zip(self.x, input_shape))
        outputs = dict(zip(self.y, output_shape))
        for letter, size in inputs.items():
            given = outputs.get(letter)
            if None not in (size, given) and given != size:
                raise ValueError(
                    f"Input shape and output shape do not match at shared dimension '{letter}' of "
                    f"'{equation}'. Input shape is {size}, and output shape is {given}."
                )
        self.sizes = {
            letter: outputs.get(letter) if outputs.get(letter) is not None else inputs.get(letter)
            for letter in self.x + self.y
        }
        self.output_shape = tuple(self.sizes[letter] for letter in self.y)

    def _set_kernel_shape(self, equation):
        for letter in self.y:
            if letter not in self.x + self.kernel:
                raise ValueError(
                    f"Dimension '{letter}' is in the output of the equation '{equation}' but in "
                    "neither the input nor the kernel."
                )
        for letter in self.kernel:
            if letter not in self.sizes:
                raise ValueError(
                    f"Kernel dimension '{letter}' of the equation '{equation}' is in neither the "
                    "input nor the output: the kernel must be fully specified."
                )
        self.kernel_shape = tuple(self.sizes[letter] for letter in self.kernel)
        places = list(enumerate(self.kernel))
        self.kernel_output_axes = [i for i, letter in places if letter in self.y]
        self.kernel_input_axes = [i for i, letter in places if letter not in self.y]

    def _set_bias_shape(self, equation, bias_axes, letters, hidden_behind):
        self.bias_shape = None
        if bias_axes is None:
            return
        if not bias_axes or any(letter not in letters for letter in bias_axes):
            raise ValueError(
                f"The bias was requested for the dimensions '{bias_axes}', but the output of the "
                f"equation '{equation}' has '{letters}'."
            )
        following = letters[min(map(letters.index, bias_axes)) :]
        sizes = [self.sizes[letter] if letter in bias_axes else 1 for letter in following]
        self.bias_shape = (*sizes, *(1,) * hidden_behind)

    def product(self, x, kernel):
        """y."""
        return np.einsum(f"{self.x},{self.kernel}->{self.y}", x, kernel, optimize=True)

    def input_gradient(self, dy, kernel, shape):
        """dx, of the input's shape."""
        return einsum_gradient(self.x, shape, (self.y, self.kernel), (dy, kernel))

    def kernel_gradient(self, x, dy):
        """The kernel's gradient."""
        return einsum_gradient(self.kernel, self.kernel_shape, (self.y, self.x), (dy, x))


@functools.lru_cache(maxsize=256)
def analyze_equation(equation, bias_axes, input_shape, partial_output_shape):
    """The `EinsumEquation` of these arguments, which a layer asks for at every call."""
    return EinsumEquation(equation, bias_axes, input_shape, partial_output_shape)


def einsum_gradient(target, shape, letters, arrays):
    """The gradient with respect to one factor of an einsum, the array of the letters `target`.

    It is the product of dy and the other factors, summed over the letters that `target` lacks.
    A letter that only `target` has was summed over: the gradient is the same all along it. One
    that it has twice stands for a diagonal: off it, the gradient is 0. Along one that is of size 1
    there, but not in dy or another factor, it was broadcast: the gradient is summed.

    Args:
        target, shape: the letters and the sizes of the factor.
        letters, arrays: those of dy and of the other factors, and the arrays themselves.
    """
    distinct = "".join(dict.fromkeys(target))
    known = "".join(letter for letter in distinct if any(letter in term for term in letters))
    found = np.einsum(f"{','.join(letters)}->{known}", *arrays, optimize=True)
    found = sum_to_shape(found, [shape[target.index(letter)] for letter in known])
    if known == target:
        return found
    gradient = np.zeros(shape, found.dtype)
    alone = tuple(i for i, letter in enumerate(distinct) if letter not in known)
    np.einsum(f"{target}->{distinct}", gradient)[...] = np.expand_dims(found, alone)
    return gradient
