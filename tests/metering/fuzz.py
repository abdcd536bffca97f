"""Feeds the P1 reader mutated telegrams: it must neither raise nor grow, whatever comes.

`scripts/fuzz_p1 --telegrams 1000000 --seed 1`
"""

import argparse
from datetime import UTC, datetime, timedelta
import random
import sys
from time import monotonic
import tracemalloc

from custom_components.lumme_energy.metering.detect import detect
from custom_components.lumme_energy.metering.encrypted import Decryptor
from custom_components.lumme_energy.metering.masking import masked
from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from demo.p1_meter import KEY, KINDS, DemoP1Meter, telegram

START = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
MOST_BYTES = 4_000_000
BITS = [1 << bit for bit in range(8)]
PIECES = [
    b"/",
    b"!",
    b"\n!",
    b"\r\n",
    b"(",
    b")",
    b"*",
    b"\x00",
    b"\xff",
    b"\xdb\x08",
    b"1-0:1.7.0(",
]


def seeds() -> list[bytes]:
    """Return whole telegrams of all the demo's meters, encrypted and not, and of old ones."""
    gas = "0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3)"
    old = telegram(["/ISk5\\2MT382-1004", "", "0-1:24.1.0(3)", gas, "(00001.001)"])
    moments = [START + timedelta(seconds=11 * number) for number in range(12)]
    whole = [old, old[:-6] + b"\r\n"]
    for country, kind in KINDS.items():
        meter = DemoP1Meter(country)
        whole += [meter.say(moment) for moment in moments]
        whole += [telegram(kind.render(moment)) for moment in moments]
    return whole


def mutated(rand: random.Random, whole: list[bytes]) -> bytes:
    """Return a telegram that something happened to; one in four comes unharmed."""
    data = rand.choice(whole)
    at = rand.randrange(len(data))
    match rand.randrange(8):
        case 0 | 1:
            return data
        case 2:  # bits flip
            damaged = bytearray(data)
            for _ in range(rand.choice((1, 1, 2, 5, 50))):
                damaged[rand.randrange(len(data))] ^= rand.choice(BITS)
            return bytes(damaged)
        case 3:  # cut
            return data[:at] if rand.random() < 0.5 else data[at:]
        case 4:  # merged
            return data[:at] + rand.choice(whole)[at // 2 :]
        case 5:  # something in between
            return data[:at] + rand.choice(PIECES) * rand.choice((1, 2, 40)) + data[at:]
        case 6:  # garbled, and the checksum made to fit
            text = data[: data.rfind(b"!")].decode("latin-1").split("\r\n")
            line = rand.randrange(len(text))
            position = rand.randrange(len(text[line]) + 1)
            text[line] = text[line][:position] + rand.choice("()*:.-/ xS9") + text[line][position:]
            return telegram([part.encode("ascii", "replace").decode() for part in text])
        case _:  # noise
            return rand.randbytes(rand.randrange(200))


def main(arguments: list[str] | None = None) -> int:
    """Run and print what became of it; fail if memory grew."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz_p1", description=__doc__)
    parser.add_argument("--telegrams", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    rand = random.Random(chosen.seed)  # noqa: S311
    whole = seeds()
    readers = {
        country: P1Reader(profile, Decryptor(KEY) if profile.encrypted else None)
        for country, profile in PROFILES.items()
    }
    names = list(Country)
    began = monotonic()
    tracemalloc.start()
    before = 0
    for number in range(chosen.telegrams):
        data = mutated(rand, whole)
        reader = readers[rand.choice(names)]
        if rand.random() < 0.3:
            cut = rand.randrange(len(data) + 1)
            reader.feed(data[:cut])
            reader.feed(data[cut:])
        else:
            reader.feed(data)
        if number % 100 == 0:
            detect(data, now=START, home=rand.choice(names))
            masked(data)
        if number == chosen.telegrams // 10:
            before, _ = tracemalloc.get_traced_memory()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    lines = [
        f"{chosen.telegrams:,} telegrams, seed {chosen.seed}, {monotonic() - began:.0f} s",
        *(f"{country} {reader.counters}" for country, reader in readers.items()),
        f"memory: {before:,} B after a tenth, {after:,} B in the end",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(after > before + MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
