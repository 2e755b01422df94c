"""The table of optimizers, their arguments and what else is done to them."""

import json


def schedule(name, **config):
    """The config of a schedule."""
    return {"module": "keras.optimizers.schedules", "class_name": name, "config": config}


def constraint(name, **config):
    """The config of a constraint."""
    return {"module": "keras.constraints", "class_name": name, "config": config}


DECAY = schedule("ExponentialDecay", initial_learning_rate=0.125, decay_steps=8, decay_rate=0.25)

# Class, arguments of the optimizer, and what else is done to it.
CASES = [
    ("SGD", {}, {}),
    ("SGD", {"momentum": 0.9}, {}),
    ("SGD", {"momentum": 0.9, "nesterov": True}, {}),
    ("SGD", {"nesterov": True}, {}),
    ("RMSprop", {}, {}),
    ("RMSprop", {"rho": 0.8, "epsilon": 1e-3}, {}),
    ("RMSprop", {"momentum": 0.7}, {}),
    ("RMSprop", {"centered": True}, {}),
    ("RMSprop", {"momentum": 0.7, "centered": True}, {}),
    ("Adagrad", {}, {}),
    ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-3}, {}),
    ("Adam", {}, {}),
    ("Adam", {"beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-2}, {}),
    ("Adam", {"amsgrad": True, "beta_2": 0.5}, {}),
    ("AdamW", {}, {}),
    ("AdamW", {"weight_decay": 0.5, "amsgrad": True}, {}),
    ("Adadelta", {"learning_rate": 1.0}, {}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.5, "epsilon": 1e-3}, {}),
    ("Adamax", {}, {}),
    ("Adamax", {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-2}, {}),
    ("Adafactor", {"learning_rate": 0.25}, {}),
    ("Adafactor", {"learning_rate": 0.25, "relative_step": False, "clip_threshold": 0.25}, {}),
    (
        "Adafactor",
        {"learning_rate": 0.25, "beta_2_decay": -0.5, "epsilon_1": 1e-2, "epsilon_2": 1.5},
        {},
    ),
    ("Adafactor", {"learning_rate": DECAY}, {}),
    ("Nadam", {}, {}),
    ("Nadam", {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-2}, {}),
    ("Ftrl", {}, {}),
    ("Ftrl", {"l1_regularization_strength": 0.5, "l2_regularization_strength": 0.25}, {}),
    (
        "Ftrl",
        {
            "learning_rate": 0.5,
            "learning_rate_power": -0.25,
            "initial_accumulator_value": 0.5,
            "l2_shrinkage_regularization_strength": 0.125,
            "beta": 0.5,
        },
        {},
    ),
    ("Lion", {}, {}),
    ("Lion", {"beta_1": 0.5, "beta_2": 0.5}, {}),
    ("Lamb", {}, {}),
    ("Lamb", {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-2}, {}),
    ("Muon", {}, {}),
    ("Muon", {"nesterov": False, "ns_steps": 2, "momentum": 0.5, "rms_rate": None}, {}),
    ("Muon", {"exclude_layers": ["ker", "absent"], "adam_lr_ratio": 0.5}, {}),
    ("Muon", {"weight_decay": None, "adam_weight_decay": 0.5}, {}),
    ("Muon", {"weight_decay": 0.5, "muon_a": 1.5, "muon_b": -0.5, "muon_c": 0.0}, {}),
    ("ScheduleFreeAdamW", {"beta_1": 1.0}, {}),
    ("ScheduleFreeAdamW", {"beta_1": 1.0, "warmup_steps": 10, "epsilon": 1e-2}, {}),
]
# Every optimizer with the options that meet its own state and numbers.
CASES += [
    (name, {"gradient_accumulation_steps": 3, "use_ema": True, "weight_decay": 0.125}, {})
    for name in dict.fromkeys(name for name, _, _ in CASES)
    if name != "ScheduleFreeAdamW"
]
# The first case of every class. In float64 Keras's Muon does not run with a float32 learning rate.
DEFAULT_CASES = [
    next(case for case in CASES if case[0] == name)
    for name in dict.fromkeys(name for name, _, _ in CASES)
    if name != "Muon"
]

# What the base class does, with an optimizer of one array a weight and one of several.
BASES = [("SGD", {"momentum": 0.9}), ("Adam", {"amsgrad": True})]
OPTIONS = [
    ({"weight_decay": 0.1}, {}),
    ({"weight_decay": 0.1}, {"not_decayed_names": ["bias", "sca"]}),
    ({"weight_decay": 0.1}, {"not_decayed_list": ["kernel"]}),
    ({"clipnorm": 0.5}, {}),
    ({"clipnorm": 100.0}, {}),
    ({"clipvalue": 0.25}, {}),
    ({"global_clipnorm": 0.5}, {}),
    ({"global_clipnorm": 1000.0}, {}),
    ({"use_ema": True}, {}),
    ({"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 5}, {}),
    ({"loss_scale_factor": 8.0}, {}),
    ({"gradient_accumulation_steps": 3}, {}),
    ({"gradient_accumulation_steps": 5, "clipnorm": 0.5, "weight_decay": 0.01}, {}),
    (
        {"gradient_accumulation_steps": 3, "use_ema": True, "ema_overwrite_frequency": 2},
        {"constraint": constraint("MaxNorm", max_value=0.5, axis=None)},
    ),
    ({}, {"constraint": constraint("UnitNorm", axis=None)}),
    ({}, {"missing": "bias"}),
    ({"learning_rate": DECAY}, {}),
    ({"learning_rate": DECAY, "gradient_accumulation_steps": 2, "weight_decay": 0.1}, {}),
    ({}, {"learning_rates": [0.5, 0.25, 0.125]}),
]
CASES += [
    (name, {**arguments, **options}, also) for name, arguments in BASES for options, also in OPTIONS
]


def case_id(case):
    """The row's name in a test report."""
    name, arguments, also = case
    return f"{name}-{json.dumps({**arguments, **also})}"[:100]
