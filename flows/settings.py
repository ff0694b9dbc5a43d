"""The settings: each named, explained and defaulted here, and read once, by whoever starts a run.

An option on the command line comes first, then `COPYDESK_*` variables, then `copydesk.toml` in the
current folder (or the file that COPYDESK_CONFIG names), then the defaults below.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from cronsim import CronSim, CronSimError
from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ingest.extract.recipes import Recipe, read_recipes
from ingest.fetch.limits import FetchLimits
from ingest.model import CopydeskError

CONFIG_FILE = "copydesk.toml"
#: Days that something may be kept, if not for ever: a hundred years.
MAX_DAYS = 36500


class Settings(BaseSettings):
    """How Copydesk runs here. `copydesk settings` prints them as they stand."""

    model_config = SettingsConfigDict(
        env_prefix="COPYDESK_", env_ignore_empty=True, extra="forbid", frozen=True
    )

    db: Path = Field(
        user_data_path("copydesk") / "news.duckdb",
        description="The DuckDB file that everything is filed in.",
    )
    feeds: Path | None = Field(
        None, description="An OPML file to poll. Without it, every feed in the database is polled."
    )
    schedule: str = Field(
        "*/10 * * * *",
        description="When `copydesk serve` polls feeds that are due: a cron expression, in UTC.",
    )
    contact: str = Field(
        "",
        pattern=r"^[\x20-\x7e]*$",
        description="An address that a site's operator can reach you at; part of the User-Agent.",
    )
    proxy: str | None = Field(
        None,
        pattern=r"^(https?|socks5h?)://\S+$",
        description="A proxy for every page and feed. Without it HTTP_PROXY, HTTPS_PROXY and "
        "NO_PROXY are honoured.",
    )
    connections: int = Field(32, ge=1, description="Requests under way at once.")
    connections_per_host: int = Field(2, ge=1, description="Requests under way at once to a host.")
    connect_timeout: float = Field(10, gt=0, description="Seconds to reach a server.")
    idle_timeout: float = Field(15, gt=0, description="Seconds a server may keep silent.")
    total_timeout: float = Field(45, gt=0, description="Seconds one request may take in all.")
    max_bytes: int = Field(10_000_000, gt=0, description="Largest body taken, in decoded bytes.")
    max_ratio: int = Field(200, gt=1, description="Most that a body may expand when decompressed.")
    host_gap: float = Field(
        0.5, ge=0, description="Seconds between two requests to a host; more if it is slow."
    )
    host_time: float = Field(
        600,
        gt=0,
        description="Seconds of a run that one host may take with its gaps and its slowness. Pages "
        "it does not come to stay pending: the next run goes on with them.",
    )
    allow_networks: tuple[str, ...] = Field(
        (),
        description="Private networks that may be fetched from all the same, as CIDRs: "
        '["10.0.0.0/8"].',
    )
    max_redirects: int = Field(5, ge=0, description="Redirects followed.")
    max_attempts: int = Field(
        3, ge=1, description="Runs in which a page is tried while its failure may pass."
    )
    batch: int = Field(
        150,
        ge=1,
        le=1000,
        description="Pages fetched, extracted and filed together: one transaction.",
    )
    workers: int = Field(0, ge=0, le=256, description="Extraction processes; 0 means one a core.")
    page_time_limit: float = Field(
        20, gt=0, description="Seconds the extraction of a page may take."
    )
    recipes: Path | None = Field(
        None,
        description="A TOML file that says where outlets keep what, for those the rules fail on: "
        "see deploy/recipes.toml.",
    )
    page_memory_limit: int = Field(
        400, ge=300, description="Megabytes an extraction process may hold, of them 150 at first."
    )
    window_days: float = Field(
        14,
        gt=0,
        le=3650,
        description="How far apart in time two articles may be and still be compared.",
    )
    keep_snapshots: int = Field(
        0,
        ge=0,
        description="Published snapshots kept under the names of their runs, besides the current.",
    )
    keep_texts_days: float | None = Field(
        None,
        gt=0,
        le=MAX_DAYS,
        description="Age at which upkeep drops an article's text; without it, never.",
    )
    keep_stories_days: float | None = Field(
        None,
        gt=0,
        le=MAX_DAYS,
        description="Age of its last article at which upkeep drops a story; without it, never.",
    )
    keep_ledger_days: float | None = Field(
        90,
        ge=30,
        le=MAX_DAYS,
        description="Age at which upkeep rolls up requests and outcomes; feed_health wants 30.",
    )
    upkeep_schedule: str = Field(
        "17 3 * * *",
        description="When `copydesk serve` does the upkeep: a cron expression, in UTC.",
    )
    quack_port: int = Field(
        9494,
        ge=1,
        le=65535,
        description="Port on localhost where `copydesk serve --quack` answers DuckDB clients.",
    )
    quack_token: SecretStr = Field(
        SecretStr(""),
        description="What those clients show to be let in. Without it, a new one at each start.",
    )
    prefect_port: int = Field(
        4200, description="Port on 127.0.0.1 for the Prefect server that `copydesk serve` starts."
    )

    @field_validator("schedule", "upkeep_schedule")
    @classmethod
    def _cron(cls, expression: str) -> str:
        """Prefect would say so only when its server runs."""
        try:
            CronSim(expression, datetime.now(UTC))
        except CronSimError as error:
            raise ValueError(f"{expression!r} is no cron expression: {error}") from error
        return expression

    @model_validator(mode="after")
    def _kept_for_the_window(self) -> "Settings":
        """A text that may still be compared must still be there."""
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
        """How we introduce ourselves to a server."""
        return f"Copydesk/0.1 (news research{'; ' + self.contact if self.contact else ''})"

    def read_recipes(self) -> dict[str, Recipe]:
        """The recipes by outlet; none without a file."""
        return read_recipes(self.recipes) if self.recipes else {}

    @property
    def fetch_limits(self) -> FetchLimits:
        """The settings that concern fetching."""
        return FetchLimits(
            connect_timeout=self.connect_timeout,
            idle_timeout=self.idle_timeout,
            total_timeout=self.total_timeout,
            max_bytes=self.max_bytes,
            max_redirects=self.max_redirects,
            max_ratio=self.max_ratio,
            host_gap=self.host_gap,
            host_time=self.host_time,
            allow_networks=self.allow_networks,
            connections=self.connections,
            connections_per_host=self.connections_per_host,
        )


def read_settings(**given: object) -> Settings:
    """The settings as they stand, with those given on the command line (not None) before all.

    Raises CopydeskError that names each setting that is wrong.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']} (it is {e['input']!r})"
            if e["loc"]
            else str(e["ctx"]["error"])  # across several: it names them
            for e in error.errors()
        )
        raise CopydeskError(
            f"a setting is wrong: {wrong}. Look at COPYDESK_* variables and {CONFIG_FILE}"
        ) from error
    except ValueError as error:  # the TOML file
        raise CopydeskError(f"{CONFIG_FILE} cannot be read: {error}") from error
