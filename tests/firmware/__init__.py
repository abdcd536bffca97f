"""Tests of the firmware, under the MicroPython that it was written for."""
