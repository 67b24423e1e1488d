"""What a user can set: one row per setting, and the ways in and out (TOML, presets, ``--set``).

A setting's row (default, limits, help) is the metadata of its field in `KitSettings` or
`PrintSettings`; the check, the TOML reader, ``--set`` and the command's help all read it there.
Options of an engine or a palette source are the fields of its own class and stand in a table of
its name; the class is imported only when it is used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.resources import files
from typing import Any, Literal, get_type_hints

from pbn import registry
from pbn.errors import SettingsError
from pbn.plain import Typed, near, plain_value, read
from pbn.printing import PrintSettings
from pbn.rows import Row, row, rows_of, settle

Table = Mapping[str, Any]

FREE = "kmeans"
"""The palette source that chooses any colours, from the picture."""

WORDS = {"mix_from": ("auto", "acrylics", "none"), "detail": ("auto", "subject", "off")}
"""Settings that name a file, and their values that name none."""

FormatName = Literal["pdf", "svg", "png", "dxf", "plotter"]
"""What is written of a kit (`pbn.pipeline.kit_files`)."""

_TABLES = ("print", "options", "palette_options")
"""Fields of `KitSettings` that are tables or parts of one."""


@dataclass(frozen=True, slots=True)
class KitSettings:
    """Every setting of a kit; frozen, and checked where it is made.

    ``options`` holds the engines' tables by name, such as ``{"gatys": {"steps": 30}}``, and
    ``palette_options`` those of the palette source; see `stylize_engine` and `palette_source`. In
    a plain table the palette's are ``[palette]`` with the source's name as ``source``.

    Raises
    ------
    SettingsError
        When a value is of the wrong type or out of its limits.
    """

    colours: Literal["auto"] | int = row(
        24, "How many paints at most; auto for as many as the picture is worth.", 2, 64
    )
    brush_mm: float = row(
        2.0, "The finest brush in mm: every region holds a circle of this diameter.", 0.5, 20
    )
    size: str = row(
        "a4",
        "The painting's size: a5..a0, letter, legal, tabloid, ansi-a..e, arch-a..e, or a canvas such as "
        "40x50, 16x20, or any WxH in mm, cm or in.",
    )
    fit: Literal["fit", "crop", "letterbox"] = row(
        "fit",
        "How the photo comes to the size's shape: fit (whole, what is left stays blank), crop (the size is"
        " filled) or letterbox (whole, between painted bars).",
    )
    crop: tuple[float, ...] = row(
        (),
        "The point in the middle of a crop, such as 0.5,0.3 from the left and the top; without it"
        " a crop keeps what stands out.",
    )
    bars: str = row("#ffffff", "The colour of a letterbox's bars.")
    regions: int = row(
        0,
        "How many regions at most; 0 for as many as the picture asks for. In the manner of an artwork there"
        " are at most 1.2 times as many as of the photo alone, or more where that is a few flat shapes.",
        0,
        20000,
    )
    detail: str = row(
        "auto",
        "Where the picture is finer: auto (faces), subject (what stands out; the rest coarser), off,"
        " or a picture that is white there, black where it may be coarser, and grey between.",
    )
    strength: float = row(0.8, "How much of the artwork: 0 is the photo, 1 as far as the method goes.", 0, 1)
    seed: int = row(0, "Seed of everything that is drawn by chance.", 0, 2**32 - 1)
    engine: str = row("gatys", "The style-transfer engine; none paints straight from the photo.")
    mix_from: str = row(
        "auto",
        "What the paints' recipes are mixed from: acrylics (twelve common ones), none, or the file of the"
        " paints that you have; auto is acrylics, and none where the kit's paints are your own.",
    )
    number_pt: float = row(5.0, "The least size of the numbers in pt.", 5, 18)
    repeat_mm: float = row(
        100.0,
        "Repeat a number where part of its region is farther than this from it, in mm; 0 for never.",
        0,
        2000,
    )
    source: str = row(FREE, "Where the paints come from; palette.source in a table.")
    formats: tuple[FormatName, ...] = row(
        ("pdf", "svg", "png"), "What to write: pdf, svg, png, dxf, and plotter for an SVG of single strokes."
    )
    print: PrintSettings = field(default_factory=PrintSettings)
    options: Mapping[str, Table] = field(default_factory=dict)
    palette_options: Table = field(default_factory=dict)

    def __post_init__(self) -> None:
        from pbn.core.papers import parse  # settings are read long before a paper is
        from pbn.palette._histogram import parse_hex

        settle(self)
        canvas = parse(self.size).canvas
        if self.print.wrap_mm and not canvas:
            raise SettingsError(
                f"`wrap_mm` is for a canvas such as 40x50cm, and `size` is {self.size!r}. Leave out --wrap."
            )
        if self.crop and (len(self.crop) != 2 or not all(0 <= at <= 1 for at in self.crop)):
            told = ",".join(f"{at:g}" for at in self.crop)
            raise SettingsError(f"`crop` must be two numbers from 0 to 1, such as 0.5,0.3, not {told}.")
        if parse_hex(self.bars) is None:
            raise SettingsError(f"`bars` must be a colour such as #ffffff, not {self.bars!r}.")
        _one_of("engine", self.engine, registry.names("stylize"))
        _one_of("palette.source", self.source, registry.names("palette"))

    @classmethod
    def from_table(cls, table: Table) -> KitSettings:
        """The settings in a plain table, as a TOML file has them; what is absent is the default.

        Raises
        ------
        SettingsError
            When a key is unknown (the nearest one is named) or a value does not suit.
        """
        from pbn.core.wording import paper

        engines = registry.names("stylize")
        plain = [f.name for f in fields(cls) if f.name not in (*_TABLES, "source")]
        _known(table, (*plain, "print", "palette", *engines), "")
        for name in ("print", "palette", *engines):
            if not isinstance(table.get(name, {}), Mapping):
                raise SettingsError(f"`{name}` is a table, not {table[name]!r}. Write {name}.key = value.")
        values = {key: value for key, value in table.items() if key in plain}
        _known(table.get("print", {}), [f.name for f in fields(PrintSettings)], "print.")
        palette = dict(table.get("palette", {}))
        printed = PrintSettings(**table.get("print", {}))
        values.setdefault("size", paper(printed.language))
        return cls(
            **values,
            source=palette.pop("source", FREE),
            print=printed,
            options={name: dict(table[name]) for name in engines if name in table},
            palette_options=palette,
        )

    def table(self) -> dict[str, Any]:
        """Every setting as a plain table, the used engine's and palette source's own options too."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in (*_TABLES, "source")}
        plain: dict[str, Any] = plain_value(own)
        plain["print"] = plain_value(asdict(self.print))
        plain["palette"] = {"source": self.source, **_options_of(self.palette_source())}
        if options := _options_of(self.stylize_engine()):
            plain[self.engine] = options
        return plain

    def stylize_engine(self) -> Any:
        """The style-transfer engine (`pbn.stylize._base.StylizeEngine`) with its options."""
        return make_engine("stylize", self.engine, self.options.get(self.engine, {}), self.engine)

    @property
    def mixing_file(self) -> str | None:
        """The paint file that recipes are mixed from; empty for the common acrylics, None for no recipes."""
        if self.mix_from == "auto":
            return "" if self.source == FREE else None
        return {"none": None, "acrylics": ""}.get(self.mix_from, self.mix_from)

    def files(self) -> tuple[str, ...]:
        """The files besides the pictures that decide what the kit becomes."""
        named = {key: getattr(self, key) for key in WORDS}
        return files_in({**named, "palette": self.palette_options, "print": {"logo": self.print.logo}})

    def with_files(self, where: Table) -> KitSettings:
        """The same settings, with the files of these paths at other ones."""
        options = dict(self.palette_options)
        if "file" in options:
            options["file"] = where.get(options["file"], options["file"])
        moved = {key: where.get(getattr(self, key), getattr(self, key)) for key in WORDS}
        printed = replace(self.print, logo=where.get(self.print.logo, self.print.logo))
        return replace(self, palette_options=options, print=printed, **moved)

    def palette_source(self) -> Any:
        """The palette source (`pbn.palette._base.PaletteSource`) with its options."""
        return make_engine("palette", self.source, self.palette_options, "palette")


