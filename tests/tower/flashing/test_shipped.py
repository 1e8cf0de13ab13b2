"""The image that ships is what the firmware's source gives, for a unit has no compiler to make its own."""

from appliance.tower.flashing.command import SHIPPED
from tests.peers.board import built_firmware


def test_the_image_that_ships_is_made_of_the_firmware_beside_it() -> None:
    assert SHIPPED.read_bytes() == built_firmware().read_bytes(), "run `make firmware`, and commit its image"
