"""Makes a P-256 key and a self-signed certificate (X.509 in DER), once, at the first boot.

The certificate is valid from 2000, because a device without a clock boots then, to the end of 2099,
because a certificate that runs out in a cottage locks its owner out.
"""

from hashlib import sha256

from . import ecdsa

_INTEGER = 0x02
_BIT_STRING = 0x03
_OCTET_STRING = 0x04
_UTF8_STRING = 0x0C
_UTC_TIME = 0x17
_GENERALIZED_TIME = 0x18
_SEQUENCE = 0x30
_SET = 0x31

# Object identifiers, already in DER.
_EC_PUBLIC_KEY = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
_PRIME256V1 = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
_ECDSA_SHA256 = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
_COMMON_NAME = b"\x06\x03\x55\x04\x03"
_SUBJECT_KEY_ID = b"\x06\x03\x55\x1d\x0e"
_KEY_USAGE = b"\x06\x03\x55\x1d\x0f"
_ALT_NAME = b"\x06\x03\x55\x1d\x11"
_BASIC_CONSTRAINTS = b"\x06\x03\x55\x1d\x13"
_TRUE = b"\x01\x01\xff"


def make(name, urandom):
    """Make a key and a certificate for that common name; returns both in DER."""
    private = ecdsa.make_key(urandom)
    public = ecdsa.public_key(private)
    body = _to_be_signed(name, public, bytes([urandom(1)[0] & 0x7F | 0x40]) + urandom(15))
    r, s = ecdsa.sign(private, body, urandom)
    signature = _sequence(_integer(ecdsa.to_bytes(r)), _integer(ecdsa.to_bytes(s)))
    certificate = _sequence(
        body, _sequence(_ECDSA_SHA256), _element(_BIT_STRING, b"\0" + signature)
    )
    return _private_key(private, public), certificate


def _to_be_signed(name, public, serial):
    subject = _sequence(
        _element(_SET, _sequence(_COMMON_NAME, _element(_UTF8_STRING, name.encode())))
    )
    point = b"\x04" + public
    return _sequence(
        _explicit(0, _integer(b"\x02")),  # version 3
        _integer(serial),
        _sequence(_ECDSA_SHA256),
        subject,  # its own issuer
        _sequence(
            _element(_UTC_TIME, b"000101000000Z"),
            _element(_GENERALIZED_TIME, b"20991231235959Z"),
        ),
        subject,
        _sequence(_sequence(_EC_PUBLIC_KEY, _PRIME256V1), _element(_BIT_STRING, b"\0" + point)),
        _explicit(
            3,
            _sequence(
                # It stands at the top of its own chain of one, which strict verifiers only
                # accept of an authority.
                _extension(_BASIC_CONSTRAINTS, _sequence(_TRUE, _integer(b"\0")), critical=True),
                _extension(
                    _KEY_USAGE,
                    _element(_BIT_STRING, b"\x02\x84"),  # digitalSignature, keyCertSign
                    critical=True,
                ),
                _extension(_SUBJECT_KEY_ID, _element(_OCTET_STRING, sha256(point).digest()[:20])),
                _extension(_ALT_NAME, _sequence(_element(0x82, (name + ".local").encode()))),
            ),
        ),
    )


def _private_key(private, public):
    """Write a key as RFC 5915 has it."""
    return _sequence(
        _integer(b"\x01"),
        _element(_OCTET_STRING, ecdsa.to_bytes(private)),
        _explicit(0, _PRIME256V1),
        _explicit(1, _element(_BIT_STRING, b"\0\x04" + public)),
    )


def _extension(identifier, value, critical=False):
    return _sequence(identifier, _TRUE if critical else b"", _element(_OCTET_STRING, value))


def _element(tag, content):
    size = len(content)
    if size < 0x80:
        length = bytes([size])
    elif size < 0x100:
        length = bytes([0x81, size])
    else:
        length = bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + content


def _sequence(*parts):
    return _element(_SEQUENCE, b"".join(parts))


def _explicit(number, content):
    return _element(0xA0 | number, content)


def _integer(number):
    """Write a positive number, given as big-endian bytes, as short as DER demands."""
    number = number.lstrip(b"\0") or b"\0"
    if number[0] & 0x80:
        number = b"\0" + number
    return _element(_INTEGER, number)
