"""Virtual time over the real product: real processes, broker, database and wires; only the clock is moved."""
