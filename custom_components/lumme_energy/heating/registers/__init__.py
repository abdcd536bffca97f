"""Modbus heaters: what is in which register, how it is written, and whether it was kept."""
