"""Source → facts → graph → seams. Nothing here imports or runs the code under analysis."""