def files_in(table: Table) -> tuple[str, ...]:
    """The files besides photo and artworks that a table of settings names."""
    named = [table.get("palette", {}).get("file", "")]
    named += [str(table.get("print", {}).get("logo", ""))]
    named += [table[key] for key, words in WORDS.items() if table.get(key, words[0]) not in words]
    return tuple(dict.fromkeys(filter(None, named)))


def rows(of: type[Any] = KitSettings) -> dict[str, Row]:
    """The rows of a settings class, by name."""
    return rows_of(of)


def make_engine(kind: str, name: str, options: Table, table: str) -> Any:
    """The engine ``name`` of ``pbn.<kind>`` with ``options``, each read as its field's type says.

    ``table`` is where the options stand, for messages.

    Raises
    ------
    SettingsError
        When an option is unknown (the nearest one is named) or its value does not suit.
    """
    engine = registry.load(kind, name)
    hints = get_type_hints(engine)
    _known(options, [f.name for f in fields(engine)], f"{table}.")
    return registry.make(
        kind, name, {key: read(value, hints[key], f"{table}.{key}") for key, value in options.items()}
    )


def presets() -> dict[str, str]:
    """The presets' names, each with its first comment line."""
    found = sorted(p.name for p in files("pbn").joinpath("presets").iterdir() if p.name.endswith(".toml"))
    texts = {name[:-5]: files("pbn").joinpath("presets", name).read_text("utf-8") for name in found}
    return {name: text.partition("\n")[0].lstrip("# ").strip() for name, text in texts.items()}


