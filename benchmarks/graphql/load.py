"""A load of requests over kept connections, and what it cost the server."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

Body = Callable[[int], bytes]
"""The request numbered so."""


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured: requests a second, milliseconds of latency, and of the server's CPU for each request."""

    rate: float
    p50: float
    p99: float
    cpu_ms: float
    size: int

    def line(self, name: str) -> str:
        """The figures on one line."""
        numbers = f"{self.cpu_ms:7.3f} ms CPU {self.rate:7.0f}/s  p50 {self.p50:6.1f} ms  p99 {self.p99:6.1f} ms"
        return f"  {name:24} {numbers}  {self.size:6} bytes"


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, in user and system mode."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def put_load(port: int, pid: int, body: Body, seconds: float, connections: int = 16) -> Load:
    """Send requests for so long on so many connections, each when the last was answered."""
    times: list[float] = []
    before, begun = cpu_seconds(pid), perf_counter()
    sizes = await asyncio.gather(*(_client(port, body, n, begun + seconds, times) for n in range(connections)))
    spent, took = cpu_seconds(pid) - before, perf_counter() - begun
    cuts = quantiles(times, n=100)
    return Load(len(times) / took, cuts[49] * 1000, cuts[98] * 1000, spent / len(times) * 1000, max(sizes))


async def _client(port: int, body: Body, first: int, until: float, times: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number, size = first, 0
    while (begun := perf_counter()) < until:
        writer.write(body(number))
        size = await _answer(reader)
        times.append(perf_counter() - begun)
        number += 16
    writer.close()
    return size


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    lines = head.lower().split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
    answer = await reader.readexactly(length)
    assert b'"errors":' not in answer, answer[-400:]
    return length


def post(path: str, token: str, content: bytes) -> bytes:
    """A request as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content
