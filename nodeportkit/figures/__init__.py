"""matplotlib: one picture a module; frames in, Axes out."""
