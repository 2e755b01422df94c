"""Event files: TensorFlow's own reader, checksums included, finds what was written."""

import numpy as np

import reference_numpy as rn


def events(folder):
    """What TensorFlow reads in the one file of a folder: `{step: {tag: value}}`."""
    import tensorflow as tf
    from tensorflow.core.util.event_pb2 import Event

    (path,) = folder.iterdir()
    records = [Event.FromString(r.numpy()) for r in tf.data.TFRecordDataset(str(path))]
    assert records[0].file_version == "brain.Event:2"
    return {e.step: {v.tag: v.simple_value for v in e.summary.value} for e in records[1:]}


def test_tensorboard_gets_losses_metrics_and_learning_rates_by_epoch(tmp_path):
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    model = rn.Sequential([rn.Input((3,)), rn.layers.Dense(2)])
    model.compile(rn.optimizers.SGD(0.25), "mse", metrics=["mae"])
    callback = rn.callbacks.TensorBoard(tmp_path)
    size = {"epochs": 300, "verbose": 0, "batch_size": 40}
    history = model.fit(x, x[:, :2], validation_data=(x, x[:, :2]), callbacks=[callback], **size)
    trained, validated = events(tmp_path / "train"), events(tmp_path / "validation")
    assert list(trained) == list(validated) == list(range(300))
    for step, loss in enumerate(history.history["loss"]):
        assert trained[step]["epoch_loss"] == np.float32(loss)
    assert trained[0].keys() == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    assert trained[299]["epoch_learning_rate"] == 0.25
    assert validated[7] == {
        f"epoch_{name}": np.float32(history.history[f"val_{name}"][7]) for name in ("loss", "mae")
    }
