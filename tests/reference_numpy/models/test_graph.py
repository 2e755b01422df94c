"""Models as functions: backward against calculus for graphs of every form, masks, frozen parts."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.proof.layer_checks import Reference
from reference_numpy.layers import penalties
from reference_numpy.operations import elementwise, reductions

L = rn.layers


def draw(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def assert_calculus(model, inputs, of="gradient"):
    """Backward agrees with calculus; `of` is how the names of what is looked at begin."""
    records = Reference(model, inputs).calculus(model.name)
    records = [record for record in records if record.where.startswith(of)]
    assert records
    for record in records:
        assert record.passed, str(record)


def test_fan_out_sums_gradients():
    x = rn.Input((4,))
    a = L.Dense(4, activation="tanh")(x)
    b = L.Dense(4, activation="sigmoid")(a)
    c = L.Dense(3, activation="tanh")(b)
    model = rn.Model(x, [c, b, a, L.Add()([a, b, a])])
    assert_calculus(model, draw(5, 4))


def test_a_shared_layer_has_a_cache_for_each_call():
    u, v = rn.Input((4,), name="u"), rn.Input((4,), name="v")
    shared = L.Dense(4, activation="tanh")
    deep = shared(shared(u))  # three calls in all, two of them one after the other
    model = rn.Model([u, v], L.Concatenate()([deep, shared(v)]))
    assert len(model.weights) == 2
    assert_calculus(model, [draw(5, 4), draw(5, 4, seed=1)])


def test_a_nested_model_called_twice():
    inner_input = rn.Input((3,))
    hidden = L.Dense(2, activation="tanh")(inner_input)
    inner = rn.Model(inner_input, {"hidden": hidden, "same": inner_input})
    u, v = rn.Input((4,), name="u"), rn.Input((3,), name="v")
    first, second = inner(L.Dense(3, activation="tanh")(u)), inner(v)
    outputs = {"p": first["hidden"], "q": [second["hidden"], second["same"]]}
    model = rn.Model({"u": u, "v": v}, outputs)
    assert_calculus(model, {"u": draw(5, 4), "v": draw(5, 3, seed=1)})


def test_nested_sequential_models():
    model = rn.Sequential([rn.Sequential([L.Dense(3, activation="tanh")]), L.Dense(2)])
    model.build((None, 4))
    assert_calculus(model, draw(5, 4))


def test_a_layer_with_several_outputs_of_which_one_is_used():
    x = rn.Input((5, 3))
    _, _, cell_state = L.LSTM(2, return_state=True)(x)
    assert_calculus(rn.Model(x, cell_state), draw(4, 5, 3))


def test_self_attention_sums_over_query_and_value():
    x = rn.Input((5, 4))
    y = L.MultiHeadAttention(2, 3)(x, x)
    assert_calculus(rn.Model(x, L.Add()([x, y])), draw(3, 5, 4))


def test_operators_on_symbolic_tensors():
    x, y = rn.Input((4, 3)), rn.Input((3,))
    z = (2 * x - 1) * y[:, None] / (1 + y[:, None] ** 2) + (-x)[:, ::2][:, :1]
    model = rn.Model([x, y], [z, abs(x) @ L.Permute((2, 1))(x)])
    a, b = draw(2, 4, 3), draw(2, 3, seed=1)
    z = (2 * a - 1) * b[:, None] / (1 + b[:, None] ** 2) - a[:, ::2][:, :1]
    np.testing.assert_allclose(model([a, b])[0], z, rtol=1e-14)
    assert model.output_shape == [(None, 4, 3), (None, 4, 4)]
    assert_calculus(model, [a, b])


def test_operators_without_gradients_on_symbolic_tensors():
    x = rn.Input((4, 1), dtype="float64")
    outputs = [x // 2, 7 % x, round(x, 1), (x > 0) & ~(x >= 1), (x < 0) | (x != 2), (x <= 1) ^ True]
    model = rn.Model(x, [*outputs, x.squeeze(-1).reshape((-1, 2))])
    a = draw(2, 4, 1)
    wanted = [a // 2, 7 % a, a.round(1), (a > 0) & (a < 1), (a < 0) | (a != 2), a > 1]
    for y, z in zip(model(a), [*wanted, a.reshape(-1, 2)], strict=True):
        np.testing.assert_array_equal(y, z)
    assert x == x and x in [x] and len({x, outputs[0]}) == 2  # equality is identity, as in Keras
    with pytest.raises(TypeError, match="cannot be used as a boolean"):
        assert 0 < x < 1


def test_a_sub_model_between_inner_tensors():
    x = rn.Input((4,))
    a = L.Dense(4, activation="tanh")(x)
    b = L.Dense(3)(a)
    whole, head = rn.Model(x, b), rn.Model(a, b)
    inputs = draw(5, 4)
    np.testing.assert_array_equal(head(whole.layers[1](inputs)), whole(inputs))
    assert head.weights[0] is whole.weights[2]
    assert_calculus(head, inputs)


def test_inputs_that_no_output_needs():
    x, unused = rn.Input((3,), name="x"), rn.Input((2,), name="unused")
    model = rn.Model([x, unused], L.Dense(2)(x))
    y, cache = model.forward([draw(4, 3), draw(4, 2)])
    dx, _ = model.backward(np.ones_like(y), cache)
    assert dx[0].shape == (4, 3) and dx[1] is None


@pytest.mark.parametrize(
    "give", [lambda u, v: [u, v], lambda u, v: (u, v), lambda u, v: {"v": v, "u": u}]
)
def test_inputs_as_list_tuple_or_names(give):
    u, v = rn.Input((4,), name="u"), rn.Input((3,), name="v")
    model = rn.Model([u, v], L.Dense(2)(u) + L.Dense(2)(v))
    a, b = draw(5, 4), draw(5, 3)
    inputs = give(a, b)
    y, cache = model.forward(inputs)
    np.testing.assert_array_equal(y, model([a, b]))
    dx, _ = model.backward(np.ones_like(y), cache)
    assert type(dx) is type(inputs)
    if isinstance(dx, dict):
        assert {name: slope.shape for name, slope in dx.items()} == {"u": (5, 4), "v": (5, 3)}


def test_a_last_axis_of_size_one_is_added_or_dropped():
    model = rn.Sequential([rn.Input((1,)), L.Dense(2)])
    y, cache = model.forward(np.ones(3))
    assert y.shape == (3, 2)
    assert model.backward(np.ones_like(y), cache)[0].shape == (3,)
    flat = rn.Model(x := rn.Input(()), x * 2.0)
    assert flat(np.ones((3, 1))).shape == (3,)


def test_gradients_that_nobody_asks_for_are_not_computed():
    model = rn.Sequential([rn.Input((4,)), L.Dense(3), L.Dense(2)])
    y, cache = model.forward(draw(5, 4))
    dx, grads = model.backward(np.ones_like(y), cache, input_gradient=False)
    assert dx is None
    _, with_dx = model.backward(np.ones_like(y), cache)
    for a, b in zip(grads, with_dx, strict=True):
        np.testing.assert_array_equal(a, b)


def test_backward_stops_at_frozen_layers():
    frozen = L.Dense(3, activation="tanh")
    model = rn.Sequential([rn.Input((4,)), frozen, L.Dense(2)])
    frozen.trainable = False
    y, cache = model.forward(draw(5, 4))
    frozen.backward = None  # calling it would fail
    _, grads = model.backward(np.ones_like(y), cache, input_gradient=False)
    assert [grad.shape for grad in grads] == [(3, 2), (2,)]
    assert [w.shape for w in model.trainable_weights] == [(3, 2), (2,)]
    assert [w.shape for w in model.non_trainable_weights] == [(4, 3), (3,)]


def test_gradients_pass_through_frozen_layers():
    first, frozen = L.Dense(3, activation="tanh"), L.Dense(2)
    model = rn.Sequential([rn.Input((4,)), first, frozen])
    frozen.trainable = False
    assert_calculus(model, draw(5, 4))


def test_a_frozen_model_has_no_gradients():
    model = rn.Sequential([rn.Input((4,)), L.Dense(3)])
    model.trainable = False
    y, cache = model.forward(draw(5, 4))
    dx, grads = model.backward(np.ones_like(y), cache)
    assert grads == [] and dx.shape == (5, 4) and model.trainable_weights == []


def test_weights_without_a_way_to_the_loss_have_gradient_zero():
    x = rn.Input((4,))
    model = rn.Model(x, [L.Dense(3)(x), L.Dense(2)(x)])
    (y, _), cache = model.forward(draw(5, 4))
    _, grads = model.backward([np.ones_like(y), None], cache)
    assert np.any(grads[0]) and not np.any(grads[2]) and grads[2].shape == (4, 2)


def test_masks_travel_to_the_layers_that_take_them():
    tokens = np.array([[3, 1, 0, 0], [2, 2, 2, 0]])
    x = rn.Input((None,), dtype="int32")
    embedded = L.Embedding(5, 3, mask_zero=True)(x)
    last = L.LSTM(2)(L.Dense(3)(embedded))
    model = rn.Model(x, [last, L.GlobalAveragePooling1D()(embedded)])
    short = model(tokens[:1, :2])
    whole = model(tokens)
    for a, b in zip(short, whole, strict=True):
        # Products of other sizes may be summed in another order.
        np.testing.assert_allclose(a[0], b[0], rtol=1e-12)
    assert_calculus(model, tokens)


def test_masks_leave_with_the_outputs_and_enter_nested_models():
    x = rn.Input((4, 2))
    inner = rn.Sequential([rn.Input((4, 2)), L.Dense(3), L.LSTM(2, return_sequences=True)])
    model = rn.Model(x, inner(L.Masking()(x)))
    inputs = draw(2, 4, 2)
    inputs[0, 2:] = 0
    _, cache = model.forward(inputs)
    np.testing.assert_array_equal(cache.output_masks[0], [[1, 1, 0, 0], [1, 1, 1, 1]])
    direct, _ = inner.forward(L.Masking()(inputs), mask=cache.output_masks[0])
    np.testing.assert_array_equal(direct, model(inputs))
    assert np.abs(direct - inner(L.Masking()(inputs))).max() > 1e-3  # the mask matters
    # A step of calculus along the inputs would unmask those that are 0.
    assert_calculus(model, inputs, of="gradient of weight")


def test_training_is_handed_to_every_layer():
    x = rn.Input((50,))
    inner = rn.Sequential([rn.Input((50,)), L.Dropout(0.5)])
    model = rn.Model(x, inner(x))
    ones = np.ones((2, 50))
    assert (model.forward(ones, training=True)[0] == 0).any()
    assert (model.forward(ones, training=False)[0] == 1).all()
    assert (model(ones) == 1).all()


def test_training_of_a_call_holds_unless_the_model_says_otherwise():
    """As in Keras, where an explicit `training` of the model goes before that of the call."""
    x = rn.Input((50,))
    model = rn.Model(x, L.Dropout(0.5)(x, training=True))
    ones = np.ones((2, 50))
    assert (model(ones) == 0).any()
    assert (model.forward(ones, training=False)[0] == 1).all()


def assert_penalties(model, inputs, expected):
    """The penalties are as expected, and their gradients agree with two-point differences."""
    start = model.get_weights()

    def penalty(weights):
        model.set_weights(weights)
        with penalties.collected() as total:
            model.forward(inputs)
        return total.value

    _, cache = model.forward(inputs)
    np.testing.assert_allclose(penalty(start), expected, rtol=1e-12)
    with penalties.weighed(1.0):
        _, grads = model.backward(None, cache)
    for index, grad in enumerate(grads):
        for place in np.ndindex(grad.shape):
            moved = [[w.copy() for w in start] for _ in range(2)]
            moved[0][index][place] += 1e-6
            moved[1][index][place] -= 1e-6
            slope = (penalty(moved[0]) - penalty(moved[1])) / 2e-6
            np.testing.assert_allclose(grad[place], slope, rtol=1e-6, atol=1e-9)
    _, grads = model.backward(None, cache)
    assert not any(grad.any() for grad in grads)


def test_activity_penalties_are_counted_and_their_gradients_added():
    x = rn.Input((4,))
    regular = L.Dense(3, activity_regularizer=rn.regularizers.L2(0.3))
    inner_input = rn.Input((3,))
    inner = rn.Model(inner_input, L.Dense(2, activity_regularizer="l2")(inner_input))
    model = rn.Model(x, inner(regular(x)))
    inputs = draw(5, 4)
    y, h = model(inputs), regular(inputs)
    assert_penalties(model, inputs, 0.3 * (h**2).sum() / 5 + 0.01 * (y**2).sum() / 5)


def test_activity_penalties_within_layers_count():
    x = rn.Input((3, 4))
    dense = L.Dense(2, activity_regularizer="l2")
    model = rn.Model(x, L.TimeDistributed(rn.Sequential([dense]))(x))
    inputs = draw(5, 3, 4)
    assert_penalties(model, inputs, 0.01 * (dense(inputs) ** 2).sum() / 5)


def test_activity_penalties_of_a_recurrent_cell_count_at_each_step():
    x = rn.Input((3, 4))
    cell = L.LSTMCell(2, activity_regularizer="l2")
    model = rn.Model(x, L.RNN(cell, return_sequences=True)(x))
    inputs, states, expected = draw(5, 3, 4), cell.get_initial_state(5), 0.0
    for t in range(3):
        h, states = cell(inputs[:, t], states)
        expected += 0.01 * ((h**2).sum() + sum((s**2).sum() for s in states)) / 5
    assert_penalties(model, inputs, expected)


def test_activity_penalties_are_on_the_output_of_a_layer_as_a_whole():
    """These layers call what they inherit, whose output is not theirs."""
    x = rn.Input((4, 4, 2))
    layer = L.UpSampling2D(3, activity_regularizer="l2")
    model = rn.Model(x, layer(L.Conv2D(2, 1)(x)))
    inputs = draw(3, 4, 4, 2)
    assert_penalties(model, inputs, 0.01 * (model(inputs) ** 2).sum() / 3)


def test_keeps_float32():
    rn.config.set_floatx("float32")
    x = rn.Input((4, 4, 1))
    y = L.Conv2D(2, 3, activation="gelu")(x)
    y = L.BatchNormalization()(y)
    model = rn.Model(x, L.Dense(2, activation="softmax")(L.Flatten()(y * 2.0 + 1)))
    inputs = draw(3, 4, 4, 1)  # float64
    outputs, cache = model.forward(inputs, training=True)
    dx, grads = model.backward(np.ones_like(outputs), cache)
    assert {a.dtype for a in (outputs, dx, *grads)} == {np.dtype("float32")}


def test_layers_are_in_keras_order():
    a, b = rn.Input((2,), name="a"), rn.Input((2,), name="b")
    left = L.Dense(2, name="left")(a)
    right = L.Dense(2, name="right")(L.Dense(2, name="deep")(b))
    model = rn.Model([a, b], L.Add(name="sum")([left, right]))
    assert [layer.name for layer in model.layers] == ["b", "a", "deep", "left", "right", "sum"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rn.Model(rn.Input((3,)), L.Dense(2)(rn.Input((3,)))), "Graph disconnected"),
        (lambda: rn.Model(rn.Input((3,)), np.ones(3)), "tensors.*: a value of type ndarray$"),
        (lambda: rn.Model([], rn.Input((3,))), "must be symbolic tensors.*: none$"),
        (lambda: rn.Model(x := rn.Input((3,)), [d("a")(x), d("a")(x)]), 'The name "a" is used 2'),
        (lambda: rn.Sequential([3]), "Only layers can be added"),
        (lambda: rn.Sequential([d("a"), d("a")]), "should have unique names"),
        (lambda: rn.Sequential([rn.Input((2,)), rn.Input((2,))]), "cannot add an Input"),
        (lambda: rn.Sequential([]).build((None, 2)), "has no layers"),
        (lambda: rn.Input(), "must pass a `shape`"),
        (lambda: rn.Input((2.5,)), "is a tuple of sizes"),
    ],
)
def test_what_is_no_model(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def d(name):
    return L.Dense(2, name=name)


def test_inputs_that_do_not_fit():
    u, v = rn.Input((4,), name="u"), rn.Input((3,), name="v")
    model = rn.Model([u, v], L.Add()([L.Dense(2)(u), L.Dense(2)(v)]))
    with pytest.raises(ValueError, match=r"structure of `inputs`.*\['u', 'v'\].*\[\(5, 4\)\]"):
        model([draw(5, 4)])
    with pytest.raises(ValueError, match="structure of `inputs`"):
        model({"u": draw(5, 4)})
    with pytest.raises(ValueError, match=r"'v'.*Expected shape \(None, 3\).*\(5, 2\)"):
        model([draw(5, 4), draw(5, 2)])
    with pytest.raises(ValueError, match="'v' of model .* is not optional"):
        model([draw(5, 4), None])
    with pytest.raises(ValueError, match="takes numbers of the dtype float64"):
        model([draw(5, 4), np.full((5, 3), "a")])


def test_equal_extrema_share_the_gradient_and_bounds_pass_it_on():
    x = np.array([[1.0, 3.0, 3.0], [0.0, 2.0, -1.0]])
    for operation, dy, expected in (
        (reductions.Max(axis=1), [2.0, 4.0], [[0, 1, 1], [0, 4, 0]]),
        (reductions.Min(axis=(0, 1)), 2.0, [[0, 0, 0], [0, 0, 2]]),
        (elementwise.Clip(0.0, 2.0), np.ones((2, 3)), [[1, 0, 0], [1, 1, 0]]),
    ):
        _, cache = operation.forward(x)
        dx, _ = operation.backward(np.asarray(dy), cache)
        np.testing.assert_array_equal(dx, expected)
