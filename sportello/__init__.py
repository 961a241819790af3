"""The queue of one centre, without a face."""
