"""Cases of the recurrent layers, their cells, and the wrappers over time."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

BOTH = (False, True)
# Gaps at the start, in the middle and at the end, and a sample of which nothing counts.
MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
X = (3, 5, 2)
ALL = {"return_sequences": True, "return_state": True}
DROPOUT = {"dropout": 0.4, "recurrent_dropout": 0.3}


def config(layer, **arguments):
    """Keras's config of a layer inside another, with a name that both halves then give it."""
    return {
        "module": "keras.layers",
        "class_name": layer,
        "config": {"name": "inner", **arguments},
        "registered_name": None,
    }


def other(kind, class_name, **arguments):
    """Keras's config of a regularizer, constraint or initializer."""
    return {
        "module": f"keras.{kind}",
        "class_name": class_name,
        "config": arguments,
        "registered_name": None,
    }


OPTIONS = {
    "kernel_initializer": "he_normal",
    "recurrent_initializer": "glorot_uniform",
    "bias_initializer": other("initializers", "Constant", value=0.3),
    "kernel_regularizer": other("regularizers", "L2", l2=0.02),
    "recurrent_regularizer": other("regularizers", "L1", l1=0.01),
    "bias_regularizer": other("regularizers", "L2", l2=0.01),
    "kernel_constraint": other("constraints", "UnitNorm", axis=0),
    "recurrent_constraint": other("constraints", "NonNeg"),
    "bias_constraint": other("constraints", "MaxNorm", max_value=2, axis=0),
}


def states(layer, batch=3, units=3):
    """Shapes of the states of a layer."""
    return [(batch, units)] * (2 if "LSTM" in layer else 1)


def of_layer(layer):
    """What SimpleRNN, LSTM and GRU have in common."""
    masked = {"mask": MASK}
    given = {"sequences": X, "initial_state": states(layer)}
    return [
        Case(layer, {"units": 3}, X, training=BOTH),
        Case(layer, {"units": 3, **ALL}, X),
        Case(layer, {"units": 3, "return_state": True}, given, label="initial state"),
        Case(layer, {"units": 3, **ALL}, given, masked, label="initial state, mask"),
        Case(layer, {"units": 3}, X, masked, label="mask"),
        Case(layer, {"units": 3, "zero_output_for_mask": True}, X, masked, label="zeros at last"),
        Case(
            layer,
            {"units": 3, "zero_output_for_mask": True, "return_sequences": True},
            given,
            masked,
            label="zeros for masked steps",
        ),
        Case(layer, {"units": 3, "go_backwards": True, **ALL}, given, masked, label="backwards"),
        Case(layer, {"units": 3, "go_backwards": True, "unroll": True}, X),
        Case(layer, {"units": 3, "unroll": True, **ALL}, X, masked, label="unroll, mask"),
        Case(layer, {"units": 3, "stateful": True}, given, label="stateful"),
        Case(layer, {"units": 3, "use_bias": False}, given, label="no bias"),
        Case(layer, {"units": 3, "activation": "relu"}, X, label="relu"),
        Case(layer, {"units": 3, "activation": "softmax", **ALL}, X, masked, label="softmax"),
        Case(layer, {"units": 1}, (1, 1, 1), label="one of everything"),
        Case(layer, {"units": 3, **OPTIONS}, X, label="initializers, penalties, projections"),
        Case(layer, {"units": 3, "trainable": False}, X),
        Case(layer, {"units": 3, "dropout": 0.4}, given, training=BOTH, label="dropout"),
        Case(layer, {"units": 3, "recurrent_dropout": 0.4}, X, training=BOTH),
        Case(layer, {"units": 3, **DROPOUT, **ALL}, X, masked, "both dropouts, mask", BOTH),
    ]


def of_cell(cell, first, **more):
    """What the cells have in common. SimpleRNNCell keeps dropout masks between calls in Keras."""
    inputs = {first: (4, 2), "states": states(cell, 4)}
    return [
        Case(cell, {"units": 3, **more}, inputs, training=BOTH, label=f"{more}"),
        Case(cell, {"units": 3, "use_bias": False, **OPTIONS, **more}, inputs, label=f"U {more}"),
        Case(cell, {"units": 3, "activation": "softplus", **more}, inputs, label=f"f {more}"),
    ]


