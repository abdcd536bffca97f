"""Opens encrypted telegrams: AES-128-GCM, one general-global-ciphering APDU (DLMS) each.

    DB 08 <system title, 8> 82 <length, 2> 30 <frame counter, 4> <ciphertext> <tag, 12>

The length counts everything behind it. The nonce is system title and frame counter, and what is
authenticated besides is 30 and the authentication key. Sources: Luxmetering P1 specification
1.1.3, section 3.2.5; owners' reports of the same in Austria.
"""

from collections.abc import Callable
import re
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import GCM

from .framing import LIMIT

# The same for every meter in Luxembourg, and published.
AUTHENTICATION_KEY: Final = bytes.fromhex("00112233445566778899AABBCCDDEEFF")

KEY_SIZE: Final = 16
_MARK: Final = b"\xdb\x08"
_HEAD: Final = re.compile(rb"\xdb\x08.{8}\x82..\x30", re.DOTALL)
_COUNTED: Final = 13  # bytes before those that the length counts
_TAG: Final = 12
_SHORTEST: Final = 1 + 4 + _TAG
_PRINTABLE: Final = bytes(range(0x20, 0x7F)) + b"\r\n"


def parse_key(text: str) -> bytes:
    """Return the key that 32 hexadecimal digits spell, however they are grouped.

    Raises:
        ValueError: They are not.

    """
    key = bytes.fromhex(re.sub(r"[\s:-]|^0[xX]", "", text))
    if len(key) != KEY_SIZE:
        raise ValueError("a key has 32 hexadecimal digits")
    return key


class Decryptor:
    """Opens frames with a meter's key.

    A key that is wrong and a frame that was damaged both fail authentication. What the frame then
    decrypts to tells them apart: text with a flaw, or noise. A flawed text is handed out, for the
    checksum within it decides as well as the tag does; so nobody needs the authentication key.

    Attributes:
        wrong_key: Frames that the key does not fit.
        damaged: Frames that it should have fitted, as it has before.

    """

    def __init__(self, key: bytes, authentication_key: bytes = AUTHENTICATION_KEY) -> None:
        """Take the keys, of 16 bytes each.

        Raises:
            ValueError: The key has another length.

        """
        self.wrong_key = 0
        self.damaged = 0
        self._algorithm = AES128(key)
        self._authenticated = b"\x30" + authentication_key
        self._proved = False

    def __call__(self, frame: bytes) -> bytes | None:
        """Return the telegram in a frame; None if there is none to be seen."""
        nonce = frame[2:10] + frame[14:18]
        mode = GCM(nonce, frame[-_TAG:], min_tag_length=_TAG)
        decryptor = Cipher(self._algorithm, mode).decryptor()
        decryptor.authenticate_additional_data(self._authenticated)
        text = decryptor.update(frame[18:-_TAG])
        try:
            decryptor.finalize()
        except InvalidTag:
            if 4 * len(text.translate(None, _PRINTABLE)) > len(text):
                if self._proved:
                    self.damaged += 1
                else:
                    self.wrong_key += 1
                return None
        else:
            self._proved = True
        return text


class Unwrapper:
    """Puts telegrams in the place of the encrypted frames of a byte stream; the rest passes through.

    Holds less than one frame between calls, and that is at most framing.LIMIT bytes long.

    Attributes:
        broken: Frames that another one began in.

    """

    def __init__(self, decrypt: Callable[[bytes], bytes | None]) -> None:
        """Open frames with decrypt, which returns None for those that it cannot open."""
        self.broken = 0
        self._decrypt = decrypt
        self._held = b""

    def reset(self) -> None:
        """Forget an unfinished frame: the stream was interrupted."""
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Take what has arrived and return what there is to read of it."""
        if not self._held and b"\xdb" not in data:
            return data
        buffer = self._held + data
        plain: list[bytes] = []
        done = 0
        while (start := buffer.find(_MARK, done)) >= 0:
            head = buffer[start : start + 14]
            length = int.from_bytes(head[11:13])
            if len(head) == 14 and not (
                _HEAD.match(head) and _SHORTEST < length <= LIMIT - _COUNTED
            ):
                plain.append(buffer[done : start + 2])
                done = start + 2
                continue
            end = start + _COUNTED + length
            if head_within := _HEAD.search(buffer, start + 2, end):
                self.broken += 1  # its end was lost, or its length was damaged
                plain.append(buffer[done:start])
                done = head_within.start()
                continue
            if len(head) < 14 or end > len(buffer):
                break
            plain.append(buffer[done:start])
            if text := self._decrypt(buffer[start:end]):
                plain += (b"\r\n", text, b"\r\n")
            done = end
        else:
            start = len(buffer) - buffer.endswith(b"\xdb")
        self._held = buffer[start:]
        plain.append(buffer[done:start])
        return b"".join(plain)
