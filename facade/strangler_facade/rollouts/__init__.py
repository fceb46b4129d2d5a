"""How a service gets its traffic by itself: steps, bake times, and gates that compare it with the monolith.

Everything here is pure: counters, times and policies go in, verdicts come out; ``control`` carries them out.
"""
