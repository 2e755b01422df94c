"""The networks of a concept as pictures: the layers of its NumPy half."""

from dataclasses import dataclass

from markupsafe import Markup

from comparisons.harness import catalogue
from comparisons.harness.bilingual import Words
from comparisons.harness.concept import Task
from comparisons.harness.given import by_name
from comparisons.harness.report.charts import variant_name
from comparisons.harness.report.language import fill, pair
from reference_numpy.models.diagram import diagram


@dataclass(frozen=True)
class Network:
    """A network, which several variants may have in common.

    Args:
        drawing: SVG, in no language.
        depth: number of layers.
        models: the names of those models of the concept that it is, and the variants of each;
            none where it is all of them.
    """

    drawing: Markup
    depth: int
    models: list[Words]


def networks(name: str, task: Task) -> list[Network]:
    """Every network that the task trains, once."""
    build = getattr(catalogue.reference_half(name), task.build)
    found: dict[str, dict[str, list[str]]] = {}
    depths = {}
    for variant, arguments in task.variants.items():
        for part, model in by_name(build(**arguments)).items():
            drawn = diagram(
                model, show_layer_activations=True, expand_nested=True, parameters="{:,}"
            )
            found.setdefault(drawn, {}).setdefault(part, []).append(variant)
            depths[drawn] = len(model.layers)
    return [
        Network(
            Markup(drawn),
            depths[drawn],
            [
                words
                for part, variants in parts.items()
                if any(words := _model(part, variants, task))
            ],
        )
        for drawn, parts in found.items()
    ]


def _model(part: str, variants: list[str], task: Task) -> Words:
    """What a model is called: by its own name, and by its variants where others have others."""
    own = f"`{part}`" if part else ""
    if len(variants) == len(task.variants):
        return pair(own)
    english, japanese = zip(*(variant_name(task, variant) for variant in variants))
    variants = "; ".join(english), "；".join(japanese)
    return (
        fill(("{own}: {variants}", "{own}：{variants}"), own=own, variants=variants)
        if own
        else variants
    )
