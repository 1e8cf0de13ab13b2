"""The pictures that a tower shows by itself: at the start, when the board falls silent, and at the end."""

from collections.abc import Sequence

from appliance.core.picture import Overlay, Picture, Segment


def start_picture(labels: Sequence[str]) -> Picture:
    """Return what is shown until the board speaks: until then the phone system is lost."""
    return Picture(tuple(map(Segment, labels)), overlay=Overlay.LOST)


def host_lost_picture(labels: Sequence[str]) -> Picture:
    """Return what is shown while nobody stands behind the picture: still, complete, and without the glow."""
    return Picture(tuple(map(Segment, labels)), overlay=Overlay.HOST_LOST, fault=True, alive=False)


def shutdown_picture(labels: Sequence[str]) -> Picture:
    """Return lights out: dark without the glow, which says that this tower proves nothing."""
    return Picture(tuple(map(Segment, labels)), alive=False)
