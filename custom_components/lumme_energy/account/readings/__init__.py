"""Meter readings that send themselves in: what Home Assistant has to do for that."""
