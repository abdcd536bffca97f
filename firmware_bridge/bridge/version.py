"""What this firmware calls itself."""

MODEL = "lumme-bridge"
VERSION = "0.1.0"
API = 1
