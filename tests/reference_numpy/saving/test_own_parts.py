"""Parts of somebody's own in files: registered they are read again, else nothing is written."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy import serialization
from reference_numpy.saving import ModelFileError
from tests.reference_numpy.saving.files import change_config, make_model

GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.standard_normal((8, 4)), GENERATOR.standard_normal((8, 2))


@rn.register("tests")
class Scale(rn.layers.Layer):
    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), name="scale")
        self.scale[...] = self.start

    def forward(self, x, training=False):
        return x * self.scale, x

    def backward(self, dy, x):
        return dy * self.scale, [(dy * x).sum(0)]


@rn.register("tests")
class Wider(rn.layers.Dense):
    pass


@rn.register("tests")
class Cube(rn.activations.ActivationFunction):
    def __init__(self, factor=1.0):
        self.factor = factor

    def forward(self, x):
        return self.factor * x**3, x

    def backward(self, dy, x):
        return 3 * self.factor * dy * x**2


@rn.register("tests", name="quartic")
class QuarticLoss(rn.losses.Loss):
    def forward(self, y_true, y_pred):
        d = y_pred - y_true
        return (d**4).mean(-1), d

    def backward(self, dvalues, d):
        return dvalues[..., None] * 4 * d**3 / d.shape[-1]


@rn.register("tests")
class Largest(rn.metrics.Metric):
    def __init__(self, name="largest", dtype=None):
        super().__init__(name, dtype)
        self.value = self.add_variable()

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value[...] = max(float(self.value), np.abs(y_true - y_pred).max())

    def result(self):
        return float(self.value)


@rn.register("tests")
def spread(y_true, y_pred):
    return np.abs(y_true - y_pred).max(-1)


@rn.register("tests")
class Halving(rn.optimizers.schedules.LearningRateSchedule):
    def __init__(self, start):
        self.start = start

    def __call__(self, step):
        return self.start / (1 + step)

    def get_config(self):
        return {"start": self.start}


@rn.register("tests")
class Ramp(rn.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return np.linspace(-1, 1, int(np.prod(shape)), dtype=dtype).reshape(shape)


@rn.register("tests")
class Small(rn.regularizers.Regularizer):
    def __call__(self, w):
        return 0.1 * (w**4).sum()

    def gradient(self, w):
        return 0.4 * w**3


def own_everything():
    x = rn.Input((4,))
    h = Wider(3, activation=Cube(0.5), kernel_initializer=Ramp(), kernel_regularizer=Small())(x)
    inner = rn.Sequential([rn.Input((3,)), Scale(2.0), rn.layers.Dense(3, activation="tanh")])
    model = rn.Model(x, rn.layers.Dense(2)(inner(h)))
    model.compile(rn.optimizers.SGD(Halving(1e-5)), QuarticLoss(), metrics=[Largest(), spread])
    return model


def test_registered_parts_are_read_again(tmp_path):
    model = own_everything()
    model.fit(X, Y, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    assert again.serialize() == model.serialize()
    histories = [m.fit(X, Y, epochs=2, verbose=0, shuffle=False).history for m in (model, again)]
    assert histories[0] == histories[1] and set(histories[0]) == {"loss", "largest", "spread"}
    assert rn.models.model_from_json(model.to_json()).get_config() == model.get_config()
    assert rn.models.clone_model(model).get_config() == model.get_config()


class Unregistered(rn.layers.Layer):
    def forward(self, x, training=False):
        return x * 2, None

    def backward(self, dy, cache):
        return dy * 2, []


class UnregisteredLoss(QuarticLoss):
    pass


def unregistered_metric(y_true, y_pred):
    return np.abs(y_true - y_pred).mean(-1)


class UnregisteredActivation(Cube):
    pass


@pytest.mark.parametrize(
    ("layer", "options", "place", "name"),
    [
        (Unregistered(), {}, "config.layers[1]", "Unregistered"),
        (
            rn.layers.Dense(2, activation=UnregisteredActivation()),
            {},
            "config.layers[1].config.activation",
            "UnregisteredActivation",
        ),
        (None, {"loss": UnregisteredLoss()}, "compile_config.loss", "UnregisteredLoss"),
        (
            None,
            {"metrics": [unregistered_metric]},
            "compile_config.metrics[0]",
            "unregistered_metric",
        ),
    ],
)
def test_what_is_not_registered_is_not_written(tmp_path, layer, options, place, name):
    path = tmp_path / "model.keras"
    model = rn.Sequential([rn.Input((4,)), *([layer] if layer else []), rn.layers.Dense(2)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    with pytest.raises(ModelFileError) as error:
        model.save(path)
    text = str(error.value)
    assert f"{path}: config.json: {place}: " in text and "\n" not in text
    assert f"so it is not written: '{name}' is a" in text and "`rn.register`" in text
    assert not path.exists()
    model.save_weights(tmp_path / "model.weights.h5")


def test_a_file_is_read_with_what_its_names_stand_for(tmp_path):
    path = tmp_path / "model.keras"
    rn.Sequential([rn.Input((4,)), Scale(3.0)]).save(path)

    def rename(config):
        entry = config["config"]["layers"][1]
        entry.update(class_name="Elsewhere", registered_name="elsewhere>Elsewhere")

    change_config(path, rename)
    with pytest.raises(ModelFileError, match="'elsewhere>Elsewhere' is a class of the author's"):
        rn.models.load_model(path)
    for name in ("elsewhere>Elsewhere", "Elsewhere"):
        model = rn.models.load_model(path, {name: Scale})
        np.testing.assert_allclose(model(X), 3 * X)


def test_names():
    with pytest.raises(ValueError, match="'tests>Scale' is registered already"):
        rn.register("tests", "Scale")(Unregistered)
    assert rn.register("tests")(Scale) is Scale  # the same again
    config = {"module": None, "class_name": "Scale", "config": {}, "registered_name": "Scale"}
    assert serialization.find_own(config) is Scale
    rn.register("others", "Scale")(Unregistered)
    with pytest.raises(ValueError, match=r"may be tests>Scale or others>Scale; name it in"):
        serialization.find_own(config)


@pytest.mark.parametrize("module", [rn.activations, rn.losses, rn.metrics])
def test_a_name_of_keras_is_never_taken_for_somebodys_own(module):
    for name in module.functions:
        assert serialization.is_known(name)
    rn.register("tests", "relu")(Cube)
    config = {"module": "builtins", "class_name": "function", "config": "relu"}
    assert serialization.find_own({**config, "registered_name": "relu"}) is None
    layer = {"module": "keras.layers", "class_name": "Dense", "registered_name": None}
    assert serialization.find_own({**layer, "config": {"units": 2}}) is None


def test_an_own_loss_in_a_file_may_be_left_out(tmp_path):
    path, model = tmp_path / "model.keras", make_model()
    model.save(path)
    change_config(path, lambda config: config["compile_config"].update(loss={
        "module": "builtins", "class_name": "function", "config": "mine", "registered_name": "mine",
    }))  # fmt: skip
    with pytest.raises(ModelFileError, match=r"'mine' is a function of the.*`compile=False`"):
        rn.models.load_model(path)
    assert not rn.models.load_model(path, compile=False).compiled


class Power(rn.losses.MeanSquaredError):
    def __init__(self, exponent):
        super().__init__(name="power")
        self.exponent = exponent


class Share(Largest):
    def __init__(self, above=0.5, **kwargs):
        super().__init__(**kwargs)
        self.above = above


def test_a_config_has_what_the_constructor_takes_itself_or_hands_on():
    assert Power(3.0).get_config() == {"exponent": 3.0}
    assert Power.from_config({"exponent": 3.0}).exponent == 3.0
    config = Share(0.25, name="share").get_config()
    assert config == {"name": "share", "dtype": "float32", "above": 0.25}
    assert Share.from_config(config).get_config() == config
