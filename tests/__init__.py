"""Tests of the integration and its demo."""
