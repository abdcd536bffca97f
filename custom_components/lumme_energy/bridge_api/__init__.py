"""The client of a bridge's API, without Home Assistant: pinned, typed, and never more than asked."""
