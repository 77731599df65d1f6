"""What the controllers of a cluster do, one module each with a class `Controller`, found by being there."""
