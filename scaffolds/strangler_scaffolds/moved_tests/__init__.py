"""Chooses the monolith's own tests that go with a service: those that find all they need in it."""

from strangler_scaffolds.moved_tests.choose import MovedTests, Stayed, choose

__all__ = ["MovedTests", "Stayed", "choose"]
