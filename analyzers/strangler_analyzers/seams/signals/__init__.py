"""What ties two modules: each signal is one module and yields weighted pairs of positions, ``i < j``."""
