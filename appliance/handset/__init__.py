"""The handset or headset on USB at which callers are taken with `way = "handset"`: its own key."""
