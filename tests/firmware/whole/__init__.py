"""Tests of the whole firmware in a process: its API, its frost guard, its updates."""
