"""What lines say about how a command ended: curl, wget and kubectl."""
