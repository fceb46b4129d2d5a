"""Bounds on a share that hold at every moment, however often one looks.

The beta mixture martingale of Robbins (1970); Howard, Ramdas, McAuliffe & Sekhon, "Time-uniform, nonparametric,
nonasymptotic confidence sequences", Annals of Statistics 49 (2021), section 3: for Bernoulli trials of share p,

    M(n, k; p) = B(k + a, n - k + a) / B(a, a) / (p**k * (1 - p)**(n - k)),   a = 1/2

is a martingale with mean 1, so by Ville's inequality it ever reaches 1/alpha with probability at most alpha. The shares
for which it has not are an interval around k/n: its ends are the bounds. docs/reference/rollouts.md has the tables.
"""

from __future__ import annotations

from math import inf, lgamma, log, log1p

_PRIOR = 0.5
_THIRDS = 60


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def evidence(trials: int, hits: int, share: float) -> float:
    """Logarithm of the martingale: how strongly ``hits`` of ``trials`` speak against the true share being ``share``."""
    misses = trials - hits
    if (hits and share <= 0) or (misses and share >= 1):
        return inf
    mixture = _log_beta(hits + _PRIOR, misses + _PRIOR) - _log_beta(_PRIOR, _PRIOR)
    return mixture - (hits * log(share) if hits else 0.0) - (misses * log1p(-share) if misses else 0.0)


def surely_above(trials: int, hits: int, share: float, alpha: float) -> bool:
    """Whether the true share is above ``share``; a wrong yes ever comes with probability at most ``alpha``."""
    return hits > share * trials and evidence(trials, hits, share) >= -log(alpha)


def surely_below(trials: int, hits: int, share: float, alpha: float) -> bool:
    """Whether the true share is below ``share``; a wrong yes ever comes with probability at most ``alpha``."""
    return hits < share * trials and evidence(trials, hits, share) >= -log(alpha)


def lower(trials: int, hits: int, alpha: float) -> float:
    """The share is at least this; wrong with probability at most ``alpha`` over all time."""
    if hits == 0:
        return 0.0
    return _edge(trials, hits, alpha, 0.0)


def upper(trials: int, hits: int, alpha: float) -> float:
    """The share is at most this; wrong with probability at most ``alpha`` over all time."""
    if hits == trials:
        return 1.0
    return _edge(trials, hits, alpha, 1.0)


def excess(service: tuple[int, int], monolith: tuple[int, int], allowed: float) -> float:
    """Logarithm of the evidence that the service's share of hits is more than ``allowed`` above the monolith's.

    The product of both martingales at the pair of shares that explains the counts best without such an excess (both
    arguments are ``(trials, hits)``). That pair lies on the edge, service = monolith + allowed, and as the
    logarithm is convex along it, a ternary search finds it. 0 if the counts themselves show no excess.
    """
    (trials, hits), (control_trials, control_hits) = service, monolith
    highest = hits / trials - allowed if trials else 0.0
    lowest = control_hits / control_trials if control_trials else 0.0
    if highest <= lowest or not control_trials:
        return 0.0

    def against(share: float) -> float:
        return evidence(trials, hits, share + allowed) + evidence(control_trials, control_hits, share)

    low, high = lowest, highest
    for _ in range(_THIRDS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if against(left) <= against(right):
            high = right
        else:
            low = left
    return against((low + high) / 2)


def _edge(trials: int, hits: int, alpha: float, outside: float) -> float:
    """Where the evidence reaches 1/alpha between the observed share and ``outside``, to the last bit of a float.

    A bound may be 1e-10, of which a fixed number of halvings of the unit interval would leave a digit or two.
    """
    limit, inside = -log(alpha), hits / trials
    while (middle := (inside + outside) / 2) not in (inside, outside):
        if evidence(trials, hits, middle) >= limit:
            outside = middle
        else:
            inside = middle
    return outside
