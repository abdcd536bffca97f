"""Tests of the portal layer."""
