"""Registers of any Modbus device, read in few requests, and files that say what is in which."""
