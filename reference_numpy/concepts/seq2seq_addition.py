"""Sums read letter by letter and answered letter by letter: an LSTM encoder and an LSTM decoder."""

import numpy as np

import reference_numpy as rn

LETTERS = "0123456789+= "
QUESTION, ANSWER = 5, 3  # letters of "48+57" and of "105"


def lstm_cell(x, h, c, kernel, recurrent_kernel, bias):
    """One step of the long short-term memory: gates i, f, o open and close the memory c.

    c' = f c + i g, h' = o tanh(c'), with i, f, o = sigmoid(z), g = tanh(z) of z = x W + h U + b

    x: (batch, inputs); h, c: (batch, units); kernels: (…, 4 units) in the order i, f, g, o.

    Source: Hochreiter & Schmidhuber 1997; Gers et al. 2000 (the forget gate f).
    """
    z = x @ kernel + h @ recurrent_kernel + bias
    i, f, g, o = np.split(z, 4, axis=1)
    i, f, o = (0.5 * np.tanh(0.5 * gate) + 0.5 for gate in (i, f, o))  # the sigmoid
    g = np.tanh(g)
    new_c = f * c + i * g
    tanh_c = np.tanh(new_c)
    return (o * tanh_c, new_c), (x, h, c, kernel, recurrent_kernel, i, f, g, o, tanh_c)


def lstm_cell_backward(dh, dc, cache):
    """From the gradients of h' and c' those of x, h, c and the weights.

    Along the memory the gradient is only multiplied by f, so it lives on where f is near 1.
    """
    x, h, c, kernel, recurrent_kernel, i, f, g, o, tanh_c = cache
    do = dh * tanh_c
    dc = dc + dh * o * (1 - tanh_c**2)
    di, df, dg = dc * g, dc * c, dc * i
    dz = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)]
    dz = np.concatenate(dz, axis=1)
    return dz @ kernel.T, dz @ recurrent_kernel.T, dc * f, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def decoder(x, h, c, kernel, recurrent_kernel, bias):
    """The cell over a sequence, from a given state: an output for each letter, and the last state.

    x: (batch, time, inputs); h, c: (batch, units); outputs: (batch, time, units).

    Source: Sutskever et al. 2014, Sequence to sequence learning with neural networks.
    """
    outputs, caches = [], []
    for t in range(x.shape[1]):
        (h, c), cache = lstm_cell(x[:, t], h, c, kernel, recurrent_kernel, bias)
        outputs.append(h)
        caches.append(cache)
    return (np.stack(outputs, axis=1), h, c), caches


def decoder_backward(doutputs, dh, dc, cache):
    """Backpropagation through time: from the last letter to the first; the weights' add up."""
    dx, dweights = [], 0
    for t in reversed(range(len(cache))):
        dx_t, dh, dc, *dw = lstm_cell_backward(dh + doutputs[:, t], dc, cache[t])
        dx.insert(0, dx_t)
        dweights = [total + part for total, part in zip(dweights or [0, 0, 0], dw)]
    return np.stack(dx, axis=1), dh, dc, *dweights


def encoder(x, kernel, recurrent_kernel, bias):
    """The cell over the question, from an empty memory; its last state (h, c) is the message.

    Shapes as in `decoder`.
    """
    empty = np.zeros((len(x), len(recurrent_kernel)), x.dtype)
    return decoder(x, empty, empty, kernel, recurrent_kernel, bias)


def encoder_backward(doutputs, dh, dc, cache):
    """As the decoder's; the empty memory needs no gradient."""
    dx, _, _, *dweights = decoder_backward(doutputs, dh, dc, cache)
    return dx, *dweights


def build_model(reverse=False, attention=False):
    """Question and teacher's letters in, probabilities of the answer's letters out."""
    question = rn.Input((QUESTION,), dtype="int32")
    previous = rn.Input((ANSWER,), dtype="int32")  # "=10" where the answer is "105"
    embedding = rn.layers.Embedding(len(LETTERS), 16)
    encoder = rn.layers.LSTM(64, return_sequences=True, return_state=True, go_backwards=reverse)
    read, h, c = encoder(embedding(question))
    decoder = rn.layers.LSTM(64, return_sequences=True)
    written = decoder(embedding(previous), initial_state=[h, c])
    if attention:
        looked_at = rn.layers.Attention()([written, read])
        written = rn.layers.Concatenate()([written, looked_at])
    probabilities = rn.layers.Dense(len(LETTERS), activation="softmax")(written)
    model = rn.Model([question, previous], probabilities)
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.005), loss="sparse_categorical_crossentropy"
    )
    return model


def train(model, data, generator, batch_size):
    """Teacher forcing: each letter is to be guessed from the right ones before it."""
    cross_entropy = rn.losses.SparseCategoricalCrossentropy()
    question, previous = data.x_train
    while True:
        chosen = generator.integers(0, len(question), batch_size)
        answer = data.y_train[chosen]
        y, cache = model.forward([question[chosen], previous[chosen]], training=True)
        dy = cross_entropy.gradient(answer, y)
        _, grads = model.backward(dy, cache)
        model.optimizer.apply(grads, model.trainable_weights)
        yield {"loss": cross_entropy(answer, y)}


def greedy(model, x):
    """The answers, each letter the most probable one after those that the model wrote before."""
    question, _ = x
    written = np.full((len(question), ANSWER + 1), LETTERS.index("="), "int32")
    for t in range(ANSWER):
        probabilities = model.predict([question, written[:, :-1]], batch_size=1000, verbose=0)
        written[:, t + 1] = probabilities[:, t].argmax(axis=-1)
    return written[:, 1:]


def answers(model, data):
    """What the model answers to the first ten test questions."""
    question = [part[:10] for part in data.x_test]
    return {"question": question[0], "answer": greedy(model, question), "right": data.y_test[:10]}
