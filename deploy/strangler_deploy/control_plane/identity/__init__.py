"""Who asks: tokens checked against an issuer's keys, and callers with what they may."""
