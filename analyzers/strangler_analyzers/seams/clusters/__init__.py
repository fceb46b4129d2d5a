"""From ties to groups: modularity clustering, agreement of many runs, refinement, names."""
