"""Tests of what reads a meter, without Home Assistant."""
