"""Tests of the documents that we make."""
