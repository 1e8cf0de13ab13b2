"""The documentation's diagram is the table's own."""

from pathlib import Path

from appliance.core.calls import state_diagram

README = Path(__file__).parents[2] / "README.md"


def test_the_diagram_in_the_readme_is_drawn_from_the_table() -> None:
    assert f"```mermaid\n{state_diagram()}\n```" in README.read_text(encoding="utf-8")
