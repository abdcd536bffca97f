"""Keeps rooms warm with relays and probes of our own, whether or not anybody else is there."""

import asyncio

import hal

_STEP = 5000  # ms
_CONVERSION = 800  # ms
_LOST = 600  # s without a reading before a probe counts as lost
_HOLD = 60  # s that a relay stays as it is, for the sake of its contacts
_CYCLE = 900  # s of the duty cycle of a relay whose probe is lost
_YEAR = 31556952  # s
_SUMMER = range(152, 244)  # days of the year: June to August, give or take one


class Relay:
    """Decides about one relay; temperatures are m°C, times are seconds."""

    def __init__(self, now):
        """Be off, and have heard nothing."""
        self.on = False
        self.blind = False
        self.temperature = None
        self._heard = now
        self._switched = now - _HOLD
        self._cycle = now

    def decide(self, settings, target, temperature, now, winter):
        """Return whether it has to be on."""
        self.temperature = temperature
        if temperature is not None:
            self._heard = now
        blind = now - self._heard >= _LOST
        if blind and not self.blind:
            self._cycle = now
        self.blind = blind
        want = self.on
        urgent = False
        if blind:
            part = (now - self._cycle) % _CYCLE
            want = winter and part * 100 < settings["duty"] * _CYCLE
        elif temperature is not None:
            urgent = temperature < settings["floor"]
            if urgent or temperature < target - settings["hysteresis"]:
                want = True
            elif temperature >= target:
                want = False
        if want != self.on and (urgent or now - self._switched >= _HOLD):
            self.on = want
            self._switched = now
        return self.on


class Relays:
    """All relays of ours."""

    def __init__(self, failsafe, clock):
        """Begin with none; the table says which there are."""
        self._failsafe = failsafe
        self._clock = clock
        self._relays = {}

    def step(self, probes, winter, switch):
        """Switch every relay as it has to be."""
        now = self._clock.seconds()
        table = self._failsafe.table["relays"]
        used = {settings["relay"] for settings in table.values()}
        for name in list(self._relays):
            if name not in table:
                number = self._relays.pop(name)[0]
                if number not in used:
                    switch(number, False)
        for name, settings in table.items():
            number = settings["relay"]
            if name not in self._relays or self._relays[name][0] != number:
                self._relays[name] = (number, Relay(now))
            relay = self._relays[name][1]
            temperature = probes.get(settings["probe"])
            target = self._failsafe.target(name)
            switch(number, relay.decide(settings, target, temperature, now, winter))

    def status(self):
        """Return what the API shows."""
        return {
            name: {
                "on": relay.on,
                "temperature": relay.temperature,
                "target": self._failsafe.target(name),
                "probe_lost": relay.blind,
            }
            for name, (_, relay) in self._relays.items()
            if name in self._failsafe.table["relays"]
        }


def is_winter(utc):
    """Return whether it may freeze; it may when nobody has told the time."""
    # Not by gmtime(), which counts from another year on the device than on a computer.
    return utc is None or utc % _YEAR // 86400 not in _SUMMER


async def run(app):
    """Control the relays for ever."""
    part = app.parts["relays"] = Relays(app.parts["failsafe"], app.clock)
    while True:
        app.beat("relay_loop")
        hal.probes_start()
        await asyncio.sleep_ms(_CONVERSION)
        part.step(hal.probes(), is_winter(hal.utc()), _switch)
        await asyncio.sleep_ms(_STEP - _CONVERSION)


def _switch(number, on):
    if number < hal.relays():
        hal.relay(number, on)
