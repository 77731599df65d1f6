"""Pods: the fields that frames need, and what follows from them."""
