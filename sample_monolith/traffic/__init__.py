"""Ordinary customers of the shop, for when it has to be shown that nobody notices a thing."""

from traffic.runner import run
from traffic.tally import Latency, Report

__all__ = ["Latency", "Report", "run"]
