"""The optimizers without Keras: the textbook's rules, blocks, identity, denormals, bad input."""

import copy
import json
import math

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.optimizers import blocks
from reference_numpy.optimizers.optimizer import FLUSH_EVERY

CLASSES = [
    cls
    for name, cls in rn.optimizers.family.classes.items()
    if name not in ("LossScaleOptimizer", "MultiOptimizer", "OptimizerMap")
]


def draw(seed, shape, dtype="float64"):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


# The textbook's rules, one number at a time: w and a dictionary of state are given, w is returned.


def sgd(w, g, state, t):
    return w - 0.1 * g


def momentum(w, g, state, t):
    state["v"] = 0.9 * state.get("v", 0.0) - 0.1 * g
    return w + state["v"]


def nesterov(w, g, state, t):
    """The gradient that is given is the one at the point ahead, w + 0.9 v."""
    state["v"] = 0.9 * state.get("v", 0.0) - 0.1 * g
    return w + 0.9 * state["v"] - 0.1 * g


def adagrad(w, g, state, t):
    state["h"] = state.get("h", 0.1) + g * g
    return w - 0.1 * g / math.sqrt(state["h"] + 1e-7)


def rmsprop(w, g, state, t):
    state["h"] = 0.9 * state.get("h", 0.0) + 0.1 * g * g
    return w - 0.1 * g / math.sqrt(state["h"] + 1e-7)


def adam(w, g, state, t):
    """Algorithm 1 of the paper; its ε is the ε̂ of the code times √(1 − β₂ᵗ)."""
    state["m"] = 0.9 * state.get("m", 0.0) + 0.1 * g
    state["v"] = 0.999 * state.get("v", 0.0) + 0.001 * g * g
    m, v = state["m"] / (1 - 0.9**t), state["v"] / (1 - 0.999**t)
    return w - 0.1 * m / (math.sqrt(v) + 1e-7 / math.sqrt(1 - 0.999**t))


TEXTBOOK = {
    sgd: ("SGD", {}),
    momentum: ("SGD", {"momentum": 0.9}),
    nesterov: ("SGD", {"momentum": 0.9, "nesterov": True}),
    adagrad: ("Adagrad", {}),
    rmsprop: ("RMSprop", {}),
    adam: ("Adam", {}),
}


@pytest.fixture
def float64():
    rn.config.set_floatx("float64")
    yield
    rn.config.set_floatx("float32")


@pytest.mark.parametrize("rule", TEXTBOOK, ids=lambda rule: rule.__name__)
def test_steps_are_the_textbooks(float64, rule):
    name, arguments = TEXTBOOK[rule]
    optimizer = getattr(rn.optimizers, name)(learning_rate=0.1, **arguments)
    w = draw(0, (3, 4))
    book, states = w.copy(), [{} for _ in range(w.size)]
    for t in range(1, 31):
        g = draw(t, w.shape)
        optimizer.apply([g], [w])
        for place, state in enumerate(states):
            book.flat[place] = rule(book.flat[place], g.flat[place], state, t)
        np.testing.assert_allclose(w, book, rtol=1e-13, atol=1e-14)


def path_of(cls, weights, steps=8, **arguments):
    optimizer = cls(**arguments)
    for step in range(steps):
        optimizer.apply([draw(step, w.shape, w.dtype) for w in weights], weights)
    return weights, [variable.value for variable in optimizer.variables]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_blocks_change_nothing(monkeypatch, cls):
    monkeypatch.setattr(blocks, "SMALL", 0)
    whole = path_of(cls, [draw(0, (7, 9)), draw(1, (40,))], weight_decay=0.1)
    monkeypatch.setattr(blocks, "BLOCK", 5)
    for small in (0, 45):
        monkeypatch.setattr(blocks, "SMALL", small)
        parts = path_of(cls, [draw(0, (7, 9)), draw(1, (40,))], weight_decay=0.1)
        for one, other in zip(whole[0] + whole[1], parts[0] + parts[1], strict=True):
            np.testing.assert_array_equal(one, other)


