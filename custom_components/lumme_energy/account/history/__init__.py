"""What a portal knows of the past, in Home Assistant's long-term statistics and energy dashboard."""
