"""What is known of a setting: its row, from which check, reader and help all follow."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, get_type_hints

from pbn.errors import SettingsError
from pbn.plain import read


@dataclass(frozen=True, slots=True)
class Row:
    """All there is to know of one setting."""

    name: str
    default: Any
    help: str
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The help with limits and default, as ``--help`` shows it."""
        limits = (
            f"{self.low:.10g} to {self.high:.10g}; " if self.low is not None and self.high is not None else ""
        )
        default = ",".join(self.default) if isinstance(self.default, tuple) else self.default
        default = default if default != "" else "none"
        return f"{self.help} ({limits}default {default})"

    def check(self, value: Any) -> None:
        """Raise `SettingsError` when a value of the right type is out of range; a word has none."""
        if isinstance(value, str):
            return
        if self.low is not None and self.high is not None and not self.low <= value <= self.high:
            raise SettingsError(
                f"`{self.name}` must be {self.low:.10g} to {self.high:.10g}, not {value:.10g}."
            )


def row(default: Any, help_text: str, low: float | None = None, high: float | None = None) -> Any:
    """A field of a settings class with its row."""
    return field(default=default, metadata={"help": help_text, "low": low, "high": high})


def rows_of(of: type[Any]) -> dict[str, Row]:
    """The rows of a settings class, by name."""
    return {
        f.name: Row(f.name, f.default, **f.metadata)
        for f in fields(of)
        if f.metadata and f.default is not MISSING
    }


def settle(settings: Any) -> None:
    """Read and check each field of a frozen settings object that has a row."""
    hints = get_type_hints(type(settings))
    for name, row in rows_of(type(settings)).items():
        value = read(getattr(settings, name), hints[name], name)
        row.check(value)
        object.__setattr__(settings, name, value)
