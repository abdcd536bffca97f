"""All that the bridge decides. Runs under MicroPython on the device and on a computer alike."""
