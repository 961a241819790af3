"""What a job centre does, in plain values and functions: no clock, no database, no web."""
