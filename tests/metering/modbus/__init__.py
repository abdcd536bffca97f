"""Tests of reading Modbus meters: real requests to a real, independent server."""
