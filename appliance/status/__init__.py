"""How the unit stands, for `call-light status`: the report, the socket it travels on, and its text.

The unit opens a `StatusServer` on the socket in its runtime directory; `fetch` asks it from another process.
"""

from appliance.status.report import StatusReport, TowerStatus, report_of
from appliance.status.server import SOCKET_NAME, StatusServer

__all__ = ["SOCKET_NAME", "StatusReport", "StatusServer", "TowerStatus", "report_of"]
