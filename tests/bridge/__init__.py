"""Tests of the bridge in Home Assistant, against the real firmware."""
