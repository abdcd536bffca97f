"""Power cuts at every write of the flash: under MicroPython, on its own LittleFS.

A block device in memory fails from its N-th write on, as if the power were gone; then the file
system is mounted anew, as after a boot, and has to hold something that works.
"""

from pathlib import Path

from .scripts import run

_FLASH = """
import os
class Flash:
    def __init__(self):
        self.data = bytearray(512 * 96); self.left = None
    def spend(self):
        if self.left is not None:
            if self.left <= 0: raise OSError(5)
            self.left -= 1
    def readblocks(self, n, buf, off=0):
        buf[:] = self.data[n * 512 + off : n * 512 + off + len(buf)]
    def writeblocks(self, n, buf, off=None):
        self.spend()
        at = n * 512 + (off or 0); self.data[at : at + len(buf)] = buf
    def ioctl(self, op, arg):
        if op == 4: return 96
        if op == 5: return 512
        if op == 6: self.spend(); self.data[arg * 512 : arg * 512 + 512] = b"\\xff" * 512; return 0
def prepare(first):
    flash = Flash(); os.VfsLfs2.mkfs(flash); os.mount(os.VfsLfs2(flash), "/f"); first()
    os.umount("/f"); return bytes(flash.data)
def cut(image, work, check):
    # Runs work with a power cut at each write; returns how many there were.
    n = 0
    while True:
        flash = Flash(); flash.data[:] = image
        os.mount(os.VfsLfs2(flash), "/f"); flash.left = n
        try: work(); done = True
        except OSError: done = False
        os.umount("/f")
        # What is left of the old file system, such as open files, must not reach the new one.
        again = Flash(); again.data[:] = flash.data
        os.mount(os.VfsLfs2(again), "/f")
        check(done)
        os.umount("/f")
        if done: return n
        n += 1
"""

_LEASE = """
import asyncio
from bridge.store import Store
from bridge.failsafe import Failsafe
from bridge import zones
class Clock:
    now = 0
    def seconds(self): return self.now
registers = {}
async def request(unit, pdu, priority):
    if pdu[0] == 3: return bytes((3, 2, registers[5] >> 8, registers[5] & 255))
    registers[5] = pdu[3] << 8 | pdu[4]; return pdu
def guard(clock): return Failsafe(Store("/f/data"), clock, lambda *_: None)
def first():
    g = guard(Clock())
    g.set_table(zones.TABLE({"zones": {"a": {"unit": 1, "register": 5, "scale": 10, "floor": 8000,
                             "fallback": 10000, "ttl": 60}}}, ""))
    g.renew("me", 1, {})
def work():
    registers[5] = 215
    clock = Clock(); g = guard(clock); g.renew("me", 2, {})
    clock.now = 61; asyncio.run(g.step(request))
    g = guard(Clock()); asyncio.run(g.step(request))
def check(done):
    # After the cut it boots, and within the time to live and the grace the fallback stands.
    clock = Clock(); g = guard(clock)
    assert g.table["zones"]["a"]["floor"] == 8000
    clock.now = 301; asyncio.run(g.step(request))
    assert registers[5] == 100 and g.state() == "fallback", registers
    g.renew("me", 3, {})
    assert g.state() == "normal"
print(cut(prepare(first), work, check))
"""

_UPDATE = """
import asyncio, hashlib, binascii
sys.path.insert(0, FIRMWARE)
import main as picker
from bridge.store import Store
from bridge import ota, update, ecdsa
from bridge.version import VERSION
class Clock:
    now = 0
    def seconds(self): return self.now
private = 12345
files = {"bridge/x.mpy": b"new" * 100, "hal/y.mpy": b"other" * 90}
text = "lumme-bridge %s\\n" % VERSION
for name, data in files.items():
    text += "file %s %d %s\\n" % (name, len(data), binascii.hexlify(hashlib.sha256(data).digest()).decode())
r, s = ecdsa.sign(private, text.encode(), os.urandom)
manifest = text.encode() + b"signature " + binascii.hexlify(ecdsa.to_bytes(r) + ecdsa.to_bytes(s)) + b"\\n"
def put(path, data):
    from bridge.store import make_folder
    make_folder(path.rsplit("/", 1)[0])
    with open(path, "wb") as file: file.write(data)
def first():
    Store("/f/data").write_bytes(ota.KEY_FILE, ecdsa.public_key(private))
    for name, data in files.items():
        put("/f/a/" + name, b"old" + data); put("/f/b/" + name, b"older" + data)
def whole(slot):
    want = {"a": b"old", "b": b""}[slot]
    for name, data in files.items():
        with open("/f/%s/%s" % (slot, name), "rb") as file:
            if file.read() != want + data: return False
    return True
def work():
    o = ota.Ota("/f/", Store("/f/data"), "a", Clock(), lambda *_: None)
    o.add_manifest(0, manifest)
    asyncio.run(o.begin(False))
    for name, data in files.items():
        o.add(name, 0, data[:200]); o.add(name, 200, data[200:])
    asyncio.run(o.apply())
    slot = picker.choose("/f/")
    o = ota.Ota("/f/", Store("/f/data"), slot, Clock(), lambda *_: None)
    o.judge(True)
def check(done):
    slot = picker.choose("/f/")
    assert whole(slot), slot
    assert slot == "b" or not done
    Store("/f/data").write("probe", 1)
image = prepare(first)
verify = ecdsa.verify_steps
checks = {}
def remembered(key, digest, signature):
    # The same signature is checked a hundred times below; once is enough to spend time on.
    if (digest, signature) not in checks:
        for checks[digest, signature] in verify(key, digest, signature): pass
    yield checks[digest, signature]
ecdsa.verify_steps = remembered
print(cut(image, work, check))
# A trial that is never proved is left behind after its starts.
flash = Flash(); flash.data[:] = image; os.mount(os.VfsLfs2(flash), "/f")
Store("/f/data").write(ota.STATE, {"good": "a", "trial": "b", "left": 3})
print([picker.choose("/f/") for _ in range(5)])
"""


def test_a_lease_ends_in_the_fallback(machine: str, bundle: Path, tmp_path: Path) -> None:
    # The lines before the last are about files that the cut left open.
    assert int(run(machine, bundle, tmp_path, _FLASH + _LEASE).splitlines()[-1]) > 20


def test_an_update_leaves_something_that_runs(machine: str, bundle: Path, tmp_path: Path) -> None:
    firmware = Path(__file__).parents[2] / "firmware_bridge"
    script = f"FIRMWARE = {str(firmware)!r}\n{_FLASH}{_UPDATE}"
    cuts, choices = run(machine, bundle, tmp_path, script).splitlines()[-2:]
    assert int(cuts) > 30
    assert choices == "['b', 'b', 'b', 'a', 'a']"
