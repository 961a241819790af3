"""The voice that calls numbers and reads the kiosk aloud, made on this box without the network (docs/voice.md)."""
