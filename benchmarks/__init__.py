"""What reading and joining costs on a cluster of Kubernetes' own largest size: `python -m benchmarks`.

Every module here that has a `run` is a benchmark; a new one is a new module, with no list to edit. They measure ratios of
one run on one machine, never seconds against a limit, so that they say the same on a slow machine and on a fast one.
"""
