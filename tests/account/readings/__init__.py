"""Tests of the readings of an account."""
