"""TLS towards clients."""

from __future__ import annotations

import ssl

from strangler.errors import StranglerError


def server_context(certificate: str, key: str | None) -> ssl.SSLContext:
    """A context for TLS 1.2 and later, HTTP/1.1 only.

    Raises:
        StranglerError: certificate or key cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise StranglerError(f"cannot use the certificate {certificate}: {error}") from error
    return context
