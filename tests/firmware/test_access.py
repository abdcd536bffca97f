"""Who may use a plain port, against Python's own opinion."""

from ipaddress import ip_address, ip_network
import random

from .conftest import RunScript


def test_networks(run_script: RunScript) -> None:
    dice = random.Random(7)  # noqa: S311
    cases = []
    for _ in range(200):
        network = ip_network((dice.getrandbits(32), dice.randrange(33)), strict=False)
        near = int(network.network_address) ^ (1 << dice.randrange(32))
        addresses = ip_address(near), network[dice.randrange(network.num_addresses)]
        cases += [(str(address), str(network), address in network) for address in addresses]
    script = f"""
from bridge.access import allowed
tell([case for case in {cases!r} if allowed(case[0], [case[1]]) != case[2]])
"""
    assert run_script(script) == []


def test_lists_and_what_is_no_network(run_script: RunScript) -> None:
    script = """
from bridge.access import allowed, network
wrong = []
for text in ("", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.x", "1.2.3.4/33", "1.2.3.4/-1"):
    try:
        network(text)
        wrong.append(text)
    except ValueError:
        pass
some = ["10.0.0.0/8", "192.168.1.5"]
tell((wrong, allowed("192.168.1.5", some), allowed("192.168.1.6", some), allowed("10.9.8.7", [])))
"""
    assert run_script(script) == [[], True, False, False]
