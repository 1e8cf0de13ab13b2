"""The contract that ships is made from the table, and the AsyncAPI project's own parser takes it."""

import json
from pathlib import Path

import fastjsonschema
import pytest

from appliance.bus.contract import FOLDER, asyncapi, files, main
from appliance.bus.topics import FOR_READERS, TOPICS, Topic
from tests.asyncapi.parser import parsed


def test_what_ships_is_made_from_the_table() -> None:
    shipped = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    assert shipped == files(), "python -m appliance.bus.contract --write"


def test_it_is_printed_or_written_to_where_it_ships(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("appliance.bus.contract.FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["contract"])
    assert main() == 0
    assert json.loads(capsys.readouterr().out) == asyncapi()
    monkeypatch.setattr("sys.argv", ["contract", "--write"])
    assert main() == 0
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == files()


def test_the_parser_of_the_asyncapi_project_has_nothing_to_complain_of_but_of_a_damaged_document() -> None:
    damaged = asyncapi()
    del damaged["operations"]["send-state"]["action"]
    whole, bad = parsed(files()["asyncapi.json"], json.dumps(damaged))
    assert whole.complaints == []
    assert whole.channels == [topic.name for topic in TOPICS]
    assert {complaint["severity"] for complaint in bad.complaints} == {0}


def test_every_row_is_sent_and_all_but_those_for_readers_are_received() -> None:
    operations = asyncapi()["operations"]
    for topic in TOPICS:
        bindings = operations[f"send-{topic.name}"]["bindings"]["mqtt"]
        assert bindings["retain"] is topic.retain
        assert bindings.get("messageExpiryInterval") == topic.expiry_s
        assert (f"receive-{topic.name}" in operations) is (topic not in FOR_READERS)


def test_every_key_of_the_contract_says_what_it_is_or_is_plain_from_its_name() -> None:
    for name, schema in asyncapi()["components"]["schemas"].items():
        assert schema["description"], name
        assert schema["properties"].keys() >= set(schema.get("required", [])), name


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_each_schema_is_one_that_a_validator_reads(topic: Topic) -> None:
    check = fastjsonschema.compile(json.loads(files()[f"{topic.payload.__name__}.schema.json"]))
    with pytest.raises(fastjsonschema.JsonSchemaException):
        check({"v": 2})
