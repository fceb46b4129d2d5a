"""Branches that are decided before a program runs, and those that are not."""

from __future__ import annotations


def test_a_branch_that_constants_decide_is_known_and_not_gone_into(calls) -> None:
    source = """
import os
def on(): ...
def off(): ...
def truth(text):
    text = text.strip().lower()
    if text in ("yes", "true"):
        return True
    elif text in ("no", "false"):
        return False
MANY = truth(os.environ.get("MANY", " False "))
if MANY:
    def one(): ...
    on()
else:
    off()
if not MANY and truth("yes"): off()
one()
"""
    assert calls(source) == {("main", "main.off"), ("main", "main.one"), ("main", "main.truth")}


def test_what_is_decided_while_a_program_runs_is_left_open(calls) -> None:
    source = """
def f(): ...
def g(): ...
READY = False
def run():
    if READY: f()
    for part in parts:
        first = True
        if first: g()
first = True
for part in parts:
    if first: first = False
    else: g()
"""
    assert calls(source) == {("main", "main.g"), ("main.run", "main.f"), ("main.run", "main.g")}
