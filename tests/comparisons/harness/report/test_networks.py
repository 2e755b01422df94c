"""The networks on a page: each once, under the names of what is built so."""

from types import SimpleNamespace

import reference_numpy as rn
from comparisons.harness import catalogue
from comparisons.harness.concept import Task
from comparisons.harness.report.networks import networks


def shown(name):
    return networks(name, catalogue.load(name).task)


def test_variants_of_the_same_layers_share_a_drawing():
    with_skips, without = shown("segmentation")
    assert with_skips.models == [
        ("U-Net, Dice; U-Net, cross-entropy", "U-Net、Dice損失；U-Net、交差エントロピー誤差")
    ]
    assert without.models[0][0] == "without skips, Dice"
    assert "Concatenate" in with_skips.drawing and "Concatenate" not in without.drawing
    assert "Conv2D, softmax" in without.drawing and "(None, 28, 28, 11)" in without.drawing
    assert with_skips.depth == 23 and "parameters" not in with_skips.drawing


def test_a_network_of_all_variants_needs_no_name():
    (network,) = shown("optimizers")
    assert network.models == []


def test_models_of_one_loop_are_named():
    assert [network.models for network in shown("gan")] == [
        [("`generator`",) * 2],
        [("`discriminator`",) * 2],
    ]
    (both,) = shown("dqn_cartpole")
    assert both.models == [("`online`",) * 2, ("`target`",) * 2]


def test_models_that_differ_between_variants_are_named_with_them(monkeypatch):
    def build_model(units):
        def dense(units):
            return rn.Sequential([rn.Input((2,)), rn.layers.Dense(units)])

        return {"encoder": dense(units), "decoder": dense(9)}

    half = SimpleNamespace(build_model=build_model)
    monkeypatch.setattr(catalogue, "reference_half", lambda name: half)
    variants = {"narrow": {"units": 1}, "wide": {"units": 2}}
    task = Task(None, {}, variants=variants, variants_ja={"wide": "広い"})
    narrow, common, wide = networks("any", task)
    assert narrow.models == [("`encoder`: narrow", "`encoder`：narrow")]
    assert wide.models == [("`encoder`: wide", "`encoder`：広い")]
    assert common.models == [("`decoder`",) * 2]
