"""A server that comes and goes on its port."""

import asyncio
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.background.processes import THIS_RELEASE, Release, a_process_of


@dataclass
class Server:
    """A server that can be stopped and started again on its port, also as another release."""

    url: str
    port: int
    stack: ExitStack
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, release: Release = THIS_RELEASE) -> None:
        given = {"worker_name": f"w{self.port}", **self.settings}
        process = a_process_of(release, "serve", database_url=self.url, port=str(self.port), **given)
        self.process = self.stack.enter_context(process)

    async def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait, 60)
