"""How the Keras columns compute when they train: compiled or not, in which precision, in how many
steps a call. The NumPy column trains in float32, and the proof is of what it says; neither changes.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from unittest import mock

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16", "float64")


@dataclass(frozen=True)
class Execution:
    """What Keras is told of how to do a training step.

    Args:
        jit: whether the step is compiled, by XLA or PyTorch's compiler; None as Keras chooses.
        precision: the dtype policy of the models, one of `PRECISIONS`.
        steps_per_execution: how many steps of `fit` are done in one call of the framework.
    """

    jit: bool | None = None
    precision: str = "float32"
    steps_per_execution: int = 1

    def words(self) -> list[str]:
        """The options of the command line that ask for it; none where nothing is asked for."""
        words = []
        if self.jit is not None:
            words.append("--jit" if self.jit else "--no-jit")
        if self.precision != "float32":
            words += ["--precision", self.precision]
        if self.steps_per_execution != 1:
            words += ["--steps-per-execution", str(self.steps_per_execution)]
        return words

    def look_over(self) -> None:
        """Raise ValueError for what no column can do."""
        if self.precision not in PRECISIONS:
            raise ValueError(
                f"precision: expected one of {', '.join(PRECISIONS)}, got {self.precision!r}"
            )
        if self.steps_per_execution < 1:
            raise ValueError(
                "steps_per_execution: expected a whole number from 1, got "
                f"{self.steps_per_execution}"
            )

    def refused_by(self, implementation: str) -> str | None:
        """Why a column cannot do it, in one line, or None if it can."""
        if implementation == "keras-torch" and self.steps_per_execution > 1:
            return "Keras on PyTorch does one step a call, whatever --steps-per-execution says"
        return None


@contextmanager
def keras_precision(policy: str) -> Iterator[None]:
    """Build Keras's models with a dtype policy meanwhile; what is no layer's is of its variables'.

    Args:
        policy: one of `PRECISIONS`, or float16.
    """
    import keras

    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(policy if policy in ("float16", "float64") else "float32")
    # Keras keeps the policy that its first layer found, whatever floatx becomes after it.
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])


@contextmanager
def executing(backend: ModuleType, execution: Execution) -> Iterator[None]:
    """Keras's models are built and compiled as it is asked meanwhile, in a loop of one's own too.

    What a model's `compile` says itself stands.
    """
    import keras

    options = {"jit_compile": execution.jit, "steps_per_execution": execution.steps_per_execution}
    if execution.jit is None:
        del options["jit_compile"]
    compile = keras.Model.compile

    def compile_so(model, *arguments, **given):
        # Keras compiles nothing that is run eagerly.
        own = {"jit_compile": False} if given.get("run_eagerly") else {}
        compile(model, *arguments, **{**options, **own, **given})

    with ExitStack() as stack:
        if execution.precision == "float64":
            stack.enter_context(backend.double_precision())
        stack.enter_context(keras_precision(execution.precision))
        stack.enter_context(mock.patch.object(keras.Model, "compile", compile_so))
        yield
