"""The screen a visitor taps for a ticket."""
