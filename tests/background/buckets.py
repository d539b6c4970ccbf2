"""A store of objects that speaks enough of S3, on loopback: it checks every signature, and creates once."""

import hmac
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5, sha256
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY_ID, SECRET, REGION, BUCKET = "AKIDAUDITORS", "wJalrXUtnFEMI/K7MDENG", "eu-central-1", "evidence"


@dataclass
class ObjectServer:
    """
    Objects by their names, what was asked, and the status that everything gets while it is set.

    Of objects that are encrypted with a key of the customer, the ETag is no MD5.
    """

    port: int
    objects: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: int | None = None
    encrypted: bool = False

    def etag(self, name: str) -> str:
        content = self.objects[name]
        return f'"{sha256(content).hexdigest() if self.encrypted else md5(content).hexdigest()}"'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    served: ClassVar[ObjectServer]
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self._stopped(body):
            return
        name = unquote(urlsplit(self.path).path)
        if self.headers["if-none-match"] == "*" and name in self.served.objects:
            self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
            return
        self.served.objects[name] = body
        self._answer(200, b"", ("ETag", self.served.etag(name)))

    def do_GET(self) -> None:
        if self._stopped(b""):
            return
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        if asked.get("list-type") == "2":
            self._answer(200, listing(self.served, asked.get("prefix", "")))
        elif (name := unquote(parts.path)) in self.served.objects:
            headers = ("ETag", self.served.etag(name)), ("Last-Modified", "Mon, 02 Mar 2026 09:00:00 GMT")
            self._answer(200, self.served.objects[name], *headers)
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _stopped(self, body: bytes) -> bool:
        self.served.asked.append(f"{self.command} {self.path}")
        if self.served.down is not None:
            self._answer(self.served.down, b"")
            return True
        if self.headers.get("authorization") != signed(self.command, self.path, dict(self.headers.items()), body):
            self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            return True
        return False

    def _answer(self, code: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(code)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: object = None, size: object = None) -> None:
        """Say nothing."""


def listing(served: ObjectServer, prefix: str) -> bytes:
    found = "".join(
        f"<Contents><Key>{name.removeprefix(f'/{BUCKET}/')}</Key><LastModified>2026-03-02T09:00:00.000Z</LastModified>"
        f"<ETag>{escape(served.etag(name))}</ETag><Size>{len(served.objects[name])}</Size></Contents>"
        for name in sorted(served.objects)
        if name.startswith(f"/{BUCKET}/{prefix}")
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()


@contextmanager
def an_object_store() -> Iterator[ObjectServer]:
    """Listen until the test ends."""

    class Handler(_Handler):
        served = ObjectServer(0)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served = Handler.served
        served.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def signed(method: str, target: str, headers: dict[str, str], body: bytes) -> str:
    """
    What the header `authorization` has to be, worked out from the secret alone.

    Source: AWS Signature Version 4, "Create a signed AWS API request".
    """
    given = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = given["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    assert {"host", "x-amz-content-sha256", "x-amz-date"} <= set(names.split(";"))
    assert given["x-amz-content-sha256"] == sha256(body).hexdigest()
    parts = urlsplit(target)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in pairs)
    stated = "".join(f"{name}:{given[name]}\n" for name in names.split(";"))
    request = "\n".join((method, parts.path, query, stated, names, given["x-amz-content-sha256"]))
    scope = f"{given['x-amz-date'][:8]}/{REGION}/s3/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", given["x-amz-date"], scope, sha256(request.encode()).hexdigest()))
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), sha256)
    signature = hmac.digest(key, text.encode(), sha256).hex()
    return f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={names}, Signature={signature}"
