"""Tokens of an identity provider let the right people in, and nobody else."""

import asyncio
import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from api.oidc.claims import Limits
from api.oidc.fetching import ProviderFailed
from api.oidc.keys import BETWEEN_LOOKS, SHORTEST, ProviderKeys
from api.oidc.sign_in import SignIn, Terms, looks_like_one
from lifecycle_fsm.domain.access import EVERYTHING, Portfolio, Role
from lifecycle_fsm.domain.errors import Unauthenticated
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.tokens import Identity
from tests.api.oidc.provider import AUDIENCE, ISSUER, Provider, unsigned
from tests.fakes import Clock

ROLES = {"cs-team": Role.CSM, "cs-leads": Role.ADMIN}


@pytest.fixture
def clock() -> Clock:
    """The present: the library that reads tokens asks the machine's clock, too."""
    return Clock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def provider(clock: Clock) -> Provider:
    made = Provider(clock)
    made.add_rsa("one")
    return made


@pytest.fixture
def enter(provider: Provider, clock: Clock) -> Callable[[str], Identity]:
    sign_in = SignIn(Terms(ISSUER, AUDIENCE, ROLES), ProviderKeys(ISSUER, provider.fetch, clock))
    return lambda token: asyncio.run(sign_in.identity(token))


Enter = Callable[[str], Identity]


def test_lets_in_whom_the_provider_vouches_for(enter: Enter, provider: Provider, clock: Clock) -> None:
    found = enter(provider.token(roles=["cs-team", "choir"]))

    assert (found.actor.name, found.actor.roles) == ("ada@example.com", frozenset({Role.CSM}))
    assert (found.expires_at, found.is_ours) == (clock() + timedelta(hours=1), False)


def test_reads_roles_out_of_nested_claims_and_texts(provider: Provider, clock: Clock) -> None:
    terms = Terms(ISSUER, AUDIENCE, ROLES, roles_claim="realm.roles", name_claim="nickname")
    sign_in = SignIn(terms, ProviderKeys(ISSUER, provider.fetch, clock))

    found = asyncio.run(sign_in.identity(provider.token(realm={"roles": "cs-team cs-leads"})))

    assert (found.actor.name, found.actor.roles) == ("user-1", frozenset({Role.CSM, Role.ADMIN}))


