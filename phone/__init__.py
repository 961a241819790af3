"""The visitor's own page on a telephone, behind the code on the slip."""
