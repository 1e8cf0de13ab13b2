"""The measure for our latency: pjsua2 and nothing else, in a process of its own.

Registers at the phone system named on the command line, and writes the monotonic instant of each INVITE to
its standard output as the first thing in the callback.
"""

import gc
import os
import sys
import time
from typing import Any

import pjsua2 as pj

calls: list[Any] = []
told = os.dup(1)
"""Our own standard output. The library writes to the other one, before any of its settings can stop it."""


class BareCall(pj.Call):
    """A leg that is kept until it ends."""

    def onCallState(self, _prm: Any) -> None:
        if self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED:
            calls.remove(self)


class BareAccount(pj.Account):
    """Answers 180."""

    def onIncomingCall(self, prm: Any) -> None:
        os.write(told, f"{time.monotonic() * 1000}\n".encode())
        call = BareCall(self, prm.callId)
        calls.append(call)
        ringing = pj.CallOpParam()
        ringing.statusCode = 180
        call.answer(ringing)


def main(registrar: str) -> None:
    """Serve until killed."""
    gc.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.maxCalls = 64
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    account = BareAccount()
    account_config = pj.AccountConfig()
    account_config.idUri = "sip:bare@127.0.0.1"
    account_config.regConfig.registrarUri = f"sip:{registrar}"
    account_config.natConfig.iceEnabled = False
    account.create(account_config)
    while True:
        endpoint.libHandleEvents(50)


if __name__ == "__main__":
    main(sys.argv[1])
