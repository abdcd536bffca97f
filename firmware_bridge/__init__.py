"""The firmware of the bridge, and what makes it ready for a device."""
