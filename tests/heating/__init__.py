"""Tests of the rules of heating."""
