"""Home Assistant is killed while it sends readings in, and none is lost, doubled or invented."""
