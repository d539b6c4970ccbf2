"""How far a long command has come, on the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; it may be told again and again."""

    progress: Progress
    task: TaskID

    def told(self, done: int, of: int) -> None:
        """So much is done, of so much; the first time shows the bar."""
        self.progress.start()
        self.progress.update(self.task, completed=done, total=of)

    def say(self, text: str) -> None:
        """Put a line above the bar."""
        self.progress.console.print(text, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Bar]:
    """
    Lend a bar on the standard error; where that is no terminal, only its end is shown.

    What is refused before anything was told shows none.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    try:
        yield Bar(progress, progress.add_task(title, total=None))
    finally:
        if progress.live.is_started:
            progress.stop()
