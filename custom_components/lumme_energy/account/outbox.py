"""What an account asks its portal to change: on disk before it leaves, and kept as a record."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..const import DOMAIN, LOGGER
from ..portal.errors import PortalError, PortalOutcomeUnknownError
from ..portal.outbox import NOT_RECEIVED, WriteRecord, WriteState, after_restart, bounded, reason

VERSION: Final = 1
MAX_RECORDS: Final = 200
# Less than Home Assistant waits for an entry that is unloaded.
PATIENCE: Final = 5

type Send = Callable[[], Awaitable[None]]
type ReadBack = Callable[[], Awaitable[bool | None]]

_encoder = BasicEncoder(tuple[WriteRecord, ...])
_decoder = BasicDecoder(tuple[WriteRecord, ...])


class Outbox:
    """An entry's changes, newest last.

    Attributes:
        records: All that is remembered.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file of an entry."""
        self._hass = hass
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.{entry_id}.outbox", private=True, atomic_writes=True
        )
        self.records: tuple[WriteRecord, ...] = ()
        self._one_at_a_time = asyncio.Lock()
        self._is_closed = False
        self._listeners: list[Callable[[WriteRecord], None]] = []

    async def async_load(self) -> None:
        """Read the file. What was on its way when Home Assistant stopped is unknown."""
        try:
            stored = await self._store.async_load() or {}
            records = _decoder.decode(stored.get("records", []))
        except UnsupportedStorageVersionError:
            LOGGER.warning("Stored changes come from a newer version and are ignored")
        except Exception:  # noqa: BLE001 - a file may hold anything, and mashumaro raises anything
            LOGGER.warning("Stored changes cannot be read and are ignored")
        else:
            self.records = tuple(after_restart(record) for record in records)

    async def async_close(self) -> None:
        """Send nothing more: what is planned is for whoever reads the file next.

        What is on its way gets some seconds; after that it is unknown, as after a crash.
        """
        self._is_closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._one_at_a_time:
                pass

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    @property
    def waiting(self) -> tuple[WriteRecord, ...]:
        """What is planned or unknown, oldest first."""
        waits = {WriteState.PLANNED, WriteState.UNKNOWN}
        return tuple(record for record in self.records if record.state in waits)

    def unsettled(self, subject: str) -> WriteRecord | None:
        """Return the change of a subject of which it is not known how it ends."""
        return next(
            (
                record
                for record in self.records
                if record.subject == subject and not record.state.is_settled
            ),
            None,
        )

    def latest_accepted(self, subject: str) -> WriteRecord | None:
        """Return the last change of a subject that the portal has made."""
        return next(
            (
                record
                for record in reversed(self.records)
                if record.subject == subject and record.state is WriteState.ACCEPTED
            ),
            None,
        )

    @callback
    def async_add_listener(self, listener: Callable[[WriteRecord], None]) -> CALLBACK_TYPE:
        """Have it told whenever a change is settled."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def async_plan(self, record: WriteRecord) -> None:
        """Write a new change down, to be sent now or after a restart."""
        self.records = bounded((*self.records, record), MAX_RECORDS)
        await self._save()

    async def async_send(self, record: WriteRecord, send: Send, read_back: ReadBack) -> WriteRecord:
        """Bring a change to its end as far as that is possible now.

        Args:
            record: One of `records`; somebody else may have sent it in the meantime.
            send: Asks the portal for it, once; raises `PortalError` where it was not done, and
                `PortalOutcomeUnknownError` where it may have been.
            read_back: Tells from the portal's own state whether it was made; None cannot tell.

        Returns:
            The record as it stands: settled, or unknown to be looked at later.
        """
        async with self._one_at_a_time:
            record = await self._look(self._current(record), read_back)
            # When Home Assistant stops, what is saved is no longer on disk at once.
            may_send = not self._is_closed and not self._hass.is_stopping
            if record.state is WriteState.PLANNED and may_send:
                record = await self._try(record.sending(dt_util.utcnow()), send)
        return record

    async def async_call_off(self, record: WriteRecord, read_back: ReadBack) -> WriteRecord:
        """Give up a change, unless it has arrived or may yet; return how it stands."""
        async with self._one_at_a_time:
            record = await self._look(self._current(record), read_back)
            if record.state is WriteState.PLANNED:
                record = await self._keep(record.refused(NOT_RECEIVED, dt_util.utcnow()))
        return record

    def _current(self, record: WriteRecord) -> WriteRecord:
        return next(each for each in self.records if each.record_id == record.record_id)

    async def _look(self, record: WriteRecord, read_back: ReadBack) -> WriteRecord:
        """Find out what became of an unknown change."""
        found = record
        if record.state is WriteState.UNKNOWN:
            match await read_back():
                case True:
                    found = record.accepted(dt_util.utcnow())
                case False:
                    found = record.missed(dt_util.utcnow())
        return record if found == record else await self._keep(found)

    async def _try(self, record: WriteRecord, send: Send) -> WriteRecord:
        try:
            await self._keep(record)
            await send()
        except PortalOutcomeUnknownError:
            record = record.unknown()
        except PortalError as err:
            record = record.refused(reason(err), dt_util.utcnow())
        except BaseException:
            # On disk it is still on its way, which means the same.
            self._put(record.unknown())
            raise
        else:
            record = record.accepted(dt_util.utcnow())
        return await self._keep(record)

    async def _keep(self, record: WriteRecord) -> WriteRecord:
        """Write a new state down, and tell how it ended."""
        self._put(record)
        await self._save()
        if record.state.is_settled:
            for listener in tuple(self._listeners):
                listener(record)
        return record

    def _put(self, record: WriteRecord) -> None:
        self.records = tuple(
            record if each.record_id == record.record_id else each for each in self.records
        )

    async def _save(self) -> None:
        await self._store.async_save({"records": _encoder.encode(self.records)})
