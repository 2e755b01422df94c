"""MNIST with a convolutional network."""

from comparisons.harness import chapters
from comparisons.harness.baselines import run_mnist_baselines
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Concept, Preset, Task
from comparisons.harness.datasets import mnist_subset


def data(settings, seed):
    """MNIST as images: a part in the default preset, all of it in the full one."""
    if settings.preset == "full":
        return mnist_subset(seed=seed)
    return mnist_subset(5_000, 1_000, 2_000, seed)


CONCEPT = Concept(
    title=(
        "MNIST with a convolutional network",
        "畳み込みニューラルネットワークによるMNISTの手書き数字認識",
    ),
    chapter=chapters.CONVOLUTION.section(3),
    summary=(
        "A fully connected layer does not know which pixels are neighbours. A convolution looks "
        "at small windows with the same weights everywhere, pooling makes it forgiving of small "
        "shifts, and the network reads digits better with fewer weights.",
        "全結合層は、どの画素が隣り合うかを知らない。畳み込み層は小さな窓をどこでも同じ重みで見て、"
        "プーリング層は小さなずれを吸収する。そのため、より少ない重みで数字をより正確に認識できる。",
    ),
    equations=(
        (
            r"y_{i,j,o} = b_o + \sum_{u,v,c} x_{i+u,\,j+v,\,c} \, w_{u,v,c,o}",
            ("convolution", "畳み込み"),
        ),
        (r"y_{i,j,c} = \max_{0 \le u,v < 2} x_{2i+u,\,2j+v,\,c}", ("max pooling", "Maxプーリング")),
        (
            r"\frac{\partial L}{\partial w_{u,v,c,o}} = \sum_{n,i,j} x_{n,\,i+u,\,j+v,\,c} "
            r"\frac{\partial L}{\partial y_{n,i,j,o}}",
            ("gradient of the filter", "フィルターの勾配"),
        ),
    ),
    terms=(
        ("convolution", "畳み込み"),
        ("filter (kernel)", "フィルター（カーネル）"),
        ("padding", "パディング"),
        ("stride", "ストライド"),
        ("pooling", "プーリング"),
        ("feature map", "特徴マップ"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(3, 100), "full": Preset(12, 128)},
        baselines=lambda settings: run_mnist_baselines(),
    ),
)

if __name__ == "__main__":
    run_script(__file__)
