"""Tests of a meter in Home Assistant."""
