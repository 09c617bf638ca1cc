"""Signing in with the group's own accounts (OpenID Connect). It ends in the same kind of session.

Authlib does the protocol: discovery, state, nonce, PKCE and the signature of what comes back. What
a sign-in began with travels in a short-lived cookie that only we can read or make.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from httpx2 import HTTPError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.addresses import own_address, safe_next, with_next
from dashboard.web.arriving import arrive
from dashboard.web.bugs import report_bug
from dashboard.web.cookies import ELSEWHERE, drop_cookie, read_cookie, set_cookie
from dashboard.web.gate import presence_of
from dashboard.web.pages import browser_of, client_of, goal_of, guarded, say
from dashboard.wording import doors as words
from data import clock
from data.database import configured_engine
from data.doors.links import link_identity
from data.doors.openings import SignedIn
from data.doors.refusals import NotSignedIn
from data.doors.sealing import seal, unseal
from data.doors.sign_in import note_unvouched, sign_in_with
from models.access import Stage
from models.errors import Unavailable

PLACE = "cookie:elsewhere"
LASTS = 600  # seconds somebody may take at the provider
# Whoever confirms that it is them is to show it there anew, not to be waved through.
ANEW = {"prompt": "login", "max_age": "0"}
CLOCKS_DIFFER = 60  # seconds


@dataclass(frozen=True)
class Provider:
    """Where the group's accounts are, from the AFTERGLOW_OIDC_ settings."""

    name: str
    issuer: str
    client_id: str
    client_secret: str

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") or "provider"


class NotVouched(Exception):
    """What came back does not show who somebody is."""


def configured_provider() -> Provider | None:
    def read(name: str) -> str:
        return os.environ.get(f"AFTERGLOW_OIDC_{name}", "").strip()

    issuer, client_id = read("ISSUER").rstrip("/"), read("CLIENT_ID")
    if not issuer or not client_id:
        return None
    return Provider(read("NAME") or "your account", issuer, client_id, read("CLIENT_SECRET"))


def way_in(goal: str, welcome: str | None = None) -> dict[str, str] | None:
    """Return the name and address of the button, None where no provider is configured."""
    provider = configured_provider()
    if provider is None:
        return None
    path = f"/sign-in/with/{provider.slug}"
    href = f"/welcome/{welcome}/with/{provider.slug}" if welcome else with_next(path, goal)
    return {"name": provider.name, "href": href}


@cache
def _registered(provider: Provider) -> StarletteOAuth2App:
    return OAuth().register(
        "elsewhere",
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic"
            if provider.client_secret
            else "none",
            "timeout": 10,
        },
    )


@guarded
async def leave_for_provider(request: Request) -> Response:
    provider = _asked_for(request)
    if provider is None:
        return say(words.NOT_FOUND, title=words.NOT_FOUND_TITLE, status=404)
    kept: dict[str, Any] = {}
    presence = presence_of(request)
    is_confirming = presence is not None and presence.stage is Stage.OPEN
    try:
        response = await _registered(provider).authorize_redirect(
            _with_session(request, kept),
            _back_address(request, provider),
            **(ANEW if is_confirming else {}),
        )
    except (HTTPError, ValueError) as error:
        report_bug(error)
        return _sorry(words.ELSEWHERE_AWAY, provider, 502)
    going = {
        "session": kept,
        "next": goal_of(request),
        "welcome": request.path_params.get("token", ""),
        "confirming_since": clock.now().timestamp() if is_confirming else None,
    }
    response.headers["cache-control"] = "no-store"
    set_cookie(response, request.scope, seal(json.dumps(going), PLACE), ELSEWHERE, LASTS)
    return response


@guarded
async def come_back(request: Request) -> Response:
    provider, going = _asked_for(request), _went_with(request)
    if provider is None:
        return say(words.NOT_FOUND, title=words.NOT_FOUND_TITLE, status=404)
    try:
        claims = await _read_claims(request, provider, going)
        signed_in = await _let_in(request, claims, going["welcome"])
    except NotSignedIn:
        response = _sorry(words.UNKNOWN_IDENTITY, provider, 401)
    except HTTPError as error:
        report_bug(error)
        response = _sorry(words.ELSEWHERE_AWAY, provider, 502)
    except NotVouched as error:
        report_bug(error.__cause__)
        await run_in_threadpool(note_unvouched, configured_engine(), client_of(request))
        response = _sorry(words.ELSEWHERE_FAILED, provider, 400)
    else:
        response = await arrive(request, signed_in, safe_next(going["next"]))
    drop_cookie(response, request.scope, ELSEWHERE)
    return response


async def _read_claims(
    request: Request, provider: Provider, going: dict[str, Any] | None
) -> dict[str, Any]:
    """Return who the provider says this is. Raises NotVouched for anything that does not fit."""
    if going is None:
        raise NotVouched
    app = _registered(provider)
    try:
        token = await app.authorize_access_token(_with_session(request, going["session"]))
        metadata = await app.load_server_metadata()
    except HTTPError:
        raise
    except Exception as error:  # whatever a provider or a forger sends opens nothing
        raise NotVouched from error
    claims = token.get("userinfo") or {}
    is_theirs = claims.get("iss") == metadata.get("issuer")
    if not is_theirs or claims["iss"].rstrip("/") != provider.issuer or not claims.get("sub"):
        raise NotVouched
    if not _is_fresh(claims.get("auth_time"), going["confirming_since"]):
        raise NotVouched
    return dict(claims)


def _is_fresh(shown_at: Any, since: float | None) -> bool:
    """Tell whether somebody showed who they are since then, as far as the provider says when."""
    if since is None or shown_at is None:
        return True
    return isinstance(shown_at, int | float) and shown_at >= since - CLOCKS_DIFFER


async def _let_in(request: Request, claims: dict[str, Any], welcome: str) -> SignedIn:
    identity = {"issuer": claims["iss"], "subject": str(claims["sub"])}
    where = {"client": client_of(request), "browser": browser_of(request)}
    engine = configured_engine()
    if welcome:
        return await run_in_threadpool(link_identity, engine, welcome, **identity, **where)
    address = claims.get("email")
    return await run_in_threadpool(sign_in_with, engine, **identity, email_or_name=address, **where)


def _went_with(request: Request) -> dict[str, Any] | None:
    """Return what the sign-in began with in this browser, None without a cookie of ours."""
    sealed = read_cookie(request.scope, ELSEWHERE)
    try:
        going: dict[str, Any] | None = json.loads(unseal(sealed, PLACE)) if sealed else None
    except Unavailable:
        going = None
    return going


def _with_session(request: Request, kept: dict[str, Any]) -> Request:
    """Give Authlib a place of its own to keep the state in, apart from Streamlit's session."""
    return Request({**request.scope, "session": kept}, request.receive)


def _asked_for(request: Request) -> Provider | None:
    provider = configured_provider()
    return provider if provider and provider.slug == request.path_params["name"] else None


def _back_address(request: Request, provider: Provider) -> str:
    return f"{own_address(request.scope)}/sign-in/with/{provider.slug}/back"


def _sorry(sentence: str, provider: Provider, status: int) -> Response:
    return say(
        sentence.format(name=provider.name),
        title=words.SIGN_IN,
        status=status,
        href="/sign-in",
        label=words.SIGN_IN,
    )


ROUTES = [
    Route("/sign-in/with/{name}", leave_for_provider),
    Route("/sign-in/with/{name}/back", come_back),
    Route("/welcome/{token}/with/{name}", leave_for_provider),
]
