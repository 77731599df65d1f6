"""What an API server answers: verbs on objects, without HTTP."""
