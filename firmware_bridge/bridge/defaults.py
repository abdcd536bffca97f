"""What a bridge does that nobody has set up: it reads its lines and opens no plain port.

A plain port is open while its list of clients is not empty: addresses ("192.168.1.5") or networks
("192.168.1.0/24") that may use it.
"""

DEFAULTS = {
    # The HTTPS API, and Modbus through TLS for the clients that gave a certificate.
    "api": {"port": 443},
    "modbus_tls": {"port": 802},
    "wifi": {"ssid": "", "password": ""},
    # The meter's line. crc: throw telegrams away whose checksum is wrong.
    "p1": {"on": True, "baud": 115200, "parity": None, "stop": 1, "crc": True},
    "p1_port": {"port": 2001, "clients": []},
    # The bus. Times are in ms; units: the devices that there are, none: ask any; default_unit: who
    # is meant by a client that names nobody (0 or 255).
    "bus": {
        "on": True,
        "baud": 9600,
        "parity": None,
        "stop": 1,
        "timeout": 1000,
        "pause": 20,
        "retries": 1,
        "units": [],
        "default_unit": 0,
    },
    # writers: those of the clients that may also write what `writes` allows.
    "modbus_port": {"port": 502, "clients": [], "writers": []},
    # unit, kind ("holding" or "coil"), first, last, min and max (negative: the value is signed)
    "writes": [],
}
