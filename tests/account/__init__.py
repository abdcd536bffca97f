"""Tests of the supplier account in Home Assistant."""
