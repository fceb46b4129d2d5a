"""The targets' side: connections and their pools, breakers, probes, and the budget of fallbacks."""
