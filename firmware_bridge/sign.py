"""Sign a bundle for an update over the network.

    scripts/sign_firmware dist/firmware release.pem

writes `manifest` into the bundle: the text that the bridge checks before it takes anything. The key
(ECDSA P-256) is made when there is no such file. Its public half, 64 bytes, is written beside it
(`release.pub`); it goes onto the device as `data/release.pub` when that is flashed, and from then on
the device takes updates from the owner of the key and from nobody else.
"""

import argparse
from hashlib import sha256
from pathlib import Path
import re

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

VERSION_FILE = Path(__file__).parent / "bridge" / "version.py"


def version() -> str:
    """Return the version that the sources have."""
    found = re.search(r'^VERSION = "(.+)"$', VERSION_FILE.read_text(), re.MULTILINE)
    if found is None:
        raise SystemExit(f"no version in {VERSION_FILE}")
    return found[1]


def load_or_make_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Return the release key; makes one that only its owner can read when there is none."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SystemExit(f"{path} is not an elliptic curve's key")
        return key
    key = ec.generate_private_key(ec.SECP256R1())
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as the bridge reads it: x, then y."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )[1:]


def manifest(bundle: Path, key: ec.EllipticCurvePrivateKey, release: str) -> bytes:
    """Return the signed manifest of a bundle."""
    lines = [f"lumme-bridge {release}"]
    for path in sorted(bundle.rglob("*.mpy")):
        data = path.read_bytes()
        name = path.relative_to(bundle).as_posix()
        lines.append(f"file {name} {len(data)} {sha256(data).hexdigest()}")
    text = "".join(f"{line}\n" for line in lines).encode()
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(SHA256())))
    return text + b"signature " + (r.to_bytes(32) + s.to_bytes(32)).hex().encode() + b"\n"


def main() -> None:
    """Sign what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("key", type=Path)
    arguments = parser.parse_args()
    key = load_or_make_key(arguments.key)
    arguments.key.with_suffix(".pub").write_bytes(public_bytes(key))
    (arguments.bundle / "manifest").write_bytes(manifest(arguments.bundle, key, version()))
    print(f"signed {version()} in {arguments.bundle}")  # noqa: T201 - a command of the terminal


if __name__ == "__main__":
    main()
