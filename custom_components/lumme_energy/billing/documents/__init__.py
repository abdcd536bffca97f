"""Documents that we make ourselves: statements, and what a move needs; and the names of files."""
