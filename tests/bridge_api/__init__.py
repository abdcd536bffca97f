"""Tests of the client of a bridge, where no bridge would answer like that."""
