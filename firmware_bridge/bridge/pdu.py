"""What a Modbus request asks for and what its answer looks like (Modbus Application Protocol 1.1b3).

A PDU is the function code and its data, without the address and checksum of any line.
"""

from struct import unpack_from

ILLEGAL_FUNCTION = 0x01
ILLEGAL_ADDRESS = 0x02
ILLEGAL_VALUE = 0x03
BUSY = 0x06
NO_PATH = 0x0A
NO_RESPONSE = 0x0B

READS = (1, 2, 3, 4)
COIL = "coil"
HOLDING = "holding"

# For each function: the most values in one request, and how many bits each has.
_READ = {1: (2000, 1), 2: (2000, 1), 3: (125, 16), 4: (125, 16)}
_WRITE_ONE = (5, 6)
_WRITE_MANY = {15: (1968, 1), 16: (123, 16)}


def fault(pdu):
    """Return the exception code that a request deserves by its form alone, 0 if it is sound."""
    function = pdu[0] if pdu else 0
    if function in _WRITE_ONE:
        if len(pdu) != 5 or (function == 5 and pdu[3:] not in (b"\xff\x00", b"\x00\x00")):
            return ILLEGAL_VALUE
        return 0
    if function in _READ:
        most, _ = _READ[function]
        if len(pdu) != 5:
            return ILLEGAL_VALUE
    elif function in _WRITE_MANY:
        most, bits = _WRITE_MANY[function]
        if len(pdu) < 6 or len(pdu) != 6 + pdu[5]:
            return ILLEGAL_VALUE
        if pdu[5] != (unpack_from(">H", pdu, 3)[0] * bits + 7) // 8:
            return ILLEGAL_VALUE
    else:
        return ILLEGAL_FUNCTION
    first, count = unpack_from(">HH", pdu, 1)
    if not 1 <= count <= most:
        return ILLEGAL_VALUE
    return ILLEGAL_ADDRESS if first + count > 0x10000 else 0


def answers(request, reply):
    """Tell whether a sound PDU can be the answer to a request."""
    function = request[0]
    if reply[0] == function | 0x80:
        return len(reply) == 2
    if reply[0] != function or len(reply) != answer_size(request):
        return False
    if function in _READ:
        return reply[1] == len(reply) - 2
    return reply[:5] == request[:5]


def answer_size(request):
    """Return how many bytes the answer to a request has, unless it is an exception."""
    if request[0] not in _READ:
        return 5
    _, bits = _READ[request[0]]
    return 2 + (unpack_from(">H", request, 3)[0] * bits + 7) // 8


def exception(request, code):
    """Return the answer that refuses a request."""
    return bytes((request[0] | 0x80 if request else 0x80, code))


def writes(pdu):
    """Yield the kind, address and value of all that a sound request writes; a register is unsigned."""
    function = pdu[0]
    if function in _READ:
        return
    first, value = unpack_from(">HH", pdu, 1)
    if function == 5:
        yield COIL, first, int(value != 0)
    elif function == 6:
        yield HOLDING, first, value
    elif function == 15:
        for index in range(value):
            yield COIL, first + index, pdu[6 + index // 8] >> index % 8 & 1
    else:
        for index in range(value):
            yield HOLDING, first + index, unpack_from(">H", pdu, 6 + 2 * index)[0]
