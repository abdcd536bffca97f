"""Tests of the history in statistics."""
