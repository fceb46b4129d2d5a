"""Runs the policies of the tree as the API server would, over the tree's own objects and over broken copies of them.

Three engines read what was rendered: CEL for ValidatingAdmissionPolicy and for Kyverno, Rego for Gatekeeper. They come
with the extra ``policies``; without it the check says that policies were not run.
"""
