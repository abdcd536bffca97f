"""A page for whoever stands before the cabinet with a telephone: what works, and what does not.

It can be read without a token, so it tells nothing of the meter, the network or the clients.
"""

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">\
<meta name="viewport" content="width=device-width"><title>Lumme bridge</title>\
<style>body{{font:16px sans-serif;margin:2em}}td{{padding:.2em 1em .2em 0}}</style>\
<h1>Lumme bridge</h1><table>{rows}</table>"""

_STATES = {
    "normal": "Home Assistant is in charge",
    "grace": "waiting for Home Assistant",
    "fallback": "frost guard: Home Assistant is silent",
    "fault": "frost guard: a radiator does not take its setpoint",
}


def render(status, signals):
    """Return the page, of the API's status and the lamp's signals."""
    rows = [
        ("Firmware", status["version"]),
        ("Running for", "%d h %d min" % (status["uptime"] // 3600, status["uptime"] // 60 % 60)),
        ("Heating", _STATES[status["state"]]),
        ("Network", "not connected" if "no_network" in signals else "connected"),
        ("Meter", "silent" if "no_meter" in signals else "speaks"),
        ("Pairing", "open" if "pairing" in signals else "closed: press the button to open it"),
    ]
    return _PAGE.format(
        rows="".join("<tr><td>%s<td>%s" % (name, value) for name, value in rows)
    ).encode()
