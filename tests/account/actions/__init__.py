"""Tests of the actions of a supplier account."""
