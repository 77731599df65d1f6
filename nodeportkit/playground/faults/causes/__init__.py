"""A module for each cause that a playground can show, with a function `plant`; found by being there."""
