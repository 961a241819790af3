"""The ways to a printer: bytes out, bytes in, and no wait without an end."""
