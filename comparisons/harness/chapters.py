"""Where a concept stands in a book; and the chapters of this project's own catalogue."""

from dataclasses import dataclass, replace

from comparisons.harness.bilingual import Words


@dataclass(frozen=True)
class Chapter:
    """A place in a book.

    Args:
        book: the book's title.
        number: `"6"`, or `"6.10"`, which comes after `"6.9"`.
        title: the chapter's title.

    Raises:
        ValueError: for a number that is none.
    """

    book: Words
    number: str
    title: Words

    def __post_init__(self):
        if not all(part.isdigit() for part in str(self.number).split(".")):
            raise ValueError(
                f"a chapter's number is whole numbers with points between them, such as '6.10'; "
                f"got {self.number!r}"
            )

    @property
    def place(self) -> tuple[int, ...]:
        """The number as it sorts."""
        return tuple(map(int, self.number.split(".")))

    def section(self, number: int) -> "Chapter":
        """A section of the chapter, under the chapter's title."""
        return replace(self, number=f"{self.number}.{number}")


CATALOGUE = ("Deep learning, side by side", "NumPyとKerasで読むディープラーニング")
PERCEPTRON, NEURAL_NETWORKS, LEARNING, BACKPROPAGATION, TECHNIQUES, DATA, CONVOLUTION = (
    Chapter(CATALOGUE, str(number), title)
    for number, title in enumerate(
        (
            ("Perceptron", "パーセプトロン"),
            ("Neural networks", "ニューラルネットワーク"),
            ("Learning", "ニューラルネットワークの学習"),
            ("Backpropagation", "誤差逆伝播法"),
            ("Techniques", "学習に関するテクニック"),
            ("Data", "データの扱い"),
            ("Convolution", "畳み込みニューラルネットワーク"),
        ),
        start=1,
    )
)
DEEP_NETWORKS, SEQUENCES, GENERATION, REINFORCEMENT, TRANSFER, USES = (
    Chapter(CATALOGUE, str(number), title)
    for number, title in enumerate(
        (
            ("Deep networks", "深いネットワーク"),
            ("Sequences", "系列データ"),
            ("Generation", "生成モデル"),
            ("Reinforcement", "強化学習"),
            ("Transfer", "転移学習"),
            ("Uses", "応用"),
        ),
        start=8,
    )
)