GATED = [
    case
    for layer in ("LSTM", "GRU")
    for case in (
        Case(layer, {"units": 3, "recurrent_activation": "hard_sigmoid"}, X),
        Case(layer, {"units": 3, "activation": None, "recurrent_activation": "tanh"}, X),
        Case(layer, {"units": 3, "activity_regularizer": other("regularizers", "L2", l2=0.1)}, X),
    )
]

LSTM = [
    *of_layer("LSTM"),
    Case("LSTM", {"units": 3, "unit_forget_bias": False}, X),
    Case("LSTM", {"units": 70, **ALL}, (40, 6, 30), label="many units"),
]

GRU = [
    *of_layer("GRU"),
    *[
        Case(
            case.layer,
            {**case.arguments, "reset_after": False},
            case.inputs,
            case.call,
            f"reset before, {case.label or sorted(case.arguments)}",
            case.training,
        )
        for case in of_layer("GRU")
    ],
    Case("GRU", {"units": 70, **ALL}, (40, 6, 30), label="many units"),
]

CELLS = [
    *of_cell("SimpleRNNCell", "sequence"),
    *of_cell("LSTMCell", "inputs"),
    *of_cell("LSTMCell", "inputs", recurrent_activation="tanh", unit_forget_bias=False),
    *of_cell("GRUCell", "inputs"),
    *of_cell("GRUCell", "inputs", reset_after=False),
    Case(
        "StackedRNNCells",
        {"cells": [config("LSTMCell", units=3), config("GRUCell", units=2)]},
        {"inputs": (4, 2), "states": [[(4, 3), (4, 3)], [(4, 2)]]},
    ),
]

TWO_CELLS = [config("LSTMCell", units=3, **DROPOUT), config("GRUCell", units=2, dropout=0.3)]
STACK = config("StackedRNNCells", cells=TWO_CELLS)
RNN = [
    Case("RNN", {"cell": config("SimpleRNNCell", units=3)}, X, label="SimpleRNNCell"),
    Case(
        "RNN",
        {"cell": config("LSTMCell", units=3, **DROPOUT), **ALL},
        {"sequences": X, "initial_state": states("LSTM")},
        {"mask": MASK},
        "LSTMCell",
        BOTH,
    ),
    Case(
        "RNN",
        {"cell": config("GRUCell", units=3), "go_backwards": True, **ALL},
        X,
        {"mask": MASK},
        label="GRUCell",
    ),
    Case("RNN", {"cell": STACK, **ALL}, X, {"mask": MASK}, "stack", BOTH),
    Case(
        "RNN",
        {"cell": STACK, "return_state": True, "stateful": True},
        {"sequences": X, "initial_state": [[(3, 3), (3, 3)], [(3, 2)]]},
        label="stack, initial state",
    ),
    Case(
        "RNN",
        {"cell": STACK, "return_sequences": True, "zero_output_for_mask": True},
        X,
        {"mask": MASK},
        label="stack, zeros for masked steps",
    ),
    Case(
        "RNN",
        {"cell": config("LSTMCell", units=3), "activity_regularizer": "l2"},
        X,
        label="penalty on the output",
    ),
]


def bidirectional(layer, merge_mode="concat", label="", inputs=X, call=None, backward=None, **more):
    """A case of two layers, one of which goes backwards."""
    arguments = {"layer": config(layer, units=3, **more), "merge_mode": merge_mode}
    if backward is not None:
        arguments["backward_layer"] = backward
    training = BOTH if "dropout" in more else (False,)
    label = f"{layer} {merge_mode} {label or sorted(more)}"
    return Case("Bidirectional", arguments, inputs, call or {}, label, training)


BIDIRECTIONAL = [
    *[
        bidirectional("LSTM", merge_mode, **options)
        for merge_mode in ("concat", "sum", "ave", "mul", None)
        for options in ({}, {"return_sequences": True}, ALL)
    ],
    bidirectional("GRU", "mul", return_sequences=True, call={"mask": MASK}, label="mask"),
    bidirectional("SimpleRNN", call={"mask": MASK}, label="mask at last"),
    bidirectional(
        "LSTM",
        go_backwards=True,
        return_sequences=True,
        backward=config("LSTM", units=3, return_sequences=True),
    ),
    bidirectional("LSTM", **DROPOUT, return_sequences=True),
    bidirectional(
        "LSTM",
        None,
        inputs={"sequences": X, "initial_state": states("LSTM") * 2},
        call={"mask": MASK},
        label="initial state",
        **ALL,
    ),
    bidirectional(
        "GRU",
        "sum",
        backward=config("LSTM", units=3, go_backwards=True, activation="relu"),
        label="another backward layer",
    ),
    Case(
        "Bidirectional",
        {"layer": config("RNN", cell=config("GRUCell", units=2), return_sequences=True)},
        X,
        {"mask": MASK},
        label="RNN",
    ),
]

