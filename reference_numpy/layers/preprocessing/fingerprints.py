"""64-bit hashes of byte strings: FarmHash's Fingerprint64 and SipHash-2-4.

They are what `tf.strings.to_hash_bucket_fast` and `to_hash_bucket_strong` compute, and must agree
to the last bit, or a saved model would look up other rows of its embeddings. All arithmetic is on
unsigned 64-bit integers, so every sum and product is cut with `_WORD`.

Sources: Pike 2014, "FarmHash" (the variant `na`, whose Hash64 is Fingerprint64); Aumasson &
Bernstein 2012, "SipHash: a fast short-input PRF".
"""

_WORD = 0xFFFFFFFFFFFFFFFF
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CAT = 0xC6A4A7935BD1E995


def _number(text, start, size=8):
    return int.from_bytes(text[start : start + size], "little")


def _rotate_right(x, bits):
    return (x >> bits | x << (64 - bits)) & _WORD


def _mix(x):
    return x ^ (x >> 47)


def _mix_two(u, v, multiplier):
    a = _mix((u ^ v) * multiplier & _WORD)
    return _mix((v ^ a) * multiplier & _WORD) * multiplier & _WORD


def _up_to_16(text):
    size = len(text)
    multiplier = _K2 + 2 * size & _WORD
    if size >= 8:
        a, b = _number(text, 0) + _K2 & _WORD, _number(text, size - 8)
        c = (_rotate_right(b, 37) * multiplier + a) & _WORD
        d = (_rotate_right(a, 25) + b) * multiplier & _WORD
        return _mix_two(c, d, multiplier)
    if size >= 4:
        return _mix_two(size + (_number(text, 0, 4) << 3), _number(text, size - 4, 4), multiplier)
    if size:
        y = text[0] + (text[size >> 1] << 8)
        z = size + (text[-1] << 2)
        return _mix((y * _K2 ^ z * _K0) & _WORD) * _K2 & _WORD
    return _K2


def _up_to_32(text):
    size = len(text)
    multiplier = _K2 + 2 * size & _WORD
    a, b = _number(text, 0) * _K1 & _WORD, _number(text, 8)
    c, d = _number(text, size - 8) * multiplier & _WORD, _number(text, size - 16) * _K2 & _WORD
    u = _rotate_right(a + b & _WORD, 43) + _rotate_right(c, 30) + d & _WORD
    v = a + _rotate_right(b + _K2 & _WORD, 18) + c & _WORD
    return _mix_two(u, v, multiplier)


def _up_to_64(text):
    size = len(text)
    multiplier = _K2 + 2 * size & _WORD
    a, b = _number(text, 0) * _K2 & _WORD, _number(text, 8)
    c, d = _number(text, size - 8) * multiplier & _WORD, _number(text, size - 16) * _K2 & _WORD
    y = _rotate_right(a + b & _WORD, 43) + _rotate_right(c, 30) + d & _WORD
    z = _mix_two(y, a + _rotate_right(b + _K2 & _WORD, 18) + c & _WORD, multiplier)
    e, f = _number(text, 16) * multiplier & _WORD, _number(text, 24)
    g = (y + _number(text, size - 32)) * multiplier & _WORD
    h = (z + _number(text, size - 24)) * multiplier & _WORD
    u = _rotate_right(e + f & _WORD, 43) + _rotate_right(g, 30) + h & _WORD
    v = e + _rotate_right(f + a & _WORD, 18) + g & _WORD
    return _mix_two(u, v, multiplier)


def _weak_32(text, start, a, b):
    """Two words from the 32 bytes at `start` and the seeds a and b."""
    w, x, y, z = (_number(text, start + 8 * i) for i in range(4))
    a = a + w & _WORD
    b = _rotate_right(b + a + z & _WORD, 21)
    c = a
    a = a + x + y & _WORD
    b = b + _rotate_right(a, 44) & _WORD
    return a + z & _WORD, b + c & _WORD


def fingerprint64(text):
    """FarmHash's Fingerprint64 of the bytes `text`, an integer of 64 bits."""
    size = len(text)
    if size <= 16:
        return _up_to_16(text)
    if size <= 32:
        return _up_to_32(text)
    if size <= 64:
        return _up_to_64(text)
    seed = 81
    x, y = seed, seed * _K1 + 113 & _WORD
    z = _mix(y * _K2 + 113 & _WORD) * _K2 & _WORD
    v, w = (0, 0), (0, 0)
    x = x * _K2 + _number(text, 0) & _WORD

    def step(x, y, z, v, w, at, multiplier, weight):
        """One block of 64 bytes; the last block weighs some of its words by 9."""
        x = _rotate_right(x + y + v[0] + _number(text, at + 8) & _WORD, 37) * multiplier & _WORD
        y = _rotate_right(y + v[1] + _number(text, at + 48) & _WORD, 42) * multiplier & _WORD
        x ^= w[1] * weight & _WORD
        y = y + v[0] * weight + _number(text, at + 40) & _WORD
        z = _rotate_right(z + w[0] & _WORD, 33) * multiplier & _WORD
        v = _weak_32(text, at, v[1] * multiplier & _WORD, x + w[0] & _WORD)
        w = _weak_32(text, at + 32, z + w[1] & _WORD, y + _number(text, at + 16) & _WORD)
        return z, y, x, v, w

    for at in range(0, (size - 1) // 64 * 64, 64):
        x, y, z, v, w = step(x, y, z, v, w, at, _K1, 1)
    multiplier = _K1 + ((z & 0xFF) << 1) & _WORD
    w = (w[0] + (size - 1 & 63) & _WORD, w[1])
    v = (v[0] + w[0] & _WORD, v[1])
    w = (w[0] + v[0] & _WORD, w[1])
    x, y, z, v, w = step(x, y, z, v, w, size - 64, multiplier, 9)
    first = _mix_two(v[0], w[0], multiplier) + _mix(y) * _K0 + z & _WORD
    second = _mix_two(v[1], w[1], multiplier) + x & _WORD
    return _mix_two(first, second, multiplier)


def fingerprint_cat64(first, second):
    """One fingerprint from two, as TensorFlow chains the fields of a feature cross."""
    result = (first ^ _CAT) ^ (_mix(second * _CAT & _WORD) * _CAT & _WORD)
    return _mix(_mix(result * _CAT & _WORD) * _CAT & _WORD)


def siphash(text, key):
    """SipHash-2-4 of the bytes `text` under a `key` of two 64-bit integers."""
    k0, k1 = (part & _WORD for part in key)
    a, b = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    c, d = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def rounds(a, b, c, d, count):
        for _ in range(count):
            a, c = a + b & _WORD, c + d & _WORD
            b, d = _rotate_right(b, 51) ^ a, _rotate_right(d, 48) ^ c
            a = _rotate_right(a, 32)
            c, a = c + b & _WORD, a + d & _WORD
            b, d = _rotate_right(b, 47) ^ c, _rotate_right(d, 43) ^ a
            c = _rotate_right(c, 32)
        return a, b, c, d

    whole = len(text) // 8 * 8
    words = [_number(text, at) for at in range(0, whole, 8)]
    words.append(_number(text, whole) | (len(text) & 0xFF) << 56)
    for word in words:
        a, b, c, d = rounds(a, b, c, d ^ word, 2)
        a ^= word
    a, b, c, d = rounds(a, b, c ^ 0xFF, d, 4)
    return a ^ b ^ c ^ d
