"""What generated clients and services share at run time: copied into each, standard library only, Python 3.8 and later.

Nothing here may import from Strangler or from outside the standard library; the modules know one another by relative
imports only, so that a copy works under any name.
"""
