"""Tests of the rules of sending meter readings in."""
