"""Faults that are planted in a playground, in a service that works: a module each, named as the cause is."""