def test_takes_elliptic_curves(enter: Enter, provider: Provider) -> None:
    provider.add_ec("curve")

    assert enter(provider.token("curve")).actor.name == "ada@example.com"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"exp": 1_000_000_000}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"sub": None}, "sub"),
        ({"aud": "billing"}, "udience"),
        ({"aud": None}, "aud"),
        ({"iss": "https://evil.example"}, "ssuer"),
        ({"roles": ["choir"]}, "names no role"),
        ({"roles": {"cs-team": True}}, "names no role"),
        ({"email": "\x07", "sub": "\x07"}, "names nobody"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_refuses_tokens_that_are_not_for_us(
    enter: Enter, provider: Provider, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(Unauthenticated) as caught:
        enter(provider.token(**changed))

    assert said in caught.value.message


def test_takes_times_with_fractions_of_seconds(enter: Enter, provider: Provider, clock: Clock) -> None:
    at = clock().timestamp()

    assert enter(provider.token(iat=at, exp=at + 60.5)).expires_at == clock() + timedelta(seconds=60)


def test_allows_clocks_to_differ_a_little(enter: Enter, provider: Provider, clock: Clock) -> None:
    soon, late = int((clock() + timedelta(seconds=30)).timestamp()), int((clock() + timedelta(minutes=5)).timestamp())

    assert enter(provider.token(iat=soon, nbf=soon)).actor.name == "ada@example.com"
    with pytest.raises(Unauthenticated):
        enter(provider.token(nbf=late))


def _none(provider: Provider) -> str:
    return unsigned(provider.claims(), {"alg": "none", "typ": "JWT", "kid": "one"})


def _key_confusion(provider: Provider) -> str:
    """Signed with the public key as if it were a shared secret."""
    import hashlib  # noqa: PLC0415 - only this attack needs them
    import hmac  # noqa: PLC0415

    head = unsigned(provider.claims(), {"alg": "HS256", "typ": "JWT", "kid": "one"}).rsplit(".", 1)[0]
    seal = hmac.new(provider.public_pem("one"), head.encode(), hashlib.sha256).digest()
    return head + "." + unsigned({}, {}, seal).rsplit(".", 1)[1]


def _tampered(provider: Provider) -> str:
    head, _, seal = provider.token().split(".")
    return ".".join((head, unsigned(provider.claims(roles=["cs-leads"]), {}).split(".")[1], seal))


def _own_key(provider: Provider) -> str:
    """Carries the attacker's key, and an address of it, in the header."""
    other = Provider(provider.clock)
    other.add_rsa("one")
    described = other.documents()["/keys"]["keys"][0]
    return other.token(headers={"jwk": described, "jku": "https://evil.example/keys", "x5u": "https://evil.example"})


def _unknown_key(provider: Provider) -> str:
    other = Provider(provider.clock)
    other.add_rsa("../../etc/passwd' OR 1=1 --")
    return other.token("../../etc/passwd' OR 1=1 --")


def _no_key_id(provider: Provider) -> str:
    return jwt.encode(provider.claims(), provider.keys["one"], "RS256")


def _critical(provider: Provider) -> str:
    return provider.token(headers={"crit": ["b64"], "b64": True})


def _other_algorithm(provider: Provider) -> str:
    """An RSA signature that calls itself one of an elliptic curve."""
    _, claims, seal = provider.token().split(".")
    return ".".join((unsigned({}, {"alg": "ES256", "kid": "one"}).split(".")[0], claims, seal))


def _named_none(provider: Provider) -> str:
    """The same in a spelling that only a careless list misses, with a signature that nobody asked for."""
    return unsigned(provider.claims(), {"alg": "nOnE", "kid": "one"}, b"x")


def _no_signature(provider: Provider) -> str:
    return provider.token().rpartition(".")[0] + "."


def _zeros(provider: Provider) -> str:
    """A signature of zeros, which a careless elliptic curve takes for any text."""
    provider.add_ec("curve")
    return unsigned(provider.claims(), {"alg": "ES256", "kid": "curve"}, bytes(64))


def _key_elsewhere(provider: Provider) -> str:
    """A key that is known by its id, and addresses where another one of that id lies."""
    other = Provider(provider.clock, issuer="https://evil.example")
    other.add_rsa("one")
    where = {"jku": "https://evil.example/keys", "x5u": "https://evil.example/chain", "x5c": ["AAAA"], "x5t": "AAAA"}
    return other.token(headers=where, iss=ISSUER)


def _key_id_of_another_kind(provider: Provider) -> str:
    return unsigned(provider.claims(), {"alg": "RS256", "kid": ["one"]}, b"x" * 256)


def _nested(provider: Provider) -> str:
    """A good token as the content of another one, which nobody signed."""
    inner = provider.token().encode()
    head = unsigned({}, {"alg": "RS256", "kid": "one", "cty": "JWT"}).split(".")[0]
    return f"{head}.{base64.urlsafe_b64encode(inner).rstrip(b'=').decode()}.{provider.token().split('.')[2]}"


def _no_claims(provider: Provider) -> str:
    """Signed by the provider, but a list."""
    return jwt.api_jws.encode(b"[1]", provider.keys["one"], "RS256", headers={"kid": "one"})


def _endless(provider: Provider) -> str:
    return provider.token(exp=10**30)


def _infinite(provider: Provider) -> str:
    return provider.token(exp=float("inf"))


ATTACKS = (
    _infinite,
    _none,
    _named_none,
    _no_signature,
    _zeros,
    _key_elsewhere,
    _key_id_of_another_kind,
    _nested,
    _no_claims,
    _endless,
    _key_confusion,
    _tampered,
    _own_key,
    _unknown_key,
    _no_key_id,
    _critical,
    _other_algorithm,
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__.strip("_"))
def test_withstands_the_usual_attacks(enter: Enter, provider: Provider, attack: Callable[[Provider], str]) -> None:
    with pytest.raises(Unauthenticated):
        enter(attack(provider))

    assert {url for url in provider.fetched if not url.startswith(ISSUER)} == set()


@pytest.mark.parametrize("text", ["a.b.c", "..", "e30.e30.e30", "\x00.\x00.\x00", "💥.💥.💥"])
def test_refuses_what_is_no_token(enter: Enter, text: str) -> None:
    assert looks_like_one(text)
    with pytest.raises(Unauthenticated):
        enter(text)


def test_tells_its_own_tokens_from_the_providers(provider: Provider) -> None:
    assert looks_like_one(provider.token())
    assert not looks_like_one("lfsm_3qz-_x")


def test_takes_a_new_key_at_once_and_looks_for_unknown_ones_only_now_and_then(provider: Provider, clock: Clock) -> None:
    sign_in = SignIn(Terms(ISSUER, AUDIENCE, ROLES), ProviderKeys(ISSUER, provider.fetch, clock))

    async def story() -> list[int]:
        looked = []
        await sign_in.identity(provider.token())
        provider.add_rsa("two")
        for _ in range(5):
            with pytest.raises(Unauthenticated):
                await sign_in.identity(provider.token("two"))
        looked.append(len(provider.fetched))
        clock.turn(seconds=BETWEEN_LOOKS.total_seconds())
        await sign_in.identity(provider.token("two"))
        looked.append(len(provider.fetched))
        return looked

    assert asyncio.run(story()) == [2, 4]


def test_asks_once_for_many_that_come_together(provider: Provider, clock: Clock) -> None:
    sign_in = SignIn(Terms(ISSUER, AUDIENCE, ROLES), ProviderKeys(ISSUER, provider.fetch, clock))
    tokens = [provider.token(sub=f"user-{number}") for number in range(20)]

    async def together() -> None:
        await asyncio.gather(*(sign_in.identity(token) for token in tokens))

    asyncio.run(together())
    assert len(provider.fetched) == 2


def test_goes_on_with_known_keys_while_the_provider_is_down(provider: Provider, clock: Clock) -> None:
    sign_in = SignIn(Terms(ISSUER, AUDIENCE, ROLES), ProviderKeys(ISSUER, provider.fetch, clock))

    async def story() -> str:
        token = provider.token()
        await sign_in.identity(token)
        provider.is_down = True
        clock.turn(seconds=SHORTEST.total_seconds())
        return (await sign_in.identity(token)).actor.name

    assert asyncio.run(story()) == "ada@example.com"


def test_says_that_the_provider_failed_while_no_key_is_known(provider: Provider, enter: Enter) -> None:
    provider.is_down = True

    with pytest.raises(ProviderFailed):
        enter(provider.token())


def test_refuses_a_provider_that_calls_itself_otherwise(provider: Provider, clock: Clock) -> None:
    keys = ProviderKeys(ISSUER, provider.fetch, clock)
    provider.calls_itself = "https://login.example/realms/other"

    with pytest.raises(ProviderFailed, match="another issuer"):
        asyncio.run(keys.key("one"))


ADA, ACME = frozenset({"ada@example.com"}), frozenset({account_id_for("ACME")})
BESIDES = Limits("email", "groups", accounts_claim="keys")
LIMITED = Limits("email", "groups", {"emea-large": "enterprise", "emea-small": "tech_touch"})


@pytest.mark.parametrize(
    ("limits", "claims", "portfolio"),
    [
        (Limits(), {}, EVERYTHING),
        (Limits(csm_claim="email"), {}, Portfolio(csms=frozenset({"ada@example.com"}))),
        (Limits(csm_claim="person.id"), {"person": {"id": "ada"}}, Portfolio(csms=frozenset({"ada"}))),
        (Limits(segments_claim="groups"), {"groups": "a b"}, Portfolio(segments=frozenset({"a", "b"}))),
        (
            LIMITED,
            {"groups": ["emea-large", "choir"]},
            Portfolio(frozenset({"ada@example.com"}), frozenset({"enterprise"})),
        ),
        (LIMITED, {"roles": ["cs-leads", "cs-team"]}, EVERYTHING),
        (Limits("team"), {"team": ["ada", "Bo Li", 7, ""]}, Portfolio(frozenset({"ada", "Bo Li"}))),
        (BESIDES, {"groups": ["enterprise"], "keys": "ACME"}, Portfolio(ADA, frozenset({"enterprise"}), ACME)),
        (BESIDES, {"groups": ["enterprise"]}, Portfolio(ADA, frozenset({"enterprise"}))),
        (BESIDES, {"email": None, "groups": ["enterprise"], "keys": ["ACME"]}, Portfolio(accounts=ACME)),
        (BESIDES, {"keys": ["ACME"]}, Portfolio(accounts=ACME)),
        (Limits(accounts_claim="keys"), {"keys": ["ACME"]}, Portfolio(accounts=ACME)),
    ],
)
def test_claims_limit_people_to_accounts(
    provider: Provider, clock: Clock, limits: Limits, claims: dict[str, Any], portfolio: Portfolio
) -> None:
    sign_in = SignIn(Terms(ISSUER, AUDIENCE, ROLES, limits=limits), ProviderKeys(ISSUER, provider.fetch, clock))

    found = asyncio.run(sign_in.identity(provider.token(**claims)))

    assert found.actor.portfolio == portfolio


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": None, "groups": ["emea-large"]}, "the token's claim 'email' names no CSM"),
        ({"email": [""], "groups": ["emea-large"]}, "the token's claim 'email' names no CSM"),
        ({"email": " ", "groups": ["emea-large"]}, "the token's claim 'email' names no CSM"),
        ({}, "the token's claim 'groups' names no segment that is known here"),
        ({"groups": ["choir"]}, "the token's claim 'groups' names no segment that is known here"),
        ({"groups": {"emea-large": True}}, "the token's claim 'groups' names no segment that is known here"),
    ],
)
def test_nobody_sees_more_for_lack_of_a_claim(
    provider: Provider, clock: Clock, claims: dict[str, Any], said: str
) -> None:
    sign_in = SignIn(Terms(ISSUER, AUDIENCE, ROLES, limits=LIMITED), ProviderKeys(ISSUER, provider.fetch, clock))

    with pytest.raises(Unauthenticated, match=said):
        asyncio.run(sign_in.identity(provider.token(**claims)))


@pytest.mark.parametrize("claims", [{}, {"keys": []}, {"keys": 7}, {"keys": {"ACME": True}}])
def test_without_an_account_nobody_is_let_in_by_accounts(
    provider: Provider, clock: Clock, claims: dict[str, Any]
) -> None:
    terms = Terms(ISSUER, AUDIENCE, ROLES, limits=Limits(accounts_claim="keys"))

    with pytest.raises(Unauthenticated, match="the token's claim 'keys' names no account"):
        asyncio.run(SignIn(terms, ProviderKeys(ISSUER, provider.fetch, clock)).identity(provider.token(**claims)))
