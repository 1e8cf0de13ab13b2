"""How the unit stands, for `call-light status`: the report, the socket it travels on, and its text.

The unit opens a `StatusServer` on the socket in its runtime directory; `fetch` asks it from another process.
A second one is for `call-light lamp-test`: to connect to it is to ask for the test.
"""

from appliance.status.report import StatusReport, TowerStatus, report_of
from appliance.status.server import LAMP_TEST_SOCKET_NAME, SOCKET_NAME, StatusServer

__all__ = ["LAMP_TEST_SOCKET_NAME", "SOCKET_NAME", "StatusReport", "StatusServer", "TowerStatus", "report_of"]
