"""Models with metrics, and what is asked and answered about them in this process."""

from types import SimpleNamespace

import keras

from comparisons.harness import backends
from comparisons.harness.check import inputs
from comparisons.harness.check.metrics import Metrics, measure
from comparisons.harness.check.reproductions import run_lines, shown
from comparisons.harness.check.subject import Subject

BACKEND = keras.config.backend()


def model_of(units, activation, loss, *compiled, **more):
    """A model of one output with metrics."""
    keras.utils.set_random_seed(0)
    end = keras.layers.Dense(units, activation, kernel_initializer="random_normal", name="end")
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, "tanh"), end])
    model.compile("sgd", loss, metrics=list(compiled), **more)
    return model


def yes_or_no():
    made = keras.metrics
    names = "accuracy", "mae", "AUC", "Precision", "Recall", "TruePositives", "FalseNegatives"
    others = [
        made.BinaryAccuracy(threshold=0.3),
        made.Precision(thresholds=[0.2, 0.5, 0.6], name="several"),
        made.AUC(curve="PR", name="pr"),
        made.AUC(num_thresholds=7, multi_label=True, name="by_label"),
        made.SensitivityAtSpecificity(0.5),
        made.RecallAtPrecision(0.4),
        made.F1Score("weighted", threshold=0.5),
        made.BinaryIoU(),
        made.BinaryCrossentropy(label_smoothing=0.1),
        made.Hinge(),
        made.SquaredHinge(),
    ]
    weighted = [made.AUC(name="auc_of_weights"), made.Recall(name="weighted_recall"), "accuracy"]
    return model_of(3, "sigmoid", "binary_crossentropy", *names, *others, weighted_metrics=weighted)


def one_of_six():
    made = keras.metrics
    found = [
        "accuracy",
        "KLDivergence",
        "poisson",
        made.TopKCategoricalAccuracy(2),
        made.CategoricalCrossentropy(label_smoothing=0.1),
        made.CategoricalHinge(),
        made.Precision(top_k=2),
        made.Recall(class_id=1),
        made.F1Score("macro"),
        made.FBetaScore("micro", 2.0),
        made.OneHotIoU(6, [0, 3]),
        made.OneHotMeanIoU(6),
        keras.losses.categorical_focal_crossentropy,
        keras.losses.Huber(),
    ]
    weighted = [made.CategoricalAccuracy(), made.F1Score(name="f1"), made.OneHotMeanIoU(6)]
    return model_of(6, "softmax", "categorical_crossentropy", *found, weighted_metrics=weighted)


def numbers():
    made = keras.metrics
    found = ["mse", "mae", "mape", "msle", "accuracy", made.RootMeanSquaredError(), "LogCoshError"]
    found += [made.CosineSimilarity(), made.PearsonCorrelation(), made.ConcordanceCorrelation()]
    found += [made.R2Score(), made.R2Score(None, name="each"), made.R2Score(num_regressors=1)]
    found[-1].name = "adjusted"
    weighted = ["mse", made.R2Score("variance_weighted_average"), made.CosineSimilarity(name="cos")]
    return model_of(3, None, "mse", *found, weighted_metrics=weighted)


def two_outputs():
    """Steps of a sequence and one number, each with metrics of its own."""
    keras.utils.set_random_seed(0)
    x = keras.Input((4, 5))
    h = keras.layers.SimpleRNN(6, return_sequences=True)(x)
    steps = keras.layers.Dense(7, "softmax", name="steps")(h)
    size = keras.layers.Dense(1, name="size")(keras.layers.Flatten()(h))
    model = keras.Model(x, [steps, size])
    of_steps = ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2)]
    of_steps += [keras.metrics.SparseCategoricalCrossentropy()]
    model.compile(
        "sgd",
        {"steps": "sparse_categorical_crossentropy", "size": "mae"},
        metrics={"steps": of_steps, "size": ["mse"]},
        weighted_metrics={"size": ["mse"]},
    )
    return model


def regions():
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6, 6, 2)), keras.layers.Conv2D(3, 3, activation="softmax")]
    model = keras.Sequential(layers)
    made = keras.metrics
    some = made.IoU(3, [0, 2], sparse_y_pred=False, ignore_class=1)
    found = ["accuracy", made.MeanIoU(3, sparse_y_pred=False), some]
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=found)
    return model


def padded():
    """Tokens, of which those that are 0 are masked, with metrics that see the mask or do not."""
    keras.utils.set_random_seed(0)
    embedding = keras.layers.Embedding(4, 5, mask_zero=True)
    end = keras.layers.Dense(3, "softmax")
    model = keras.Sequential([keras.Input((6,), dtype="int32"), embedding, end])
    made = keras.metrics
    found = ["accuracy", made.MeanIoU(3, sparse_y_pred=False, name="overlap")]
    found += [made.SparseCategoricalCrossentropy(ignore_class=1)]
    found += [keras.losses.sparse_categorical_crossentropy]
    weighted = [made.SparseCategoricalCrossentropy(name="weighted")]
    loss = "sparse_categorical_crossentropy"
    model.compile("sgd", loss, metrics=found, weighted_metrics=weighted)
    return model


def metrics_of(model, folder, dtype="float32"):
    """What is asked about the metrics of a Keras model."""
    return metrics_and_inputs(model, folder, dtype)[0]


def metrics_and_inputs(model, folder, dtype="float32", batch=4):
    """The same, and the inputs that the outputs are of."""
    model.save(folder / "model.keras")
    subject = Subject(folder / "model.keras", folder)
    x = inputs.draw(subject.oracle(dtype), batch, 0, inputs.ORDINARY, dtype)
    return Metrics(subject, x, dtype, 0), x


def answered(asked):
    """The findings where Keras answers in this process, each with what may show it."""
    worker = SimpleNamespace(device="cpu", backend=backends.load(BACKEND))
    answers = measure(worker, "float32", asked.questions, lambda done, total: None)
    return list(asked.findings(answers, BACKEND))


def measured(asked):
    """The findings alone."""
    return [finding for finding, _ in answered(asked)]


def script_of(sketches):
    """The script of a finding, whose candidates are run in this process."""
    worker = SimpleNamespace(device="cpu", backend=backends.load(BACKEND))
    return shown(sketches, lambda lines: run_lines(worker, "float32", lines, None))
