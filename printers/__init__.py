"""The paper: each number drawn on a slip and sent to the centre's printers."""
