"""Small files that a power cut never breaks: written anew beside the old one, then renamed.

On LittleFS and POSIX a rename replaces the old file in one step, so a reader finds the old content
or the new one, whole.
"""

import json
import os


class Store:
    """Reads and writes the small files of one folder."""

    def __init__(self, folder):
        """Use a folder, made when it is not there."""
        self._folder = folder
        make_folder(folder)

    def path(self, name):
        """Return where a file is."""
        return self._folder + "/" + name

    def read_bytes(self, name):
        """Return a file's content, or None when there is no such file."""
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except OSError:
            return None

    def write_bytes(self, name, content):
        """Replace a file's content."""
        path = self.path(name)
        with open(path + ".new", "wb") as file:
            file.write(content)
        os.rename(path + ".new", path)

    def read(self, name):
        """Return what a JSON file holds, or None when there is no such file or it is damaged."""
        content = self.read_bytes(name)
        if content is None:
            return None
        try:
            return json.loads(content)
        except ValueError:
            return None

    def write(self, name, value):
        """Replace a JSON file; an unchanged one is left alone, to spare the flash."""
        content = json.dumps(value).encode()
        if content != self.read_bytes(name):
            self.write_bytes(name, content)

    def remove(self, name):
        """Remove a file; one that is not there is as good."""
        try:
            os.remove(self.path(name))
        except OSError:
            pass


def make_folder(path):
    """Make a folder and what is missing above it."""
    made = "/" if path.startswith("/") else ""
    for part in path.split("/"):
        if not part:
            continue
        made += part
        try:
            os.mkdir(made)
        except OSError:
            pass  # it is there; if it cannot be made, writing into it will tell
        made += "/"
