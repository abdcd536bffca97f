"""Suppliers' customer portals behind one neutral model. Nothing here imports Home Assistant."""
