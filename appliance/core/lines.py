"""Which line a ring belongs to: one table of sources, asked in the order that the configuration gives."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from appliance.core.events import Offer
from appliance.core.settings import BoardSettings, ExtensionSettings, LineSettings, LineSource
from appliance.core.words import ExtensionId, LineId

_URI_USER: Final = re.compile(r"(?:sips?|tel):([^@;>\s]+)", re.IGNORECASE)
_INFO: Final = re.compile(r";\s*info\s*=\s*\"?([^\";,>]+)", re.IGNORECASE)


def header_words(value: str) -> tuple[str, ...]:
    """Return what a header's value may mean as the name of a line, casefolded, the most telling form first.

    One function reads every way in which a PBX names a line: a plain word (``X-Line: sales``), an Alert-Info
    with an info parameter (``<http://127.0.0.1>;info=sales``, FreePBX's form), and an address, of which the
    user part counts (``<sip:100@pbx>;reason=unconditional`` in P-Called-Party-ID, Diversion, History-Info).
    """
    info = _INFO.search(value)
    uri = _URI_USER.search(value)
    words = (info.group(1) if info else "", uri.group(1) if uri else "", value)
    return tuple(dict.fromkeys(word.strip().strip('"').casefold() for word in words if word.strip()))


def _may_bring(extension: ExtensionSettings, line: LineSettings) -> bool:
    """Return whether a ring at this extension may belong to this line: `EXTENSION` always knows a line, so
    that no source after it is ever asked."""
    if extension.line == line.id:
        return True
    for source in extension.line_from:
        match source:
            case LineSource.EXTENSION:
                return False
            case LineSource.HEADER if line.header_values:
                return True
            case LineSource.DIALLED if line.dialled:
                return True
            case _:
                pass
    return False


class Lines:
    """The lines of the site and the extensions that ring for them."""

    def __init__(self, settings: BoardSettings) -> None:
        """Build the look-up tables once: an INVITE is placed without walking over all lines."""
        self.settings: Final[Mapping[LineId, LineSettings]] = MappingProxyType(
            {line.id: line for line in settings.lines}
        )
        self.extensions: Final[Mapping[ExtensionId, ExtensionSettings]] = MappingProxyType(
            {extension.id: extension for extension in settings.extensions}
        )
        self._by_header = {
            value.strip().casefold(): line.id for line in settings.lines for value in line.header_values
        }
        self._by_dialled = {number: line.id for line in settings.lines for number in line.dialled}
        self._sources: Mapping[LineSource, Callable[[Offer], LineId | None]] = {
            LineSource.EXTENSION: self._line_of_extension,
            LineSource.HEADER: self._line_of_header,
            LineSource.DIALLED: self._line_of_dialled,
        }

    def line_of(self, offer: Offer) -> LineSettings:
        """Return the line of a ring: the first source that knows one, else the extension's own line."""
        for source in self.extensions[offer.extension].line_from:
            line = self._sources[source](offer)
            if line is not None:
                return self.settings[line]
        return self.settings[self._line_of_extension(offer)]

    def served_by(self, line: LineId) -> tuple[ExtensionId, ...]:
        """Return the extensions that can bring a caller of this line."""
        settings = self.settings[line]
        return tuple(
            extension.id for extension in self.extensions.values() if _may_bring(extension, settings)
        )

    def _line_of_extension(self, offer: Offer) -> LineId:
        return self.extensions[offer.extension].line

    def _line_of_header(self, offer: Offer) -> LineId | None:
        for word in header_words(offer.line_header):
            if word in self._by_header:
                return self._by_header[word]
        return None

    def _line_of_dialled(self, offer: Offer) -> LineId | None:
        return self._by_dialled.get(offer.dialled)
