"""The command ``serve``: the deployments of ``prefect.yaml`` with neither work pool nor worker, as long as it runs."""

import asyncio
import importlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from prefect import Flow, aserve, get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Schedule
from prefect.settings import PREFECT_API_URL
from prefect.types.entrypoint import EntrypointType
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from flows.errors import InputError, UnreachableError

WAIT_S = 10.0
"""Between two looks whether a server that went away is there again."""

_log = logging.getLogger("prefect.seedwatch")  # so that Prefect's settings hold for it


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Limit(_Part):
    limit: int = Field(ge=1)
    collision_strategy: Literal["ENQUEUE", "CANCEL_NEW"] = "ENQUEUE"

    def config(self) -> ConcurrencyLimitConfig:
        strategy = ConcurrencyLimitStrategy(self.collision_strategy)
        return ConcurrencyLimitConfig(limit=self.limit, collision_strategy=strategy)


class _Schedule(_Part):
    cron: str | None = None
    interval: Annotated[timedelta, BeforeValidator(float)] | None = None
    timezone: str = "UTC"
    slug: str | None = None
    active: bool = True
    parameters: dict[str, Any] = {}


class _Deployment(_Part):
    name: str
    entrypoint: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$")
    description: str | None = None
    tags: list[str] = []
    parameters: dict[str, Any] = {}
    schedules: list[_Schedule] = []
    concurrency_limit: _Limit | None = None
    enforce_parameter_schema: bool = True
    work_pool: object = None  # a worker's matter


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    deployments: list[_Deployment] = Field(min_length=1)


def deployments(path: Path) -> list[RunnerDeployment]:
    """The deployments of a ``prefect.yaml``, as they are written there. InputError for a file that cannot be used."""
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
        described = _File.model_validate(document).deployments
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; it comes with the source of Seedwatch") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no YAML: {error}") from error
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise InputError("\n".join(faults)) from error
    return [_deployment(path, one) for one in described]


@dataclass(frozen=True, slots=True)
class Server:
    """A Prefect server that answers."""

    address: str  # without the password that may be in it
    version: str


def server() -> Server | None:
    """The server that Prefect's settings name (environment or profile); None where they name none.

    InputError for an address that is none, UnreachableError where nothing answers there within a few seconds.
    """
    api = PREFECT_API_URL.value()
    if not api:
        return None
    shown = _shown(api)
    try:
        answer = asyncio.run(_version())
    except Exception as error:  # a connection refused, a name that does not exist, an answer that is not Prefect's
        raise UnreachableError(f"no Prefect server answers at {shown} ({type(error).__name__})") from error
    return Server(shown, answer)


async def _version() -> str:
    async with asyncio.timeout(10), get_client() as client:
        return await client.api_version()


def _shown(api: str) -> str:
    try:
        parts = urlsplit(api)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        usable = False
    if not usable:
        raise InputError("PREFECT_API_URL is no http or https address")
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def serve(path: Path) -> None:
    """Serves the deployments until it is stopped. A server that goes away is waited for; none at first is an error."""
    there = server()
    if there is None:
        raise InputError("PREFECT_API_URL is not set: serve needs a server, such as `prefect server start`")
    asyncio.run(_serve(deployments(path), there.address))


async def _serve(served: list[RunnerDeployment], api: str) -> None:
    while True:
        try:
            await aserve(*served, limit=len(served))
        except Exception as error:  # Prefect's runner gives up after three polls without an answer
            if await _unreachable() is None:
                raise
            _log.warning("the Prefect server at %s is gone (%s): waiting for it", api, type(error).__name__)
        else:
            return
        while await _unreachable() is not None:  # noqa: ASYNC110 (nobody here could set an event)
            await asyncio.sleep(WAIT_S)
        _log.warning("the Prefect server at %s answers again", api)


async def _unreachable() -> Exception | None:
    async with get_client() as client:
        return await client.api_healthcheck()


def _deployment(path: Path, one: _Deployment) -> RunnerDeployment:
    module, _, name = one.entrypoint.rpartition(".")
    try:
        flow = getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError as error:
        raise InputError(f"{path}: {one.name}: entrypoint {one.entrypoint}: {error}") from error
    if not isinstance(flow, Flow):
        raise InputError(f"{path}: {one.name}: entrypoint {one.entrypoint} is no flow")
    limit = one.concurrency_limit
    deployment = flow.to_deployment(
        one.name,
        schedules=[Schedule(**schedule.model_dump()) for schedule in one.schedules],
        concurrency_limit=None if limit is None else limit.config(),
        parameters=one.parameters,
        description=one.description,
        tags=one.tags,
        enforce_parameter_schema=one.enforce_parameter_schema,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(deployment, RunnerDeployment)
    return deployment
