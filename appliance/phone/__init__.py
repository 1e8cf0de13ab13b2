"""The desk phone beside the unit, told over HTTP to dial: `Way.DIAL`."""