def test_weights_are_cut_up_and_put_together(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 5)
    monkeypatch.setattr(blocks, "SMALL", 4)
    shapes = [(12,), (2, 2), (), (3,), (6,)]
    arrays = [np.zeros(shape) for shape in shapes]
    states = [np.zeros(shape) for shape in shapes]
    jobs = [
        blocks.Job(i, w, {"m": m}, 0.5 if i == 3 else 0.0)
        for i, (w, m) in enumerate(zip(arrays, states, strict=True))
    ]
    gradients = {i: np.full(w.shape, i) for i, w in enumerate(arrays)}
    sizes = []
    for block in blocks.in_blocks(jobs):
        g = block.gradient(gradients)
        block.w[...] = g + block.decay
        block.slots["m"][...] = -g
        block.finish()
        sizes.append(block.w.size)
    assert sizes == [5, 5, 2, 5, 1, 5, 3]
    for i, (w, m) in enumerate(zip(arrays, states, strict=True)):
        assert (w == i + (i == 3) / 2).all() and (m == -i).all()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_memory_layout_changes_nothing(cls):
    plain, plain_state = path_of(cls, [draw(0, (7, 9))])
    given = [np.asfortranarray(draw(0, (7, 9)))]
    assert not given[0].flags.c_contiguous
    turned, turned_state = path_of(cls, given)
    for one, other in zip(plain + plain_state, turned + turned_state, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_weight_without_axes_moves_as_one_of_a_single_entry(cls):
    scalar, single = path_of(cls, [draw(0, ())]), path_of(cls, [draw(0, (1,))])
    for one, other in zip(scalar[0] + scalar[1], single[0] + single[1], strict=True):
        np.testing.assert_array_equal(one, other.reshape(one.shape))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_weights_change_in_place_and_gradients_do_not(cls):
    w, g = draw(0, (3, 4)), draw(1, (3, 4))
    before, given = w.copy(), g.copy()
    for option in ({}, {"clipnorm": 0.1}, {"clipvalue": 0.1}, {"loss_scale_factor": 2.0}):
        optimizer = cls(use_ema=True, **option)
        optimizer.apply([g], [w])
        state = [variable.value for variable in optimizer.variables]
        optimizer.apply([g], [w])
        assert all(v.value is s for v, s in zip(optimizer.variables, state, strict=True))
    assert not np.array_equal(w, before)
    np.testing.assert_array_equal(g, given)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_no_gradient_moves_only_what_remembers(cls):
    """Zero gradients from the start: nothing moves, and nothing becomes NaN."""
    w = draw(0, (3, 4))
    before = w.copy()
    options = {"weight_decay": 0.0, "adam_weight_decay": 0.0} if cls.__name__ == "Muon" else {}
    optimizer = cls(**{"weight_decay": 0.0, **options})
    for _ in range(3):
        optimizer.apply([np.zeros((3, 4))], [w])
    # Ftrl finds its weights from its state alone, and so begins at 0.
    np.testing.assert_allclose(w, 0 * before if cls.__name__ == "Ftrl" else before, atol=1e-15)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_optimizer_goes_downhill(cls):
    """½ (w − 1)² summed, from 0: a bowl."""
    w = np.full((2, 6), 0.25)
    optimizer = cls(learning_rate=0.05)
    for _ in range(100):
        optimizer.apply([w - 1.0], [w])
    assert np.abs(w - 1).max() < 0.75


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_configs_make_the_same_optimizer(cls):
    optimizer = cls(learning_rate=0.25, clipnorm=2.0, ema_momentum=0.5, name="mine")
    config = json.loads(json.dumps(optimizer.get_config()))
    assert config["learning_rate"] == 0.25 and config["clipnorm"] == 2.0
    again = cls.from_config(config)
    assert again.get_config() == config
    assert isinstance(rn.optimizers.get({"class_name": cls.__name__, "config": config}), cls)
    assert isinstance(rn.optimizers.get(cls.__name__.upper()), cls)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_no_array_grows_to_float64(cls, dtype):
    weights, state = path_of(cls, [draw(0, (4, 5), dtype), draw(1, (3,), dtype)], clipnorm=1.0)
    assert {w.dtype.name for w in weights} == {dtype}
    assert "float64" not in {value.dtype.name for value in state}
    assert all(np.isfinite(w).all() for w in weights)


def test_denormals_are_flushed():
    """A gradient that dies lets Adam's m decay to numbers with which arithmetic is slow."""
    w = np.zeros(10, "float32")
    optimizer = rn.optimizers.Adam()
    optimizer.apply([np.full(10, 1e-3, "float32")], [w])
    tiny = np.finfo("float32").smallest_normal
    seen = set()
    for _ in range(FLUSH_EVERY * 28):
        optimizer.apply([np.zeros(10, "float32")], [w])
        m = optimizer.slots[0]["momentum"][0]
        if 0 < m < tiny:
            seen.add("denormal")
        elif m == 0:
            seen.add("flushed")
    assert seen == {"denormal", "flushed"}
    assert optimizer.slots[0]["momentum"].tolist() == [0.0] * 10


def test_some_of_the_weights_may_be_given_in_any_order():
    weights = [draw(0, (3,)), draw(1, (2, 2)), draw(2, (4,))]
    before = [w.copy() for w in weights]
    optimizer = rn.optimizers.SGD(learning_rate=0.5)
    optimizer.build(weights)
    optimizer.apply([np.ones((4,)), np.ones((3,))], [weights[2], weights[0]])
    np.testing.assert_array_equal(weights[0], before[0] - 0.5)
    np.testing.assert_array_equal(weights[1], before[1])
    np.testing.assert_array_equal(weights[2], before[2] - 0.5)


def test_a_copy_goes_its_own_way():
    weights = [draw(0, (3, 4))]
    optimizer = rn.optimizers.Adam(learning_rate=0.5)
    optimizer.exclude_from_weight_decay(var_list=weights)
    optimizer.apply([draw(1, (3, 4))], weights)
    state = [variable.value.copy() for variable in optimizer.variables]
    other, (w,) = copy.deepcopy((optimizer, weights))
    before = weights[0].copy()
    other.apply([draw(2, (3, 4))], [w])
    np.testing.assert_array_equal(weights[0], before)
    assert not np.array_equal(w, before)
    for variable, value in zip(optimizer.variables, state, strict=True):
        np.testing.assert_array_equal(variable.value, value)


def test_state_is_taken_over():
    def fresh():
        return [draw(0, (3, 4)), draw(1, (3,))]

    first, second = rn.optimizers.Nadam(), rn.optimizers.Nadam()
    weights = fresh()
    for step in range(4):
        first.apply([draw(step, w.shape) for w in weights], weights)
    resumed = [w.copy() for w in weights]
    second.build(resumed)
    second.set_weights([variable.value for variable in first.variables])
    for step in range(4, 8):
        for optimizer, arrays in ((first, weights), (second, resumed)):
            optimizer.apply([draw(step, w.shape) for w in arrays], arrays)
    for one, other in zip(weights, resumed, strict=True):
        np.testing.assert_array_equal(one, other)
    assert second.iterations == 8


def test_set_weights_refuses_and_changes_nothing():
    optimizer = rn.optimizers.Adam()
    with pytest.raises(ValueError, match="has not been built"):
        optimizer.set_weights([])
    optimizer.build([draw(0, (3, 4))], paths=["dense/kernel"])
    state = [variable.value.copy() for variable in optimizer.variables]
    with pytest.raises(ValueError, match="has 4 variables. Received: 3 arrays"):
        optimizer.set_weights(state[:3])
    with pytest.raises(ValueError, match=r"'dense_kernel_velocity'.*\(3, 4\).*\(4, 3\)"):
        optimizer.set_weights([state[0] + 1, state[1], state[2] + 1, state[3].T])
    for variable, value in zip(optimizer.variables, state, strict=True):
        np.testing.assert_array_equal(variable.value, value)


def test_learning_rate_is_set_and_kept_as_keras_keeps_it():
    optimizer = rn.optimizers.SGD(learning_rate=0.1)
    assert optimizer.learning_rate == float(np.float32(0.1))
    optimizer.learning_rate = 0.25
    assert optimizer.learning_rate == 0.25 and len(optimizer.variables) == 2
    optimizer.learning_rate = lambda: 0.5
    assert optimizer.learning_rate == 0.5
    assert [v.name for v in optimizer.variables] == ["iteration"]
    with pytest.raises(TypeError, match="not settable"):
        optimizer.learning_rate = 0.1


def test_schedules_count_every_call():
    schedule = rn.optimizers.schedules.PiecewiseConstantDecay([0, 1, 2], [1.0, 0.5, 0.25, 0.125])
    optimizer = rn.optimizers.SGD(learning_rate=schedule, gradient_accumulation_steps=2)
    w = np.zeros(1)
    for _ in range(2):
        optimizer.apply([np.ones(1)], [w])
    assert w[0] == -0.5 and optimizer.learning_rate == 0.25 and optimizer.iterations == 1


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("SGD", {"learning_rate": 1}, "`learning_rate` should be float"),
        ("SGD", {"learning_rate": "fast"}, "`learning_rate` should be float"),
        ("SGD", {"lr": 0.1}, "not recognized: {'lr': 0.1}"),
        ("SGD", {"momentum": 1}, "`momentum` must be a float between"),
        ("SGD", {"momentum": 1.5}, "`momentum` must be a float between"),
        ("Adam", {"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of `clipnorm`"),
        ("Adam", {"gradient_accumulation_steps": 1}, "must be an integer >= 2"),
        ("Adam", {"use_ema": True, "ema_momentum": 1.5}, "`ema_momentum` must be in the range"),
        ("Adam", {"use_ema": True, "ema_overwrite_frequency": -1}, "must be an integer >= 1"),
        ("AdamW", {"weight_decay": None}, "`weight_decay` must be a float"),
        ("Lion", {"beta_1": 0.0}, "`beta_1` must be in the"),
        ("Ftrl", {"learning_rate_power": 0.5}, "`learning_rate_power` needs to be negative"),
        ("Ftrl", {"l1_regularization_strength": -1.0}, "`l1_regularization_strength` needs to be"),
        ("Ftrl", {"initial_accumulator_value": -1.0}, "`initial_accumulator_value` needs to be"),
    ],
)
def test_bad_arguments_are_refused(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(rn.optimizers, name)(**arguments)


def test_bad_gradients_are_refused():
    weights = [draw(0, (3, 4)), draw(1, (3,))]
    optimizer = rn.optimizers.SGD()
    with pytest.raises(ValueError, match="without weights before it was built"):
        optimizer.apply([np.zeros((3, 4))])
    optimizer.build(weights, paths=["dense/kernel", "dense/bias"])
    with pytest.raises(ValueError, match=r"gradient of shape \(3,\) for 'dense/bias'"):
        optimizer.apply([np.zeros((3, 4)), np.zeros((4,))])
    with pytest.raises(ValueError, match="each of 2 weights. Received: 1 gradients"):
        optimizer.apply([np.zeros((3, 4))])
    with pytest.raises(ValueError, match="only change the arrays that it was built with"):
        optimizer.apply([np.zeros((3,))], [np.zeros((3,))])
    with pytest.raises(ValueError, match="No gradients provided"):
        optimizer.apply([None, None])
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        optimizer.apply([None, np.zeros(3)])
    optimizer.apply([])
    assert optimizer.iterations == 1
    with pytest.raises(ValueError, match="'ftrl' divides by the learning rate, which is 0"):
        rn.optimizers.Ftrl(0.0, name="ftrl").apply([np.ones(3)], [np.ones(3)])


@pytest.mark.parametrize("weight", [[1.0, 2.0], np.array([1, 2])], ids=["list", "integers"])
def test_weights_that_cannot_change_in_place_are_refused(weight):
    with pytest.raises(ValueError, match="changes floating NumPy arrays in place"):
        rn.optimizers.SGD().build([weight])


@pytest.mark.parametrize("identifier", ["sdg", 3, lambda: None, {"class_name": "Sdg"}])
def test_unknown_optimizers_are_refused(identifier):
    with pytest.raises(ValueError, match="Unknown optimizer|Could not interpret optimizer"):
        rn.optimizers.get(identifier)


def test_wrappers_refuse():
    sgd = rn.optimizers.SGD()
    with pytest.raises(ValueError, match="does not support `clipnorm`"):
        rn.optimizers.LossScaleOptimizer(sgd, clipnorm=1.0)
    assert rn.optimizers.LossScaleOptimizer(sgd, clipnorm=None, use_ema=False).learning_rate
    multi = rn.optimizers.MultiOptimizer(rn.optimizers.OptimizerMap(sgd))
    with pytest.raises(AttributeError, match="individual sub-optimizers"):
        multi.learning_rate = 0.1
    chosen = rn.optimizers.OptimizerMap(sgd, {"a.*": sgd})
    with pytest.raises(ValueError, match="already exists"):
        chosen["a.*"] = sgd
    with pytest.raises(ValueError, match="cannot be a MultiOptimizer"):
        chosen["b"] = multi
    with pytest.raises(ValueError, match="is not an Optimizer instance"):
        chosen["b"] = "sgd"
    chosen[".b"] = sgd
    with pytest.raises(ValueError, match="Multiple optimizers assigned to variable ab"):
        chosen["ab"]
