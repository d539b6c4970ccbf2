"""The provider that an operator has set."""

from collections.abc import Callable
from datetime import datetime

from api.oidc.claims import Limits
from api.oidc.fetching import Fetched, fetch
from api.oidc.keys import ProviderKeys
from api.oidc.sign_in import SignIn, Terms
from api.threads import Threads
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.settings import Settings


def sign_in_of(settings: Settings, threads: Threads, clock: Callable[[], datetime]) -> SignIn | None:
    """The sign-in of the settings; None where no provider is set, so that only tokens of our own let anybody in."""
    if settings.oidc_issuer is None:
        return None

    async def in_a_thread(url: str) -> Fetched:
        return await threads.run(fetch, url)

    terms = Terms(
        settings.oidc_issuer,
        settings.oidc_audience,
        {word: Role(role) for word, role in settings.oidc_roles.items()},
        settings.oidc_roles_claim,
        settings.oidc_name_claim,
        settings.oidc_leeway_seconds,
        Limits(
            settings.oidc_csm_claim,
            settings.oidc_segments_claim,
            settings.oidc_segments,
            frozenset(Role(each.strip()) for each in settings.oidc_limited_roles.split(",")),
            settings.oidc_accounts_claim,
        ),
    )
    return SignIn(terms, ProviderKeys(settings.oidc_issuer, in_a_thread, clock))
