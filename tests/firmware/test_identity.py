"""The device's key, certificate and signatures, against an independent library."""

from hashlib import sha256
import os

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given, settings, strategies as st
import pytest

from firmware_bridge.bridge import cert, ecdsa
from firmware_bridge.sign import public_bytes


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Check a signature to its end."""
    *_, good = ecdsa.verify_steps(public, sha256(message).digest(), signature)
    return bool(good)


def theirs(public: bytes) -> ec.EllipticCurvePublicKey:
    """Return a public key as the other library has it."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)


@given(st.binary(max_size=200))
@settings(max_examples=8)
def test_signatures_agree(message: bytes) -> None:
    private = ecdsa.make_key(os.urandom)
    public = ecdsa.public_key(private)
    r, s = ecdsa.sign(private, message, os.urandom)
    theirs(public).verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    key = ec.generate_private_key(ec.SECP256R1())
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    signature = ecdsa.to_bytes(r) + ecdsa.to_bytes(s)
    assert verify(public_bytes(key), message, signature)
    assert not verify(public_bytes(key), message + b"!", signature)
    assert not verify(public, message, signature)


@pytest.mark.parametrize("signature", [(0, 1), (1, 0), (ecdsa.N, 1), (1, ecdsa.N)])
def test_signatures_out_of_range_are_wrong(signature: tuple[int, int]) -> None:
    public = ecdsa.public_key(5)
    r, s = signature
    assert not verify(public, b"", ecdsa.to_bytes(r) + ecdsa.to_bytes(s))


def test_keys_that_are_none_are_refused() -> None:
    good = ecdsa.to_bytes(1) * 2
    assert not verify(b"\1" * 64, b"", good)  # not on the curve
    assert not verify(b"\xff" * 64, b"", good)
    assert not verify(b"", b"", good)
    assert not verify(ecdsa.public_key(5), b"", good[:-1])


def test_certificate_is_what_others_understand() -> None:
    key, made = cert.make("lumme-bridge-0123ab", os.urandom)
    certificate = x509.load_der_x509_certificate(made)
    private = serialization.load_der_private_key(key, password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert private.public_key() == certificate.public_key()
    certificate.verify_directly_issued_by(certificate)
    assert certificate.subject.rfc4514_string() == "CN=lumme-bridge-0123ab"
    assert certificate.not_valid_before_utc.year == 2000
    assert certificate.not_valid_after_utc.year == 2099
    assert 0 < certificate.serial_number < 1 << 127
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["lumme-bridge-0123ab.local"]
    assert cert.make("a", os.urandom)[0] != key
    with pytest.raises(InvalidSignature):
        theirs(ecdsa.public_key(5)).verify(
            certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256())
        )
