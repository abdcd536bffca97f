"""A year at a cottage, with everything that goes wrong in it, for the rules of heating to get through."""
