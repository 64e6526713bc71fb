"""A slow link: two TAP devices, and a loop that passes each frame on after a while.

Linux's own `netem` is missing in many kernels. Usage: link.py DEVICE DEVICE MILLISECONDS
"""

import collections
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000


def tap(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return device


def send(device, frame):
    try:
        os.write(device, frame)
    except OSError:
        pass  # The device is down: the frame is lost.


def main(one, other, delay_ms):
    devices = [tap(one), tap(other)]
    target = dict(zip(devices, reversed(devices)))
    waiting = collections.deque()
    print("ready", flush=True)
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for device in select.select(devices, [], [], timeout)[0]:
            frame = os.read(device, 65536)
            waiting.append((time.monotonic() + delay_ms / 1000, target[device], frame))
        while waiting and waiting[0][0] <= time.monotonic():
            send(*waiting.popleft()[1:])


main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
