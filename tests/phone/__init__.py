"""The desk phone that is told to dial."""
