"""What can be wrong, one cause a module: its functions each plant one form of it."""
