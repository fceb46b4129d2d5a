"""The facade's control plane: the only owner of every service's stage, and of the table its workers route by.

How a request is decided and carried belongs to the data plane; HTTP for people and clients to ``admin``.
"""
