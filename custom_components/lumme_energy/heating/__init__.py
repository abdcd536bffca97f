"""Rules of heating a house that is often empty; plain Python, without Home Assistant."""
