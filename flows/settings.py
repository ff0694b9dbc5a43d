"""The settings: the name, the meaning and the default of each.

They are read once, where a program starts: by the command line, or by a Prefect flow that a
deployment starts. Everything else receives the values.

A setting's value comes from the first of these that has it: the command line's options, the
`COPYDESK_*` variables, `copydesk.toml` in the current folder (or the file that COPYDESK_CONFIG
names), the defaults below.
"""

import json
import os
import threading
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import islice, pairwise
from pathlib import Path
from typing import Annotated, Literal

from cronsim import CronSim, CronSimError
from platformdirs import user_data_path
from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from flows.wrong_settings import wrong_setting
from ingest.extract.recipes import Recipe, read_recipes
from ingest.feeds.schedule import FRESHNESS, Cadence
from ingest.fetch.limits import FetchLimits
from ingest.model import CopydeskError
from storage.core.limits import QueryLimits

CONFIG_FILE = "copydesk.toml"
#: Settings whose values no error shows. A proxy's address without a scheme may hold a password.
SECRET = frozenset({"proxy", "quack_token"})
#: The longest age in days that a setting may name: a hundred years.
MAX_DAYS = 36500
#: Runs of a cron expression that are looked at for the shortest gap between two.
CRON_RUNS = 300
#: The longest gap that the polls of feeds are aligned to.
MAX_TICK = timedelta(hours=1)
#: The defaults of the settings that concern fetching.
LIMITS = FetchLimits()
#: The defaults of the settings that concern queries.
QUERY = QueryLimits()


