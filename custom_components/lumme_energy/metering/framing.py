"""Cuts telegrams out of a byte stream that may begin, break and be damaged anywhere.

Plain functions of bytes and no imports, so that a microcontroller can run it as it is.
"""

# The longest telegram seen is 1.5 kB; a full text message adds 2 kB.
LIMIT = 8192

_HEX = b"0123456789abcdefABCDEF"


class Framer:
    """Collects bytes and hands out frames: from a "/" to the "!" and the CRC behind it.

    Holds at most `limit` bytes between calls, and looks at each byte a bounded number of times.

    Attributes:
        framing: Pieces thrown away because they had no beginning or no end, such as the rest of the
            telegram in whose middle we began to listen.
        overflow: Pieces thrown away because they grew beyond the limit.

    """

    def __init__(self, limit: int = LIMIT) -> None:
        """Start with nothing; limit is the longest frame in bytes."""
        self.framing = 0
        self.overflow = 0
        self._limit = limit
        self._buffer = b""
        self._searched = 0

    def reset(self) -> None:
        """Forget an unfinished frame: the stream was interrupted."""
        self._buffer = b""
        self._searched = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take what has arrived and return the frames it completes."""
        frames: list[bytes] = []
        for start in range(0, len(data), self._limit):
            self._buffer += data[start : start + self._limit]
            self._take(frames)
            self._trim()
        return frames

    def _take(self, frames: list[bytes]) -> None:
        """Cut off every frame that is complete."""
        buffer = self._buffer
        done = 0
        while (mark := buffer.find(b"\n!", self._searched)) >= 0:
            end = mark + 2
            most = min(mark + 6, len(buffer))
            while end < most and buffer[end] in _HEX:
                end += 1
            if end < mark + 6:
                if end == len(buffer):  # the rest of the CRC, or the line's end, is still to come
                    self._searched = mark
                    break
                if buffer[end] not in b"\r\n":
                    self._searched = end
                    continue
            self._cut(buffer[done:end], frames)
            done = self._searched = end
        else:
            self._searched = max(done, len(buffer) - 1)
        self._buffer = buffer[done:]
        self._searched -= done

    def _cut(self, piece: bytes, frames: list[bytes]) -> None:
        """Find where the telegram that ends this piece began."""
        start = piece.find(b"/")
        # A "/" that begins a line is a beginning for certain: what stood before it was cut off.
        newest = piece.rfind(b"\n/") + 1
        if newest > start >= 0:
            start = newest
            self.framing += 1
        if start < 0:
            self.framing += 1
        elif len(piece) - start > self._limit:
            self.overflow += 1
        else:
            frames.append(piece[start:])

    def _trim(self) -> None:
        """Drop what cannot become a frame any more."""
        size = len(self._buffer)
        start = self._buffer.find(b"/")
        if size - start > self._limit and start >= 0:
            self.overflow += 1
            start = self._buffer.find(b"/", size - self._limit)
        # The last bytes may be the first of the mark that ends a telegram.
        self._buffer = self._buffer[start:] if start >= 0 else self._buffer[-6:]
        self._searched = max(0, len(self._buffer) - size + self._searched)
