"""Tests of what all Modbus devices have in common."""
