"""A deep Q-network in Keras that balances the pole of gymnasium's CartPole."""

from collections import deque

import gymnasium
import keras
import numpy as np
from keras import layers, ops

from keras_models.learning_rate_schedules import make

LIMIT = 200
DISCOUNT = 0.99
START = (-0.05, 0.05)


class CartPole:
    """gymnasium's CartPole-v1 from a state of one's own, its limit of steps left to the loop."""

    def __init__(self, state):
        self.environment = gymnasium.make("CartPole-v1").unwrapped
        self.environment.reset()
        self.environment.state = np.array(state, "float64")

    def step(self, action):
        """The next state, and whether the pole or the cart is lost."""
        _, _, lost, _, _ = self.environment.step(int(action))
        return np.array(self.environment.state), lost


def epsilon_greedy(q, epsilon, generator):
    """Any action with probability epsilon, else the one of largest value."""
    if generator.random() < epsilon:
        return int(generator.integers(len(q)))
    return int(np.argmax(q))


def recall(memory, size, generator):
    """Transitions drawn from the memory, each part of them stacked."""
    chosen = generator.integers(0, len(memory), size)
    return tuple(np.stack(part) for part in zip(*(memory[index] for index in chosen)))


def td_target(discount):
    """r + γ maxₐ Q⁻(s′, a), and r alone where the episode ended."""
    return lambda reward, lost, next_q: reward + discount * (1 - lost) * ops.max(next_q, axis=1)


def td_loss():
    """Half the mean squared error of the values of the actions that were taken."""
    return lambda q, action, target: 0.5 * ops.mean((q_of(q, action) - target) ** 2)


def q_of(q, action):
    """The values of the actions that were taken."""
    return ops.sum(q * ops.one_hot(action, 2, dtype=q.dtype), axis=1)


def batch_loss(y_true, q):
    """The same for `compile`: y_true holds the action taken and its target, (batch, 2)."""
    return td_loss()(q, ops.cast(y_true[:, 0], "int32"), ops.cast(y_true[:, 1], q.dtype))


def fall(state, actions):
    """The states that these actions lead through, and whether each is lost."""
    cart = CartPole(state)
    found = [cart.step(action) for action in actions]
    states, lost = zip(*found)
    return {"states": np.stack(states).astype(state.dtype), "lost": np.array(lost, state.dtype)}


def replay(q, size, generator):
    """A draw from a memory of ten."""
    memory = deque(((q + number, number) for number in range(12)), maxlen=10)
    states, numbers = recall(memory, size, generator)
    return {"states": states, "numbers": numbers}


def build_model(update_every, steps=None, capacity=5_000):
    """State to the values of both actions, 4-64-64-2; and its copy, set anew now and then.

    Args:
        steps: after so many the learning rate has fallen to 0 along a cosine; None lets it be.
        capacity: transitions that are remembered.
    """
    rate, found = 0.001, {}
    if steps:
        cosine = {"initial_learning_rate": rate, "decay_steps": steps}
        rate = make("cosine_decay", cosine, np.dtype(keras.config.floatx()))
    for name in ("online", "target"):
        model = keras.Sequential([layers.Input((4,))])
        for _ in range(2):
            model.add(layers.Dense(64, activation="relu", kernel_initializer="he_uniform"))
        model.add(layers.Dense(2))
        model.compile(keras.optimizers.Adam(rate), loss=batch_loss)
        found[name] = model
    found["target"].update_every, found["target"].capacity = update_every, capacity
    found["target"].set_weights(found["online"].get_weights())
    return found


def train(models, data, generator, batch_size):
    """Act, remember, recall, and move Q(s, a) towards its target; a step of the cart a step."""
    online, target = models["online"], models["target"]
    dtype = data.x_train.dtype
    memory, step, reward, cart = deque(maxlen=target.capacity), 0, 0, None
    goal_of = td_target(DISCOUNT)
    while True:
        if cart is None:
            state, reward = generator.uniform(*START, 4), 0
            cart = CartPole(state)
        epsilon = max(0.05, 1 - step / 1_500)
        q = online.predict_on_batch(state[None].astype(dtype))[0]
        action = epsilon_greedy(q, epsilon, generator)
        next_state, lost = cart.step(action)
        reward, step = reward + 1, step + 1
        memory.append((state.astype(dtype), action, next_state.astype(dtype), dtype.type(lost)))
        logs = {"reward": reward} if lost or reward == LIMIT else {}
        cart, state = (None if logs else cart), next_state

        states, actions, next_states, ends = recall(memory, batch_size, generator)
        next_q = target.predict_on_batch(next_states)
        goal = ops.convert_to_numpy(goal_of(1, *map(ops.convert_to_tensor, (ends, next_q))))
        loss = online.train_on_batch(states, np.stack([actions.astype(dtype), goal], axis=1))
        if step % target.update_every == 0:
            target.set_weights(online.get_weights())
        yield {"loss": loss, **logs}


def play(models, first_states):
    """The reward of one episode from each first state (n, 4), always with the best action."""
    states = np.array(first_states, "float64")
    carts = [CartPole(state) for state in states]
    rewards, playing = np.zeros(len(states)), np.ones(len(states), bool)
    for _ in range(LIMIT):
        rewards += playing
        actions = models["online"].predict_on_batch(states.astype("float32")).argmax(axis=1)
        for row in np.flatnonzero(playing):
            states[row], lost = carts[row].step(actions[row])
            playing[row] = not lost
    return rewards
