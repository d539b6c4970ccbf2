"""The provider's documents are read within bounds, from where they were asked for and nowhere else."""

import pytest

from api.oidc.fetching import LARGEST, ProviderFailed, fetch
from tests.background.receivers import a_receiver, raw, status


def answer(body: bytes, *more: str) -> bytes:
    """An answer over HTTP with these further lines in its head."""
    head = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *more]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def test_reads_an_object_and_how_long_it_may_be_kept() -> None:
    with a_receiver() as provider:
        provider.answer = raw(answer(b'{"keys": []}', "Cache-Control: public, max-age=900"))
        found = fetch(provider.url)

    assert (found.document, found.max_age) == ({"keys": []}, 900)


def test_an_object_may_be_as_large_as_is_written_and_no_larger() -> None:
    largest = b'{"a": "' + b"x" * (LARGEST - 9) + b'"}'
    with a_receiver() as provider:
        provider.answer = raw(answer(largest))
        kept = fetch(provider.url)
        provider.answer = raw(answer(largest + b" "))
        with pytest.raises(ProviderFailed, match="no JSON object of at most 262144 bytes"):
            fetch(provider.url)

    assert len(str(kept.document["a"])) == LARGEST - 9


@pytest.mark.parametrize("body", [b"[]", b"null", b"{", b"<html>", b"", b'{"a": NaN}'])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with a_receiver() as provider:
        provider.answer = raw(answer(body))
        with pytest.raises(ProviderFailed, match="no JSON object"):
            fetch(provider.url)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirection_is_not_followed(code: int) -> None:
    with a_receiver() as other, a_receiver() as provider:
        provider.answer = status(code, f"Location: {other.url}")
        with pytest.raises(ProviderFailed, match="does not answer"):
            fetch(provider.url)

        assert (len(provider.arrived), other.arrived) == (1, [])


@pytest.mark.parametrize(
    "url",
    ["http://login.example/keys", "http://10.0.0.1/keys", "file:///etc/passwd", "ftp://127.0.0.1/keys", "keys", ""],
)
def test_only_https_leaves_this_machine(url: str) -> None:
    with pytest.raises(ProviderFailed, match="is not https"):
        fetch(url)