TIME_DISTRIBUTED = [
    Case("TimeDistributed", {"layer": config("Dense", units=4, activation="tanh")}, X),
    Case("TimeDistributed", {"layer": config("Dense", units=4)}, (2, 3, 2, 2), label="more axes"),
    Case("TimeDistributed", {"layer": config("Dense", units=4)}, X, {"mask": MASK}, "mask"),
    Case("TimeDistributed", {"layer": config("Dropout", rate=0.5)}, X, label="D", training=BOTH),
    Case(
        "TimeDistributed",
        {"layer": config("BatchNormalization")},
        (4, 3, 2),
        label="moving statistics",
        training=BOTH,
    ),
    Case(
        "TimeDistributed",
        {"layer": config("Conv2D", filters=2, kernel_size=2, padding="same")},
        (2, 3, 4, 3, 2),
        label="Conv2D",
    ),
    Case(
        "TimeDistributed",
        {"layer": config("LSTM", units=2, return_sequences=True)},
        (2, 3, 5, 2),
        {"mask": MASK[:2, :3, None] & MASK[:2, None, :]},
        label="LSTM, mask",
    ),
]


def conv_lstm(rank, inputs, label="", call=None, training=(False,), **more):
    """A case of a convolutional LSTM."""
    arguments = {"filters": 2, "kernel_size": 2, **more}
    return Case(f"ConvLSTM{rank}D", arguments, inputs, call or {}, label, training)


FIRST = {"data_format": "channels_first"}
CONV_LSTM = [
    conv_lstm(1, (3, 3, 5, 2), training=BOTH),
    conv_lstm(1, (3, 5, 4, 2), "mask", {"mask": MASK}, kernel_size=3, padding="same", **ALL),
    conv_lstm(1, (2, 3, 7, 2), strides=2),
    conv_lstm(1, (2, 3, 7, 2), kernel_size=3, dilation_rate=2, padding="same"),
    conv_lstm(1, (2, 3, 2, 6), return_state=True, **FIRST),
    conv_lstm(1, (2, 3, 6, 2), activation="relu", recurrent_activation="hard_sigmoid"),
    conv_lstm(1, (2, 3, 6, 2), "dropout", training=BOTH, **DROPOUT),
    conv_lstm(1, (2, 3, 2, 6), "dropout, channels first", training=BOTH, **DROPOUT, **FIRST),
    conv_lstm(1, (2, 3, 6, 2), use_bias=False),
    conv_lstm(1, (2, 3, 6, 2), unit_forget_bias=False, go_backwards=True, return_sequences=True),
    conv_lstm(1, (2, 3, 6, 2), "options", **OPTIONS),
    conv_lstm(
        1,
        {"sequences": (2, 3, 5, 2), "initial_state": [(2, 4, 2), (2, 4, 2)]},
        "initial state",
        stateful=True,
        **ALL,
    ),
    conv_lstm(2, (2, 3, 5, 4, 2), **ALL),
    conv_lstm(2, (2, 2, 5, 6, 1), kernel_size=[3, 2], strides=[2, 1], padding="same"),
    conv_lstm(2, (2, 3, 2, 4, 3), "first, mask", {"mask": MASK[:2, :3]}, **FIRST, **ALL),
    conv_lstm(3, (2, 2, 3, 4, 3, 2), kernel_size=[2, 3, 2]),
    conv_lstm(3, (2, 2, 2, 3, 3, 3), padding="same", **FIRST),
]

CASES = [
    *of_layer("SimpleRNN"),
    *LSTM,
    *GRU,
    *GATED,
    *CELLS,
    *RNN,
    *BIDIRECTIONAL,
    *TIME_DISTRIBUTED,
    *CONV_LSTM,
]
