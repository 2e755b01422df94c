"""Driving by imitation: a car, its camera and an expert; shifted views, and asking the expert."""

import numpy as np

import reference_numpy as rn

SPEED = 1.0  # metres a step
LAP = 150  # steps; a track's middle line has as many points
LANE = 1.5  # metres from the middle of the lane to its edge
SIDE, CELL = 160, 0.4  # cells of a map along each side, metres of a cell
ROWS, COLUMNS = 16, 24  # of a picture
FOCAL, HEIGHT, HORIZON = 14.0, 2.5, 2.5  # pixels, metres, pixels of sky that are cut off
AHEAD = 5  # metres to the expert's goal
SHIFT, TURN = 1.0, 0.2  # metres and radians up to which views are moved
RECORDED = ("pictures", "steering")  # of the expert's laps, (n, steps, …)
TRACK = ("ground", "middle", "pose", *RECORDED)


def bicycle(pose, steering, speed=SPEED):
    """A step of `speed` metres along the chord of an arc of radius 1 / steering; + is to the left.

    A front wheel turned by δ, a wheelbase before the rear one, steers by tan δ / wheelbase.

    Shapes: pose (…, 3): x, y, heading; steering (…).
    """
    x, y, heading = np.moveaxis(pose, -1, 0)
    chord = heading + speed * steering / 2
    moved = x + speed * np.cos(chord), y + speed * np.sin(chord), heading + speed * steering
    return np.stack(moved, axis=-1)


def pure_pursuit(pose, middle):
    """The steering of the arc that meets the middle of the lane a few metres further on.

    Shapes: pose (…, n, 3); middle (n, points, 2), a closed line in driving order; steering (…, n).

    Source: Coulter 1992, Implementation of the pure pursuit path tracking algorithm.
    """
    gaps = middle - pose[..., None, :2]
    nearest = (gaps**2).sum(axis=-1).argmin(axis=-1)
    goal = (nearest + AHEAD)[..., None, None] % middle.shape[1]
    x, y = np.moveaxis(np.take_along_axis(gaps, goal, axis=-2)[..., 0, :], -1, 0)
    left = np.cos(pose[..., 2]) * y - np.sin(pose[..., 2]) * x
    return 2 * left / (x**2 + y**2)


def camera(ground, pose):
    """What a car sees of the flat ground before it, (…, n, 16, 24).

    Shapes: ground (n, rows, columns), maps about the point (0, 0), y upwards; pose (…, n, 3).
    """
    x, y, heading = np.moveaxis(pose[..., None, None, :], -1, 0)
    ahead, left = seen_ground(pose.dtype)
    east = x + np.cos(heading) * ahead - np.sin(heading) * left
    north = y + np.sin(heading) * ahead + np.cos(heading) * left
    rows, columns = ground.shape[1:]
    return between_pixels(ground, north / CELL + (rows - 1) / 2, east / CELL + (columns - 1) / 2)


def seen_ground(dtype):
    """How far ahead and to the left lies what each pixel shows: all of a row is as far away."""
    row, column = np.mgrid[:ROWS, :COLUMNS].astype(dtype)
    ahead = FOCAL * HEIGHT / (row + HORIZON)
    return ahead, ((COLUMNS - 1) / 2 - column) * ahead / FOCAL


def between_pixels(pictures, row, column):
    """Values at places that are no whole numbers, from the four pixels around; edges go on.

    Shapes: pictures (n, rows, columns); row and column (…, n, height, width).
    """
    n, rows, columns = pictures.shape
    row, column = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
    top = np.minimum(row.astype(int), rows - 2)
    left = np.minimum(column.astype(int), columns - 2)
    down, right, own = row - top, column - left, np.arange(n)[:, None, None]
    upper = pictures[own, top, left] * (1 - right) + pictures[own, top, left + 1] * right
    lower = pictures[own, top + 1, left] * (1 - right) + pictures[own, top + 1, left + 1] * right
    return (upper * (1 - down) + lower * down).astype(pictures.dtype)


