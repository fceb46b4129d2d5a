from collections.abc import Callable

from strangler_facade.plane.codecs.heads import RequestHead, ResponseHead

def use(
    request_kinds: dict[bytes, int],
    response_kinds: dict[bytes, int],
    request_type: type[RequestHead],
    response_type: type[ResponseHead],
    slow_request: Callable[[bytes], RequestHead],
    slow_response: Callable[[bytes], ResponseHead],
    no_extras: dict[bytes, bytes],
    longest_target: int,
    most_fields: int,
    /,
) -> None: ...
def request_head(block: bytes, /) -> RequestHead: ...
def response_head(block: bytes, /) -> ResponseHead: ...
