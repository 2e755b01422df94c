"""Driving by imitation in Keras: the world in `keras.ops`, so that a whole ride is one graph."""

import functools

import keras
import numpy as np
from keras import layers, ops

SPEED, LAP, LANE, CELL = 1.0, 150, 1.5, 0.4
ROWS, COLUMNS = 16, 24
FOCAL, HEIGHT, HORIZON = 14.0, 2.5, 2.5
AHEAD, SHIFT, TURN = 5, 1.0, 0.2


def bicycle():
    """A step along the chord of an arc of radius 1 / steering."""

    def step(pose, steering):
        x, y, heading = ops.unstack(pose, axis=-1)
        chord = heading + SPEED * steering / 2
        moved = x + SPEED * ops.cos(chord), y + SPEED * ops.sin(chord), heading + SPEED * steering
        return ops.stack(moved, axis=-1)

    return step


def pure_pursuit():
    """The steering of the arc that meets the middle of the lane some points further on."""

    def steering(pose, middle):
        gaps = middle - pose[..., None, :2]
        nearest = ops.argmin(ops.sum(gaps**2, axis=-1), axis=-1)
        goal = (nearest + AHEAD)[..., None, None] % middle.shape[1]
        x, y = ops.unstack(ops.take_along_axis(gaps, goal, axis=-2)[..., 0, :], axis=-1)
        left = ops.cos(pose[..., 2]) * y - ops.sin(pose[..., 2]) * x
        return 2 * left / (x**2 + y**2)

    return steering


def camera():
    """What a car sees of the flat ground before it."""

    def picture(ground, pose):
        x, y, heading = ops.unstack(pose[..., None, None, :], axis=-1)
        ahead, left = seen_ground(pose.dtype)
        east = x + ops.cos(heading) * ahead - ops.sin(heading) * left
        north = y + ops.sin(heading) * ahead + ops.cos(heading) * left
        middle = [(side - 1) / 2 for side in ground.shape[1:]]
        return between_pixels(ground, north / CELL + middle[0], east / CELL + middle[1])

    return picture


def seen_ground(dtype):
    """How far ahead and to the left lies what each pixel shows."""
    row, column = np.mgrid[:ROWS, :COLUMNS]
    ahead = FOCAL * HEIGHT / (row + HORIZON)
    left = ((COLUMNS - 1) / 2 - column) * ahead / FOCAL
    return ops.convert_to_tensor(ahead, dtype), ops.convert_to_tensor(left, dtype)


def between_pixels(pictures, row, column):
    """Values between pixels; which picture is the first coordinate, a whole number."""
    own = ops.arange(ops.shape(pictures)[0], dtype=row.dtype)[:, None, None]
    places = ops.stack([own + 0 * row, row, column])
    return ops.image.map_coordinates(pictures, places, order=1, fill_mode="nearest")


def shifted_view():
    """A picture and the steering as if the car stood further to the left, turned to the left."""

    def view(pictures, steering, shift, turn):
        ahead, left = seen_ground(pictures.dtype)
        s, t = shift[:, None, None], turn[:, None, None]
        far = ops.cos(t) * ahead - ops.sin(t) * left
        side = s + ops.sin(t) * ahead + ops.cos(t) * left
        row, column = FOCAL * HEIGHT / far - HORIZON, (COLUMNS - 1) / 2 - FOCAL * side / far
        corrected = corrected_steering(steering, shift, turn)
        return between_pixels(pictures, row, column), corrected

    return view


def corrected_steering(steering, shift, turn):
    """The steering that leads from the shifted place to where the recorded one would have led."""
    left = steering * AHEAD**2 / 2
    ahead, left = ops.sqrt(AHEAD**2 - left**2), left - shift
    side = ops.cos(turn) * left - ops.sin(turn) * ahead
    return 2 * side / (ahead**2 + left**2)


def drive(steer, track, pose, steps):
    """Where cars come, (steps + 1, n, 3): `steer(track, pose)` says how each of them steers."""

    def step(pose, _):
        pose = bicycle()(pose, steer(track, pose))
        return pose, pose

    later = ops.scan(step, pose, length=steps)[1]
    return ops.concatenate([pose[None], later])


def expert(middle, pose):
    """The expert's hand on the wheel."""
    return pure_pursuit()(pose, middle)


def eyes_of(model):
    """The network's: it knows the picture alone."""
    return lambda ground, pose: model(camera()(ground, pose)[..., None])[:, 0]


class Ride(keras.Model):
    """The network's drive as a model of its own, which `predict_on_batch` compiles."""

    def __init__(self, driver, steps):
        super().__init__()
        self.driver, self.steps = driver, steps

    def call(self, inputs):
        """All poses, for the maps of tracks and the first poses."""
        ground, pose = inputs
        return drive(eyes_of(self.driver), ground, pose, self.steps)