def shifted_view(pictures, steering, shift, turn):
    """Pictures and steering as if a car stood `shift` metres to the left, turned left by `turn`.

    Each pixel's piece of road is looked up where the picture shows it. The steering leads to where
    the recorded one would have led.

    Shapes: pictures (n, 16, 24); steering, shift and turn (n,).

    Source: Pomerleau 1991, Efficient training of artificial neural networks for autonomous
    navigation; Bojarski et al. 2016, End to end learning for self-driving cars.
    """
    ahead, left = seen_ground(pictures.dtype)
    s, t = shift[:, None, None], turn[:, None, None]
    far = np.cos(t) * ahead - np.sin(t) * left
    side = s + np.sin(t) * ahead + np.cos(t) * left
    row, column = FOCAL * HEIGHT / far - HORIZON, (COLUMNS - 1) / 2 - FOCAL * side / far
    return between_pixels(pictures, row, column), corrected_steering(steering, shift, turn)


def corrected_steering(steering, shift, turn):
    """From the shifted place to a goal on the recorded arc, as far away as the expert's."""
    left = steering * AHEAD**2 / 2
    ahead, left = np.sqrt(AHEAD**2 - left**2), left - shift
    side = np.cos(turn) * left - np.sin(turn) * ahead
    return 2 * side / (ahead**2 + left**2)


def drive(steer, pose, steps):
    """Where cars come, (steps + 1, n, 3): `steer(pose)` says how each of them steers."""
    poses = [pose]
    for _ in range(steps):
        poses.append(bicycle(poses[-1], steer(poses[-1])))
    return np.stack(poses)


def dagger(model, ground, middle, starts, steps, updates, batch_size, generator):
    """Drive, ask the expert what it would have done there, learn from all answers so far.

    In the first round the expert drives. Yields the loss of every step of learning.

    Args:
        starts: (rounds, n, 3): where the cars start in each round.
        steps, updates: how long a round's drive and how long its learning is.

    Source: Ross, Gordon & Bagnell 2011, A reduction of imitation learning and structured
    prediction to no-regret online learning.
    """
    pictures, answers = [], []
    for number, start in enumerate(starts):
        poses = drive(eyes_of(model, ground) if number else expert_on(middle), start, steps)[:-1]
        pictures.append(camera(ground, poses).reshape(-1, ROWS, COLUMNS))
        answers.append(pure_pursuit(poses, middle).ravel())
        seen, told = np.concatenate(pictures), np.concatenate(answers)
        for _ in range(updates):
            batch = generator.integers(0, len(told), batch_size)
            yield imitate(model, seen[batch], told[batch])


def expert_on(middle):
    """The expert's hand on the wheel."""
    return lambda pose: pure_pursuit(pose, middle)


def eyes_of(model, ground):
    """The network's: it knows the picture alone."""
    return lambda pose: model(camera(ground, pose)[..., None])[:, 0]


def imitate(model, pictures, steering):
    """A step towards the expert's steering; the loss is the mean squared error."""
    y, cache = model.forward(pictures[..., None], training=True)
    error = y[:, 0] - steering
    _, grads = model.backward(2 * error[:, None] / len(error), cache)
    model.optimizer.apply(grads, model.trainable_weights)
    return np.mean(error**2)


def network(learning_rate):
    """A picture to the steering: two convolutions and 32 units."""
    model = rn.Sequential([rn.Input((ROWS, COLUMNS, 1))])
    model.add(rn.layers.Conv2D(8, 5, strides=2, activation="relu"))
    model.add(rn.layers.Conv2D(16, 3, strides=2, activation="relu"))
    model.add(rn.layers.Flatten())
    model.add(rn.layers.Dense(32, activation="relu"))
    model.add(rn.layers.Dense(1))
    model.add(rn.layers.Rescaling(0.125))  # steering is about 0.05 per metre
    model.compile(rn.optimizers.Adam(learning_rate))
    return model


