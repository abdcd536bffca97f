"""ECDSA on the curve P-256 with SHA-256, in plain integers.

The stock firmware's TLS can use a key but can neither make one nor check a signature for us. Both
are needed seldom: a key and its certificate once, at the first boot; a check for each update.
Python's integers do not take a constant time, so nothing here may sign at a stranger's wish: the
only signature made is the one on the device's own certificate. TLS signs in C.

Points are (x, y, z) in Jacobian coordinates, so that an addition needs no division.
"""

from hashlib import sha256

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)
_NOWHERE = (0, 1, 0)


def _double(point):
    x, y, z = point
    yy = y * y % P
    s = 4 * x * yy % P
    zz = z * z % P
    m = 3 * (x - zz) * (x + zz) % P
    x2 = (m * m - 2 * s) % P
    return x2, (m * (s - x2) - 8 * yy * yy) % P, 2 * y * z % P


def _add(one, two):
    if not one[2]:
        return two
    if not two[2]:
        return one
    x1, y1, z1 = one
    x2, y2, z2 = two
    zz1 = z1 * z1 % P
    zz2 = z2 * z2 % P
    u1 = x1 * zz2 % P
    h = (x2 * zz1 - u1) % P
    s1 = y1 * z2 * zz2 % P
    r = (y2 * z1 * zz1 - s1) % P
    if not h:
        return _NOWHERE if r else _double(one)
    hh = h * h % P
    hhh = h * hh % P
    v = u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, h * z1 * z2 % P


def _inverse(value, modulus):
    # By Fermat's little theorem: MicroPython's pow() takes no negative exponent.
    return pow(value, modulus - 2, modulus)


def _affine(point):
    inverse = _inverse(point[2], P)
    square = inverse * inverse % P
    return point[0] * square % P, point[1] * square * inverse % P


def _sum_steps(a, one, b, two):
    """Compute a * one + b * two; yields now and then, the last time the result."""
    table = (_NOWHERE, one, two, _add(one, two))
    point = _NOWHERE
    for bit in range(255, -1, -1):
        point = _double(point)
        chosen = (a >> bit & 1) | (b >> bit & 1) << 1
        if chosen:
            point = _add(point, table[chosen])
        if not bit & 7:
            yield point


def _multiply(k, point):
    *_, result = _sum_steps(k, point, 0, point)
    return _affine(result)


def _below_n(seed):
    """Make an evenly spread number in 1…N-1 from a seed, by hashing it to 512 bits."""
    wide = sha256(seed + b"\0").digest() + sha256(seed + b"\1").digest()
    return int.from_bytes(wide, "big") % (N - 1) + 1


def to_bytes(number):
    """Write a coordinate or scalar as 32 bytes."""
    return number.to_bytes(32, "big")


def make_key(urandom):
    """Make a private key; `urandom` gives that many random bytes."""
    return _below_n(urandom(64))


def public_key(private):
    """Return the public point of a private key as 64 bytes, x then y."""
    x, y = _multiply(private, G)
    return to_bytes(x) + to_bytes(y)


def sign(private, message, urandom):
    """Sign a message; returns (r, s).

    The nonce is made from the key, the message and fresh random bytes, so neither a weak source
    of randomness nor a repeated message gives the key away.
    """
    digest = sha256(message).digest()
    e = int.from_bytes(digest, "big")
    while True:
        k = _below_n(to_bytes(private) + digest + urandom(32))
        r = _multiply(k, G)[0] % N
        s = _inverse(k, N) * (e + r * private) % N
        if r and s:
            return r, s


def verify_steps(public, digest, signature):
    """Check a signature of a SHA-256 digest, in small steps.

    Yields None while it works, then True or False: a check takes a second or more on an ESP32,
    which the caller spends between its other tasks.

    Args:
        public: The signer's public key, 64 bytes.
        digest: SHA-256 of the message.
        signature: r and s, 64 bytes.

    """
    good = False
    if len(public) == 64 and len(signature) == 64:
        x = int.from_bytes(public[:32], "big")
        y = int.from_bytes(public[32:], "big")
        r = int.from_bytes(signature[:32], "big")
        s = int.from_bytes(signature[32:], "big")
        on_curve = x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0
        if on_curve and 0 < r < N and 0 < s < N:
            w = _inverse(s, N)
            e = int.from_bytes(digest, "big")
            total = _NOWHERE
            for step in _sum_steps(e * w % N, G, r * w % N, (x, y, 1)):
                total = step
                yield None
            good = bool(total[2]) and _affine(total)[0] % N == r
    yield good
