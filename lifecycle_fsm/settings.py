"""What an operator can set, from the environment; a wrong value stops the start with one clear line."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.errors import InvalidInput


class Settings(BaseSettings):
    """Every setting is an environment variable named `LIFECYCLE_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="LIFECYCLE_", frozen=True)

    database_url: str = Field(
        default="sqlite:///lifecycle.db",
        pattern=r"^(sqlite:///|postgresql(\+psycopg)?://)",
        description="SQLAlchemy address of the store: sqlite:///FILE or postgresql://USER@HOST/NAME.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8321, ge=1, le=65535, description="Port that the server listens on.")
    threads: int = Field(default=8, ge=1, le=128, description="Database calls that run at the same time.")
    small_batch: int = Field(
        default=200, ge=0, le=10_000, description="Up to so many accounts of an ingest are evaluated at once."
    )
    approval: bool = Field(
        default=False, description="Whether a plan needs the approval of somebody other than its author."
    )
    introspection: bool = Field(default=True, description="Whether the GraphQL schema may be asked for.")
    max_body_bytes: int = Field(default=1_000_000, ge=1_000, description="Largest GraphQL request, in bytes.")
    batch: int = Field(
        default=0, ge=0, le=50, description="Requests that one body may carry as a list; 0 takes no lists."
    )
    operation_seconds: float = Field(
        default=30, gt=0, le=3600, description="Seconds after which an operation is given up."
    )
    rate: int = Field(default=0, ge=0, description="Points that each client gets back a second; 0 limits nobody.")
    rate_burst: int = Field(default=10_000, ge=1, description="Points that a client may hold.")
    cors_origins: str = Field(
        default="", description="Origins of web pages that may ask, with commas between; * is any."
    )
    documents: Path | None = Field(default=None, description="Folder of trusted documents.")
    document_policy: Literal["open", "preferred", "required"] = Field(
        default="open", description="Whether documents that are not trusted may run."
    )
    document_policies: dict[str, Literal["open", "preferred", "required"]] = Field(
        default={}, description="The same for single roles, as a JSON object."
    )
    configuration: Path | None = Field(default=None, description="Folder of definitions that `demo` publishes.")

    @field_validator("document_policies")
    @classmethod
    def _only_roles(cls, given: dict[str, str]) -> dict[str, str]:
        unknown = sorted(given.keys() - set(Role))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no role; expected {', '.join(Role)}")
        return given


def read_settings() -> Settings:
    """
    Read the settings from the environment.

    Raises:
        InvalidInput: a variable has a value that is not allowed; the message names all of them.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(_wrong(str(each["loc"][0]), each["input"], each["msg"]) for each in error.errors())
        raise InvalidInput(f"{wrong}; correct or unset the variable", path="environment") from error


def _wrong(name: str, value: object, problem: str) -> str:
    """One wrong setting in words; the address of a store may hold a password, so it is not repeated."""
    if name == "database_url":
        return "LIFECYCLE_DATABASE_URL is no store: expected sqlite:///FILE or postgresql://USER@HOST/NAME"
    return f"LIFECYCLE_{name.upper()}={value!r}: {problem[:1].lower()}{problem[1:]}"
