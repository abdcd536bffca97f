"""Tests of heated houses in Home Assistant."""
