"""The demonstration: the whole story on the sample monolith, with real processes and real traffic."""
