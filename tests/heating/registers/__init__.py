"""Tests of Modbus heaters: real requests to a real, independent server."""
