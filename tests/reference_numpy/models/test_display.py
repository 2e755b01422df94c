"""Models and trainings as a notebook shows them, and pictures of models."""

from xml.etree import ElementTree

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy import layers
from reference_numpy.models.diagram import diagram

SVG = "{http://www.w3.org/2000/svg}"


def branched():
    x = rn.Input((6, 6, 1), name="picture")
    y = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    y = layers.Add(name="a<b")([layers.ReLU()(y), y])
    return rn.Model(x, layers.Dense(3)(layers.Flatten()(y)))


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_notebook_shows_a_model_as_a_picture_with_shapes_and_parameters():
    picture = branched()._repr_html_()
    assert texts(picture)[:3] == ["InputLayer", "(None, 6, 6, 1)", None]
    assert texts(picture)[3:6] == ["Conv2D", "(None, 6, 6, 2)", "20 parameters"]
    paths = list(ElementTree.fromstring(picture).iter(f"{SVG}path"))
    assert len(paths) == 6  # with the one around ReLU


def test_a_notebook_shows_a_model_that_is_not_built_as_its_summary():
    shown = rn.Sequential([layers.Dense(2)], name="later")._repr_html_()
    assert shown.startswith("<pre>") and "later" in shown


def test_the_summary_of_a_model_that_is_only_evaluated():
    model, shown = branched(), []
    model.compile(None, "mse")
    model.summary(print_fn=shown.append)
    assert "Optimizer params" not in shown[0]


def test_the_summary_lists_operations_and_of_a_range_alone():
    x, shown = rn.Input((4,), name="x"), []
    h = layers.Dense(4, name="first")(x)
    model = rn.Model(x, layers.Dense(2, name="last")(h * 2 + x))
    model.summary(print_fn=shown.append)
    model.summary(print_fn=shown.append, layer_range=["fir", "add"])
    names = [[line.split()[1] for line in text.splitlines() if "None" in line] for text in shown]
    wanted = [part.name for part in model.operations]
    assert len(wanted) == 5 and names == [wanted, wanted[1:4]]
    assert f"{wanted[2]}[0][0], x[0][0]" in shown[0]
    model.summary(100, (0.7, 0.8, 0.9, 1), shown.append)
    assert shown[2].splitlines()[1].index("┳") == 70
    with pytest.raises(ValueError, match="No such layers: .*'first', 'multiply"):
        model.summary(layer_range=["first", "nowhere"])
    with pytest.raises(ValueError, match="two names of layers"):
        model.summary(layer_range=["first"])
    with pytest.raises(ValueError, match="where each of the columns ends: Layer"):
        model.summary(positions=(0.5, 1))


def test_a_nested_model_is_a_frame_around_its_layers():
    encoder = rn.Sequential([rn.Input((4,)), layers.Dense(3), layers.ReLU()], name="encoder")
    decoder = rn.Sequential([rn.Input((3,)), layers.Dense(4, activation="tanh")])
    deep = rn.Sequential([rn.Input((4,)), rn.Sequential([rn.Input((4,)), encoder]), decoder])
    flat, shown = (diagram(deep, expand_nested=expand) for expand in (False, True))
    assert [text for text in texts(flat) if text == "Sequential"] == ["Sequential"] * 2
    boxes = [text for text in texts(shown) if text in ("InputLayer", "Dense", "ReLU")]
    assert boxes == ["InputLayer", "Dense", "ReLU", "Dense"]
    titles = [text for text in texts(shown) if text and "Sequential" in text]
    assert titles == ["encoder (Sequential) in Sequential", "Sequential"]
    assert shown.count("stroke-dasharray") == 3 and shown.count("<path") == 3


def test_a_nested_model_that_is_shared_is_drawn_once():
    x, y = rn.Input((4,), name="x"), rn.Input((4,), name="y")
    inner = rn.Input((4,))
    dense = layers.Dense(3)(inner)
    two = rn.Model(inner, [dense, layers.ReLU()(dense)], name="two")
    model = rn.Model([x, y], layers.Concatenate()([two(x)[0], two(y)[1]]))
    shown = diagram(model, expand_nested=True)
    assert [text for text in texts(shown) if text in ("Dense", "ReLU")] == ["Dense", "ReLU"]
    # x and y feed the dense layer, which feeds ReLU, and both of these the concatenation
    assert shown.count("<path") == 5 and "two (Functional)" in texts(shown)


def test_plot_model_writes_a_picture_without_graphviz(tmp_path):
    shown = rn.utils.plot_model(branched(), tmp_path / "model.svg", show_layer_names=True)
    assert (tmp_path / "model.svg").read_text("utf-8") == shown == shown._repr_svg_()
    assert "a<b (Add)" in texts(shown) and "20 parameters" not in texts(shown)
    said = texts(rn.utils.plot_model(branched(), None, show_layer_activations=True))
    assert said == ["InputLayer", "Conv2D, tanh", "ReLU", "Add", "Flatten", "Dense"]
    with pytest.raises(ValueError, match=r"written as \.svg"):
        rn.utils.plot_model(branched(), tmp_path / "model.png")
    with pytest.raises(ValueError, match="is not built yet"):
        rn.utils.plot_model(rn.Sequential([layers.Dense(2)]), tmp_path / "none.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["model.svg"]


def test_gradients_have_the_names_of_their_weights():
    model = rn.Sequential([rn.Input((3,)), layers.Dense(2, name="a"), layers.Dense(1, name="b")])
    y, cache = model.forward(np.ones((4, 3)))
    _, grads = model.backward(np.ones_like(y), cache)
    named = model.by_name(grads)
    assert list(named) == ["a/kernel", "a/bias", "b/kernel", "b/bias"]
    assert named["b/bias"] is grads[3]


def trained(epochs, **options):
    model = rn.Sequential([rn.Input((3,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    x = np.ones((8, 3), "float32")
    return model.fit(x, x[:, :2], epochs=epochs, verbose=0, **options)


def test_a_notebook_shows_a_training_as_a_table():
    history = trained(3, validation_split=0.25, validation_freq=2)
    rows = ElementTree.fromstring(history._repr_html_())
    cells = [[cell.text or "" for cell in row] for row in rows]
    assert cells[0] == ["epoch", "loss", "val_loss"]
    assert [row[0] for row in cells[1:]] == ["1", "2", "3"]
    assert [bool(row[2]) for row in cells[1:]] == [False, True, False]
    assert repr(history).startswith("<History: 3 epochs, loss ")


def test_of_many_epochs_some_are_shown_the_first_and_the_last_among_them():
    rows = list(ElementTree.fromstring(trained(101)._repr_html_()))
    assert len(rows) == 21 and (rows[1][0].text, rows[-1][0].text) == ("1", "101")


def test_mlflow_is_told_of_settings_and_epochs():
    class Witness:
        params, metrics = {}, []

        def log_params(self, params):
            self.params |= params

        def log_metrics(self, metrics, step):
            self.metrics.append((step, metrics))

    witness = Witness()
    history = trained(2, callbacks=[rn.callbacks.MlflowCallback(witness)])
    assert witness.metrics == list(enumerate({"loss": v} for v in history.history["loss"]))
    assert witness.params["optimizer_learning_rate"] == np.float32(0.01)
    assert witness.params["epochs"] == 2
