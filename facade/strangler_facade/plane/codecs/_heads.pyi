from collections.abc import Callable

from strangler_facade.plane.codecs.heads import RequestHead, ResponseHead

def use(
    request_kinds: dict[bytes, int],
    response_kinds: dict[bytes, int],
    request_type: type[RequestHead],
    response_type: type[ResponseHead],
    slow_request: Callable[[bytes], tuple[RequestHead, int] | None],
    slow_response: Callable[[bytes], tuple[ResponseHead, int] | None],
    no_extras: dict[bytes, bytes],
    longest_target: int,
    most_fields: int,
    /,
) -> None: ...
def next_request(data: bytes, /) -> tuple[RequestHead, int] | None: ...
def next_response(data: bytes, /) -> tuple[ResponseHead, int] | None: ...
