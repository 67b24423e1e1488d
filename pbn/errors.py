"""The errors a user can meet, each with an exit code.

A message has three parts: what is wrong, the value, and the way out.
"""


class PbnError(Exception):
    """Something that the user can put right; printed as one sentence, never as a traceback."""

    exit_code = 1


class SettingsError(PbnError):
    """A setting is unknown, out of range, or does not go with another."""

    exit_code = 2


class InputImageError(PbnError):
    """A photo, artwork or mask cannot be read, or is unfit for a kit."""

    exit_code = 3


class PaletteError(PbnError):
    """No palette can be made as asked."""

    exit_code = 4


class LayoutError(PbnError):
    """The picture, its numbers or its legend do not fit the paper."""

    exit_code = 5


class ExportError(PbnError):
    """A file cannot be written, or would overwrite something a user made."""

    exit_code = 6


class MissingWeightsError(PbnError):
    """An engine's weights are absent or are not the file they should be."""

    exit_code = 7


class UnmetError(PbnError):
    """A kit was made and is not as it was required to be."""

    exit_code = 8


class Cancelled(PbnError):
    """Raised by a progress listener to stop the work; nothing half-written is left."""

    exit_code = 130
