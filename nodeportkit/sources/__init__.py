"""Whatever a person has, read into the frames of a cluster: one room for each way of printing."""