def preset(name: str) -> dict[str, Any]:
    """The table of a preset.

    Raises
    ------
    SettingsError
        When there is no such preset.
    """
    if name not in presets():
        raise SettingsError(
            f"There is no preset {name!r}.{near(name, presets())} Use one of: {', '.join(presets())}."
        )
    return tomllib.loads(files("pbn").joinpath("presets", f"{name}.toml").read_text("utf-8"))


def parse_set(text: str) -> dict[str, Any]:
    """The table that ``table.key=value`` or ``key=value`` stands for.

    Raises
    ------
    SettingsError
        When there is no ``=`` or no key.

    Examples
    --------
    >>> parse_set("gatys.steps=40")
    {'gatys': {'steps': '40'}}
    """
    key, equals, value = text.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts) or len(parts) > 2:
        raise SettingsError(
            f"--set takes table.key=value, not {text!r}. Example: --set print.border_grey=120."
        )
    inner: dict[str, Any] = {parts[-1]: Typed(value.strip())}
    return inner if len(parts) == 1 else {parts[0]: inner}


def merged(tables: Iterable[Table]) -> dict[str, Any]:
    """Tables laid over one another, the last one on top; inner tables are merged key by key.

    Another palette source takes nothing over of the options of the one before.
    """
    result: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items():
            under = result.get(key)
            if not (isinstance(under, Mapping) and isinstance(value, Mapping)) or _other_source(
                key, under, value
            ):
                under = {}
            result[key] = {**under, **value} if isinstance(value, Mapping) else value
    return result


def _other_source(key: str, under: Table, over: Table) -> bool:
    return key == "palette" and "source" in over and over["source"] != under.get("source", FREE)


def _known(table: Iterable[str], known: Iterable[str], prefix: str) -> None:
    known = list(known)
    for key in table:
        if key not in known:
            raise SettingsError(
                f"There is no setting `{prefix}{key}`.{near(key, known)} Known here: {', '.join(known)}."
            )


def _one_of(name: str, value: str, known: Iterable[str]) -> None:
    known = list(known)
    if value not in known:
        raise SettingsError(f"`{name}` must be one of {', '.join(known)}, not {value!r}.{near(value, known)}")


def _options_of(made: Any) -> dict[str, Any]:
    """An engine's fields as a plain table; those that are None are left out."""
    values = {f.name: getattr(made, f.name) for f in fields(made)}
    return {key: plain_value(value) for key, value in values.items() if value is not None}
