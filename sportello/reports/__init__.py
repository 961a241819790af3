"""What managers and the public are told, each figure with its definition."""
