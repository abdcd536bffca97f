"""Modbus meters: what is in which register, read in few requests, turned into typed values."""