def drawn_track(reverse, generator):
    """A closed lane of 150 m: its middle (150, 2), and the grey ground about it (160, 160).

    A circle with waves of several lengths; no bend is narrower than 5.5 m.
    """
    angle, waves = np.linspace(0, 2 * np.pi, 3_001), np.arange(2, 6)[:, None]
    while True:
        size, phase = generator.normal(0, 0.4, (4, 1)), generator.uniform(0, 2 * np.pi, (4, 1))
        radius = 1 + (size / (waves - 0.5) * np.cos(waves * angle + phase)).sum(axis=0)
        line = radius * np.exp(1j * angle)
        way = np.append(0, np.abs(np.diff(line)).cumsum())
        line = np.interp(np.arange(LAP) * way[-1] / LAP, way, line) * LAP / way[-1]
        steps = np.diff(line, append=line[:1])
        bends = np.abs(np.angle(np.roll(steps, -1) / steps))
        middle = np.stack([line.real, line.imag], axis=1)
        middle -= (middle.max(axis=0) + middle.min(axis=0)) / 2
        if radius.min() > 0.3 and bends.max() < 1 / 5.5 and middle.max() < SIDE * CELL / 2 - 3:
            middle = middle[::-1] if reverse else middle
            return middle, ground_about(middle, generator)


