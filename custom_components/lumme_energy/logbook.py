"""Entries in the logbook."""

from .account.readings.logbook import async_describe_events

__all__ = ["async_describe_events"]
