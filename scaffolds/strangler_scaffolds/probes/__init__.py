"""What `observe` and `prove` put into the monolith's and the service's process; the code on disk stays as it is.

Copied next to the run under the name ``strangler_probes``: standard library only (SQLAlchemy, Flask and Django are used
where the application has loaded them), Python 3.8 and later, relative imports only.
"""