def ground_about(middle, generator):
    """Blotched grass, dark asphalt, a white line along each edge of the lane."""
    distance = from_middle(middle)
    grass = np.kron(generator.uniform(0.2, 0.6, (SIDE // 4, SIDE // 4)), np.ones((4, 4)))
    asphalt = 1 / (1 + np.exp((distance - 2) / 0.15))
    line = np.exp(-(((distance - LANE) / 0.25) ** 2))
    return grass * (1 - asphalt) + 0.15 * asphalt + 0.6 * line


def from_middle(middle):
    """How far each cell of the map is from the middle of the lane, 4 m at most."""
    axis, distance = (np.arange(SIDE) - (SIDE - 1) / 2) * CELL, np.full((SIDE, SIDE), 4.0)
    for x, y in np.concatenate([middle, (middle + np.roll(middle, 1, axis=0)) / 2]):
        row, column = (np.searchsorted(axis, (y, x)) - 10).clip(0)
        near = slice(row, row + 21), slice(column, column + 21)
        own = np.hypot(axis[near[0], None] - y, axis[near[1]] - x)
        distance[near] = np.minimum(distance[near], own)
    return distance


def on_middle(middle, at):
    """Poses on the middle of the lane, (n, 3), at these points of the lines (n, 150, 2)."""
    n = np.arange(len(middle))
    onward = middle[n, (at + 1) % LAP] - middle[n, at - 1]
    heading = np.arctan2(onward[:, 1], onward[:, 0])
    return np.concatenate([middle[n, at], heading[:, None]], axis=1)


def tracks(number, seed):
    """Tracks, every other one driven the other way round; a start, and the expert's lap of each."""
    generator = np.random.default_rng(seed)
    drawn = [drawn_track(index % 2, generator) for index in range(number)]
    middle, ground = (np.array(part, "float32") for part in zip(*drawn))
    pose = on_middle(middle, np.zeros(number, int))
    return dict(zip(TRACK, (ground, middle, pose, *recorded(ground, middle, pose))))


def views(track, at, shifts):
    """A picture and its steering as computed for shifted places, and what is true there."""
    middle, ground = (np.repeat(track[key], len(shifts), axis=0) for key in ("middle", "ground"))
    pose = on_middle(middle, np.full(len(shifts), at))
    aside = [-shifts * np.sin(pose[:, 2]), shifts * np.cos(pose[:, 2]), 0 * shifts]
    seen = [
        (camera(ground, own), pure_pursuit(own, middle)) for own in (pose, pose + np.stack(aside).T)
    ]
    return shifted_view(*seen[0], shifts, 0 * shifts), seen[1]


def recorded(ground, middle, pose):
    """What the expert sees and does: pictures (n, steps, 16, 24), steering (n, steps)."""
    poses = drive(expert_on(middle), pose, LAP)[:-1]
    pictures, steering = camera(ground, poses), pure_pursuit(poses, middle)
    return np.moveaxis(pictures, 0, 1), steering.T


def steps_in_lane(poses, middle):
    """How many steps each car drives before it leaves its lane, (n,)."""
    square = [((middle - pose[:, None, :2]) ** 2).sum(axis=-1).min(axis=-1) for pose in poses[1:]]
    return np.cumprod(np.stack(square) < LANE**2, axis=0).sum(axis=0)


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
    more = steps, updates, batch_size, generator
    losses = list(dagger(model, ground, middle, starts, *more))
    return {
        "losses": np.stack(losses),
        "the learner": drive(eyes_of(model, ground), starts[0], steps),
    }


def lessons(ways, rounds, rate, steps, batch_size, length, drive_steps, kept, seed, **arrays):
    """Networks from the same weights, each taught in its way, drive on new tracks.

    Args:
        arrays: what `tracks` gives, as `"few ground"`, `"many ground"`, `"new ground"` and so on.
        ways: by name which tracks, `"few"` or `"many"`, and whether views are shifted.
        rounds: where the cars start in each round of DAgger, (rounds, n, 3).
        length, drive_steps: how long a round of DAgger is, and the drives on the new tracks.
        kept: how many of each way's first losses are returned.

    Returns:
        By way the first losses and, measured, where it drives on the new tracks, for how many
        steps in the lane, and its error on the expert's pictures of them.
    """
    found, start = {}, first_weights(network(rate), np.random.default_rng(seed))
    for name in (*ways, "asked"):
        model, generator = network(rate), np.random.default_rng(seed)
        model.set_weights(start)
        if name in ways:
            which, shifted = ways[name]
            examples = of_laps(part_of(arrays, which), shifted, batch_size, generator)
            losses = [imitate(model, *next(examples)) for _ in range(steps)]
            found[f"{name}: losses"] = np.stack(losses[:kept])
        else:
            sizes = length, steps // len(rounds), batch_size
            few = arrays["few ground"], arrays["few middle"]
            list(dagger(model, *few, rounds, *sizes, generator))
        found |= {
            f"{name}: {key}": value
            for key, value in examined(model, part_of(arrays, "new"), drive_steps).items()
        }
    return found


def part_of(arrays, part):
    """The tracks of one part."""
    return {key: arrays[f"{part} {key}"] for key in TRACK}


def of_laps(tracks, shifted, batch_size, generator):
    """Batches of the expert's pictures and steering, without end; views are shifted by chance."""
    pictures, steering = (tracks[key].reshape(-1, *tracks[key].shape[2:]) for key in RECORDED)
    while True:
        batch = generator.integers(0, len(steering), batch_size)
        found = pictures[batch], steering[batch]
        if shifted:
            shift, turn = generator.uniform(-1, 1, (2, batch_size)).astype(pictures.dtype)
            found = shifted_view(*found, SHIFT * shift, TURN * turn)
        yield found


def examined(model, new, steps):
    """How a network drives new tracks, and its error (root mean square) on what the expert sees."""
    poses = drive(eyes_of(model, new["ground"]), new["pose"], steps)
    pictures, steering = (new[key][:, :steps].reshape(-1, *new[key].shape[2:]) for key in RECORDED)
    error = np.sqrt(np.mean((model(pictures[..., None])[:, 0] - steering) ** 2))
    return {"poses": poses, "steps": steps_in_lane(poses, new["middle"]), "error": error}


def build_model(learning_rate):
    """The network of one driver."""
    return {"driver": network(learning_rate)}


def train(models, data, generator, batch_size):
    """Steps of imitation, of views shifted by chance."""
    for pictures, steering in of_laps(data.x_train, True, batch_size, generator):
        yield {"loss": imitate(models["driver"], pictures, steering)}


def laps_driven(models, x):
    """How many laps each car drives before it leaves its lane, at most those it is to drive."""
    steps = LAP * int(x["laps"][0])
    poses = drive(eyes_of(models["driver"], x["ground"]), x["pose"], steps)
    return steps_in_lane(poses, x["middle"]) / LAP
