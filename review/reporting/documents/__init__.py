"""The documents of a report: one module for each format. Each is complete in one file and asks nothing of the network."""
