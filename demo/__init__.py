"""Stand-ins for the customers' portals and the smart meter, speaking the real wire formats."""
