"""lgpio itself, in a process of its own: its thread and its pipe, which need no chip to be tried."""

import subprocess
import sys
from pathlib import Path

HEARS = """
import glob, os, struct, sys, threading
from types import SimpleNamespace
from appliance.clock import RealClock
from appliance.tower.contacts import Contacts
from appliance.tower.gpio import GpioTower
from appliance.tower.pins import PinSettings
from appliance.core.words import Button
from tests.tower.pins import Header

os.environ["LG_WD"] = sys.argv[1]
import lgpio
print("pipes:", glob.glob(sys.argv[1] + "/.lgd-nfy*") != [], os.getcwd() == sys.argv[1])

tower = GpioTower(PinSettings("", buttons=((Button.MUTE, 5),)), Header().factory, RealClock(), print)
heard = threading.Event()

def broken():
    heard.set()
    raise ZeroDivisionError("what the tower must keep to itself")

tower._contacts.wake = broken
edge = tower._edge if sys.argv[2] == "ours" else broken
lgpio._notify_thread.append(SimpleNamespace(chip=0, gpio=5, func=lambda *_edge: edge()))
ended = []
threading.excepthook = lambda args: ended.append(args.exc_type.__name__)

# What the library's own notifications look like: tick, chip, gpio, level, flags.
pipe = open(glob.glob(sys.argv[1] + "/.lgd-nfy*")[0], "wb", buffering=0)
for _ in range(2):
    heard.clear()
    pipe.write(struct.pack("QBBBBI", 1, 0, 5, 0, 0, 0))
    # Either it comes, or the thread by which it would have come has ended.
    while not heard.wait(0.01) and lgpio._notify_thread.is_alive():
        pass
    print("heard:", heard.is_set())
    if sys.argv[2] == "raw":
        lgpio._notify_thread.join()
print("alive:", lgpio._notify_thread.is_alive())
print("thread ended by:", *ended)
tower.close()
"""

OPENS = """
import glob, os, sys
from pathlib import Path
from appliance.clock import RealClock
from appliance.tower import gpio
from appliance.tower.pins import PinSettings

gpio.CHIPS = Path(sys.argv[2])
try:
    gpio.open_gpio(PinSettings(sys.argv[1]), RealClock(), print)
except Exception as error:
    print(type(error).__name__)
print("lgpio" in sys.modules, glob.glob(sys.argv[1] + "/.lgd-nfy*") != [])
"""


def ran(program: str, folder: Path, *arguments: str) -> list[str]:
    """What the program printed; its first argument is a folder of its own."""
    (folder / "run").mkdir(exist_ok=True)
    command = [sys.executable, "-c", program, str(folder / "run"), *arguments]
    path = {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=path)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_what_a_callback_of_ours_raises_leaves_lgpios_only_thread_alive(tmp_path: Path) -> None:
    assert ran(HEARS, tmp_path, "ours") == [
        "pipes: True True", "heard: True", "heard: True", "alive: True", "thread ended by:",
    ]  # fmt: skip


def test_without_care_the_first_exception_would_end_it_and_every_edge_with_it(tmp_path: Path) -> None:
    assert ran(HEARS, tmp_path, "raw") == [
        "pipes: True True",
        "heard: True",
        "heard: False",
        "alive: False",
        "thread ended by: ZeroDivisionError",
    ]


def test_lgpio_keeps_its_pipe_in_the_runtime_directory_and_no_other_library_is_tried_in_its_place(
    tmp_path: Path,
) -> None:
    """This machine is no Pi: lgpio says so, and gpiozero falls back to nothing else."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "gpiochip0").touch()
    assert ran(OPENS, tmp_path, str(tmp_path / "dev")) == ["PinUnknownPi", "True True"]
    # A pipe that a killed unit left behind is no obstacle.
    assert ran(OPENS, tmp_path, str(tmp_path / "dev")) == ["PinUnknownPi", "True True"]
