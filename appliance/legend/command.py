"""`call-light legend`: the legend in the terminal, or as a page."""

from pathlib import Path

from appliance.config.configuration import Configuration
from appliance.errors import ExitCode
from appliance.legend.content import legend_of
from appliance.legend.page import page_of
from appliance.legend.text import text_of


def run(configuration: Configuration, html: Path | None) -> int:
    """Print the legend of this unit, or write its page to a file; `-` is standard output.

    Raises:
        OSError: the file cannot be written.
    """
    legend = legend_of(configuration)
    if html is None:
        print(text_of(legend), end="")
    elif html == Path("-"):
        print(page_of(legend), end="")
    else:
        html.write_text(page_of(legend), encoding="utf-8")
    return ExitCode.OK
