"""What the demo tells its user when it cannot go on."""


class DemoError(Exception):
    """Something the user can act on; the text is the whole message."""