def listed(value: object) -> object:
    """A list that is written as text: `a,b` or, as JSON, `["a", "b"]`. Others stay as they are."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return tuple(filter(None, map(str.strip, value.split(","))))


#: The type of each setting that is a list. pydantic-settings by itself reads JSON only.
Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)]


def shortest_gap(expression: str) -> timedelta:
    """The shortest time between two runs of a cron expression, from a minute to an hour.

    Feeds are not aligned to longer gaps: a feed that is due between two runs waits for the second.
    """
    runs = islice(CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC)), CRON_RUNS)
    gaps = [after - before for before, after in pairwise(runs)]
    return min(max(min(gaps, default=MAX_TICK), timedelta(minutes=1)), MAX_TICK)


class Settings(BaseSettings):
    """All settings. `copydesk settings` prints their values."""

    model_config = SettingsConfigDict(
        env_prefix="COPYDESK_",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # a traceback shows pydantic's own error too
    )

    db: Path = Field(
        user_data_path("copydesk") / "news.duckdb",
        description="The DuckDB file that holds everything.",
    )
    feeds: Path | None = Field(
        None, description="An OPML file to poll. Without it, every feed in the database is polled."
    )
    schedule: str = Field(
        "*/10 * * * *",
        description="When `copydesk serve` polls feeds that are due: a cron expression, in UTC.",
    )
    freshness: Literal["gentle", "news", "live"] = Field(
        "news",
        description="How often feeds are polled. `gentle` makes fewer requests and reads entries "
        "later, `live` makes more and reads them sooner.",
    )
    contact: str = Field(
        "",
        pattern=r"^[\x20-\x7e]*$",
        description="Your e-mail or web address, for operators of sites. Part of the User-Agent.",
    )
    proxy: str | None = Field(
        None,
        pattern=r"^(https?|socks5h?)://\S+$",
        description="A proxy for all pages and feeds. Without it, HTTP_PROXY, HTTPS_PROXY and "
        "NO_PROXY apply.",
    )
    connections: int = Field(LIMITS.connections, ge=1, description="Requests at the same time.")
    connections_per_host: int = Field(
        LIMITS.connections_per_host, ge=1, description="Requests at the same time to one host."
    )
    connect_timeout: float = Field(
        LIMITS.connect_timeout, gt=0, description="Seconds to connect to a server."
    )
    idle_timeout: float = Field(
        LIMITS.idle_timeout, gt=0, description="Seconds a server may send nothing."
    )
    total_timeout: float = Field(
        LIMITS.total_timeout, gt=0, description="Seconds one request may take in total."
    )
    max_bytes: int = Field(
        LIMITS.max_bytes, gt=0, description="Largest page or feed, in decoded bytes."
    )
    max_ratio: int = Field(
        LIMITS.max_ratio, gt=1, description="How many times larger decompressing may make a body."
    )
    host_gap: float = Field(
        LIMITS.host_gap,
        ge=0,
        description="Seconds between two requests to a host; more for a slow host.",
    )
    host_time: float = Field(
        LIMITS.host_time,
        gt=0,
        description="Seconds that a run spends at most on one host, waiting included. The host's "
        "remaining pages stay pending, and the next run fetches them.",
    )
    allow_networks: Listed = Field(
        LIMITS.allow_networks,
        description="Private networks that may be fetched from, as CIDRs: 10.0.0.0/8,fd00::/8.",
    )
    allow_hosts: Listed = Field(
        LIMITS.allow_hosts,
        description="Local names that may be asked for through a proxy, such as an intranet's: "
        "news.corp,wiki.corp.",
    )
    max_redirects: int = Field(
        LIMITS.max_redirects, ge=0, description="How many redirects are followed."
    )
    max_attempts: int = Field(
        3, ge=1, description="How many runs try a page whose failure may be temporary."
    )
    batch: int = Field(
        150,
        ge=1,
        le=1000,
        description="Pages that are fetched, extracted and filed together, in one transaction.",
    )
    workers: int = Field(
        0, ge=0, le=256, description="Worker processes for extraction; 0 means one for each core."
    )
    page_time_limit: float = Field(
        20, gt=0, description="Seconds that the extraction of one page may take."
    )
    recipes: Path | None = Field(
        None,
        description="A TOML file with selectors for outlets that the general rules read wrongly. "
        "deploy/recipes.toml is an example.",
    )
    page_memory_limit: int = Field(
        400,
        ge=300,
        description="Megabytes of memory that a worker process may use; it starts with about 150.",
    )
    window_days: float = Field(
        14,
        gt=0,
        le=3650,
        description="Days between two articles beyond which they are not compared.",
    )
    keep_snapshots: int = Field(
        0,
        ge=0,
        description="How many snapshots of earlier runs to keep, besides the current one.",
    )
    keep_texts_days: float | None = Field(
        None,
        gt=0,
        le=MAX_DAYS,
        description="Days after which upkeep deletes an article's text. Without it, never.",
    )
    keep_stories_days: float | None = Field(
        None,
        gt=0,
        le=MAX_DAYS,
        description="Days after its last article when upkeep deletes a story. Without it, never.",
    )
    keep_ledger_days: float | None = Field(
        90,
        ge=30,
        le=MAX_DAYS,
        description="Days after which upkeep sums up the ledger by day. feed_health needs 30.",
    )
    upkeep_schedule: str = Field(
        "17 3 * * *",
        description="When `copydesk serve` does upkeep: a cron expression, in UTC.",
    )
    query_memory_limit: int = Field(
        QUERY.megabytes,
        ge=100,
        description="Megabytes of memory that a query of `copydesk sql`, and all queries of "
        "`serve --quack` together, may use; and four times as much temporary space.",
    )
    query_time_limit: float = Field(
        QUERY.seconds,
        gt=0,
        le=threading.TIMEOUT_MAX,
        description="Seconds that such a query may take, reading its answer included.",
    )
    query_rows: int = Field(QUERY.rows, ge=1, description="Rows that such a query may answer.")
    quack_port: int = Field(
        9494,
        ge=1,
        le=65535,
        description="Port on localhost where `copydesk serve --quack` answers DuckDB clients.",
    )
    quack_token: SecretStr = Field(
        SecretStr(""),
        description="The token those clients need. Without it, `serve` makes a new one each time.",
    )
    prefect_port: int = Field(
        4200, description="Port on 127.0.0.1 for the Prefect server that `copydesk serve` starts."
    )

    @field_validator("schedule", "upkeep_schedule")
    @classmethod
    def _cron(cls, expression: str) -> str:
        """Refuses a wrong expression here: Prefect would refuse it only after its server starts."""
        try:
            CronSim(expression, datetime.now(UTC))
        except CronSimError as error:
            raise ValueError(f"{expression!r} is not a cron expression: {error}") from error
        return expression

    @model_validator(mode="after")
    def _kept_for_the_window(self) -> "Settings":
        """Keeps every text at least as long as new articles are compared with it."""
        for name in ("keep_texts_days", "keep_stories_days"):
            kept = getattr(self, name)
            if kept is not None and kept < self.window_days:
                raise ValueError(f"{name} must be at least window_days, {self.window_days:g}")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  part of the signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  part of the signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then variables, then the file."""
        file = Path(os.environ.get("COPYDESK_CONFIG", CONFIG_FILE))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    @property
    def user_agent(self) -> str:
        """The User-Agent: the name, the version, the purpose and the contact."""
        contact = f"; {self.contact}" if self.contact else ""
        return f"Copydesk/{version('copydesk')} (news research{contact})"

    def read_recipes(self) -> dict[str, Recipe]:
        """The recipes by outlet; none without a file."""
        return read_recipes(self.recipes) if self.recipes else {}

    @property
    def cadence(self) -> Cadence:
        """How feeds are polled: the budget that `freshness` names, on the ticks of `schedule`."""
        return replace(FRESHNESS[self.freshness], tick=shortest_gap(self.schedule))

    @property
    def fetch_limits(self) -> FetchLimits:
        """The settings that concern fetching."""
        names = [field.name for field in fields(FetchLimits)]
        return FetchLimits(**{name: getattr(self, name) for name in names})

    @property
    def query_limits(self) -> QueryLimits:
        """The settings that concern queries."""
        return QueryLimits(
            megabytes=self.query_memory_limit, seconds=self.query_time_limit, rows=self.query_rows
        )


def read_settings(**given: object) -> Settings:
    """Reads the settings. A value that is given here, other than None, wins over all sources.

    Raises CopydeskError, which names each wrong setting.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        shown = Settings.model_fields.keys() - SECRET
        wrong = "; ".join(wrong_setting(one, shown) for one in error.errors())
        raise CopydeskError(
            f"a setting is wrong: {wrong}. Look at COPYDESK_* variables and {CONFIG_FILE}"
        ) from error
    except ValueError as error:  # the TOML file
        raise CopydeskError(f"{CONFIG_FILE} cannot be read: {error}") from error
