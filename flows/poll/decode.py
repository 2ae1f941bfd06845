"""Content codings undone within a bound, however much the sender packed into how few bytes."""

import io
import zlib

import brotli  # type: ignore[import-untyped]
import zstandard

_MAX_LAYERS = 2
_MAX_MEMBERS = 1_000
_STEP = 16 * 1024  # packed bytes
_GZIP = b"\x1f\x8b"
_GZIP_BITS = zlib.MAX_WBITS | 16
_WINDOW = 8 * 1024 * 1024  # bytes: what RFC 9659 lets a server use for zstd


class EncodingError(Exception):
    """A body that cannot be decoded as its header says."""


class TooLargeError(Exception):
    """A body that is larger than the limit once decoded."""


def decode(body: bytes, codings: str, limit: int, *, cut: bool = False) -> bytes:
    """The body with its content codings undone; ``codings`` is the header's value, "" for none.

    A body that stops early gives what came out of it. Never holds more than about ``limit`` bytes of output; beyond it
    raises :class:`TooLargeError`, or with ``cut`` returns what came until there. Raises :class:`EncodingError` for
    damaged bodies and unknown codings.
    """
    names = [name for part in codings.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > _MAX_LAYERS:
        raise EncodingError(f"{len(names)} content codings")
    for name in reversed(names):
        if not body:
            break
        try:
            body = _DECODERS[name](body, limit + 1)
        except KeyError:
            raise EncodingError(f"unknown content coding {name!r}") from None
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise EncodingError(f"damaged {name}: {error}") from error
        if len(body) > limit and not cut:
            raise TooLargeError
    return body[:limit]


def _gzip(body: bytes, limit: int) -> bytes:
    if body[:2] != _GZIP:
        return body  # announced and not done: seen with servers behind a cache that unpacks
    out = bytearray()
    member, members = zlib.decompressobj(_GZIP_BITS), 1
    # In steps, since what follows a member is copied each time: 15 MB of empty members would take hours in one.
    for start in range(0, len(body), _STEP):
        rest = body[start : start + _STEP]
        while rest:
            out += member.decompress(rest, limit - len(out))
            rest = member.unused_data
            if len(out) >= limit or (rest and not _GZIP.startswith(rest[:2])):  # some servers pad
                return bytes(out)
            if rest:  # members may follow one another
                member, members = zlib.decompressobj(_GZIP_BITS), members + 1
                if members > _MAX_MEMBERS:
                    raise EncodingError(f"more than {_MAX_MEMBERS} gzip members")
    return bytes(out)


def _deflate(body: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, limit)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit)  # raw, as some servers send it


def _brotli(body: bytes, limit: int) -> bytes:
    decompressor = brotli.Decompressor()
    out = bytearray(decompressor.process(body, output_buffer_limit=limit))
    while len(out) < limit and not decompressor.can_accept_more_data():
        out += decompressor.process(b"", output_buffer_limit=limit - len(out))
    return bytes(out)


def _zstd(body: bytes, limit: int) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    with decompressor.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        return bytes(reader.read(limit))


_DECODERS = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
