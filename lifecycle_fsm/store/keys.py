"""Tokens, kept as hashes: who reads the database cannot act for anybody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio, Role
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import Part, read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.kept_portfolios import keep_portfolio, kept_portfolio
from lifecycle_fsm.store.tables.keys import api_key


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Whose token it is, what it allows, and until when."""

    token_hash: str
    name: str
    roles: frozenset[Role]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    portfolio: Portfolio = EVERYTHING

    def is_valid(self, as_of: datetime) -> bool:
        """Whether the token may be used at that instant."""
        return (self.expires_at is None or as_of < self.expires_at) and (
            self.revoked_at is None or as_of < self.revoked_at
        )


def hash_of(token: str) -> str:
    """The SHA-256 of a token in hexadecimal; enough because tokens are 256 random bits, not passwords."""
    return sha256(token.encode()).hexdigest()


def add_key(connection: Connection, key: ApiKey) -> None:
    """Let a token in."""
    connection.execute(
        insert(api_key).values(
            token_hash=key.token_hash,
            name=key.name,
            roles=_written(key.roles),
            created_at=to_ms(key.created_at),
            expires_at=optional_ms(key.expires_at),
            **keep_portfolio(key.portfolio),
        )
    )


def find_key(connection: Connection, token: str) -> ApiKey | None:
    """The key of a token, valid or not; None for a token that was never let in."""
    row = connection.execute(_KEY, {"hash": hash_of(token)}).one_or_none()
    if row is None:
        return None
    return _key_of(row)


def find_keys(connection: Connection, hashes: Collection[str]) -> tuple[ApiKey, ...]:
    """The keys of tokens with these hashes, valid or not."""
    rows = connection.execute(select(*api_key.columns).where(api_key.c.token_hash.in_(hashes)))
    return tuple(_key_of(row) for row in rows)


def _key_of(row: ResultRow[*tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        row.token_hash,
        row.name,
        frozenset(Role(role) for role in row.roles.split(",") if role),
        from_ms(row.created_at),
        optional_instant(row.expires_at),
        optional_instant(row.last_used_at),
        optional_instant(row.revoked_at),
        kept_portfolio(row.portfolio, row.portfolio_csm, row.portfolio_segments),
    )


def page_keys(connection: Connection, page: PageRequest) -> Page[ApiKey]:
    """
    Read one page of the tokens' keys, newest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    keys = (api_key.c.created_at, api_key.c.token_hash)
    query = select(*api_key.columns).order_by(*(key.asc() if page.backwards else key.desc() for key in keys))
    if cursor is not None:
        _, created_at, token_hash = read_cursor(cursor, (str, int, str), path)
        query = query.where(_beyond(created_at, token_hash, backwards=page.backwards))
    rows = connection.execute(query.limit(page.size + 1)).all()
    total = connection.execute(select(func.count()).select_from(api_key)).scalar_one() if page.with_total else None
    found = [_key_of(row) for row in rows]
    return cut(
        found,
        page,
        item_of=lambda key: key,
        cursor_of=lambda key: write_cursor("tokens", to_ms(key.created_at), key.token_hash),
        total=total,
    )


def _beyond(created_at: Part, token_hash: Part, *, backwards: bool) -> ColumnElement[bool]:
    at, digest = api_key.c.created_at, api_key.c.token_hash
    if backwards:
        return or_(at > created_at, and_(at == created_at, digest > token_hash))
    return or_(at < created_at, and_(at == created_at, digest < token_hash))


def revoke_key(connection: Connection, token_hash: str, at: datetime) -> None:
    """Stop one token, unless it was stopped before."""
    connection.execute(_REVOKED_ONE, {"hash": token_hash, "at": to_ms(at)})


def note_use(connection: Connection, token_hash: str, at: datetime) -> None:
    """Remember when a token was last used."""
    connection.execute(_USED, {"hash": token_hash, "at": to_ms(at)})


def was_issued(connection: Connection, name: str) -> bool:
    """Whether a token of this name was ever let in, valid or not."""
    return connection.execute(_NAMED, {"of": name}).first() is not None


def revoke_keys(connection: Connection, name: str, at: datetime) -> int:
    """Stop every token of a name that is in force, and count them."""
    return connection.execute(_REVOKED_BY_NAME, {"of": name, "at": to_ms(at)}).rowcount


def revoke_all_keys(connection: Connection, at: datetime) -> int:
    """Stop every token that is in force, and count them."""
    return connection.execute(_REVOKED_ALL, {"at": to_ms(at)}).rowcount


def _written(roles: Iterable[Role]) -> str:
    return ",".join(sorted(role.value for role in roles))


_KEY = select(*api_key.columns).where(api_key.c.token_hash == bindparam("hash"))

_NAMED = select(api_key.c.token_hash).where(api_key.c.name == bindparam("of")).limit(1)

_USED = update(api_key).where(api_key.c.token_hash == bindparam("hash")).values(last_used_at=bindparam("at"))

_REVOKED_ONE = (
    update(api_key)
    .where(api_key.c.token_hash == bindparam("hash"), api_key.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)

_REVOKED_ALL = (
    update(api_key)
    .where(
        api_key.c.revoked_at.is_(None),
        or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > bindparam("at")),
    )
    .values(revoked_at=bindparam("at"))
)

_REVOKED_BY_NAME = _REVOKED_ALL.where(api_key.c.name == bindparam("of"))
