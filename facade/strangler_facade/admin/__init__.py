"""The facade's admin interface over HTTP: for people (the page), for the command line, and for clients of services.

It translates; every decision is the control plane's. The only modules of the facade that know FastAPI.
"""
