"""Asks back and answers in six languages: what is said, to whom, and how it is understood."""
