"""Our server as `serve` runs it, without a line in the log for each request, on LIFECYCLE_PORT."""

from api.app import create_app
from api.server import Server
from lifecycle_fsm.bootstrap import open_world
from lifecycle_fsm.cli.serve import listening
from lifecycle_fsm.settings import read_settings


def main() -> None:
    settings = read_settings()
    Server(create_app(open_world(settings), settings), settings).run(sockets=[listening(settings)])


if __name__ == "__main__":
    main()