@functools.lru_cache(maxsize=4)
def ride_of(model, steps, cars):
    """The ride, compiled once for each number of cars."""
    return Ride(model, steps)


def ridden(model, ground, pose, steps):
    """Where the network drives."""
    return ride_of(model, steps, len(pose)).predict_on_batch([ground, pose])


def dagger(model, ground, middle, starts, steps, updates, batch_size, generator):
    """Drive, ask the expert what it would have done there, learn from all answers so far."""
    pictures, answers, middle = [], [], ops.convert_to_tensor(middle)
    for number, start in enumerate(starts):
        if number:
            poses = ops.convert_to_tensor(ridden(model, ground, start, steps))[:-1]
        else:
            poses = drive(expert, middle, ops.convert_to_tensor(start), steps)[:-1]
        pictures.append(ops.reshape(camera()(ground, poses), (-1, ROWS, COLUMNS)))
        answers.append(ops.reshape(expert(middle, poses), (-1,)))
        seen, told = (ops.convert_to_numpy(ops.concatenate(own)) for own in (pictures, answers))
        for _ in range(updates):
            batch = generator.integers(0, len(told), batch_size)
            yield model.train_on_batch(seen[batch][..., None], told[batch])


def network(learning_rate):
    """A picture to the steering: two convolutions and 32 units."""
    model = keras.Sequential(
        [
            layers.Input((ROWS, COLUMNS, 1)),
            layers.Conv2D(8, 5, strides=2, activation="relu"),
            layers.Conv2D(16, 3, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
            layers.Rescaling(0.125),  # steering is about 0.05 per metre
        ]
    )
    model.compile(keras.optimizers.Adam(learning_rate), loss="mean_squared_error")
    return model


def first_weights(model, generator):
    """He's initial weights for a model, zeros for its biases."""
    for_kernel = [2 / np.prod(w.shape[:-1]) for w in model.get_weights()]
    return [
        generator.normal(0, variance**0.5, w.shape) * (w.ndim > 1)
        for variance, w in zip(for_kernel, model.get_weights())
    ]


def asked(ground, middle, starts, steps, updates, batch_size, generator):
    """A few rounds of asking: the losses, and where the learner drives then."""
    model = network(0.002)
    model.set_weights(first_weights(model, generator))
    model.run_eagerly = True  # a few steps take less than compiling them
    more = steps, updates, batch_size, generator
    losses = list(dagger(model, ground, middle, starts, *more))
    return {
        "losses": np.stack(losses),
        "the learner": ridden(model, ground, starts[0], steps),
    }


def lessons(ways, rate, batch_size, kept, seed, **arrays):
    """The first losses by way; the NumPy half takes all steps, and drives."""
    found, start = {}, first_weights(network(rate), np.random.default_rng(seed))
    for name, (which, shifted) in ways.items():
        model, generator = network(rate), np.random.default_rng(seed)
        model.set_weights(start)
        model.run_eagerly = True
        laps = {key: arrays[f"{which} {key}"] for key in ("pictures", "steering")}
        examples = of_laps(laps, shifted, batch_size, generator)
        losses = [model.train_on_batch(*next(examples)) for _ in range(kept)]
        found[f"{name}: losses"] = np.stack(losses)
    return found


def of_laps(tracks, shifted, batch_size, generator):
    """Batches of the expert's pictures and steering, without end; views are shifted by chance."""
    pictures, steering = (
        tracks[key].reshape(-1, *tracks[key].shape[2:]) for key in ("pictures", "steering")
    )
    while True:
        batch = generator.integers(0, len(steering), batch_size)
        seen, told = pictures[batch], steering[batch]
        if shifted:
            shift, turn = generator.uniform(-1, 1, (2, batch_size)).astype(pictures.dtype)
            given = map(ops.convert_to_tensor, (seen, told, SHIFT * shift, TURN * turn))
            seen, told = map(ops.convert_to_numpy, shifted_view()(*given))
        yield seen[..., None], told


def build_model(learning_rate):
    """The network of one driver."""
    return {"driver": network(learning_rate)}


def train(models, data, generator, batch_size):
    """Steps of imitation, of views shifted by chance."""
    for pictures, steering in of_laps(data.x_train, True, batch_size, generator):
        yield {"loss": models["driver"].train_on_batch(pictures, steering)}


def laps_driven(models, x):
    """How many laps each car drives before it leaves its lane, at most those it is to drive."""
    steps = LAP * int(x["laps"][0])
    poses = ridden(models["driver"], x["ground"], x["pose"], steps)[1:]
    gaps = x["middle"] - poses[..., None, :2]
    inside = np.min(np.sum(gaps**2, axis=-1), axis=-1) < LANE**2
    return np.sum(np.cumprod(inside, axis=0), axis=0) / LAP
