"""Knocks at a port from one address and another. A line in: WAIT_S FROM TO PORT [FROM TO PORT]…; a word out each."""
import errno, selectors, socket, sys, time

FATES = {0: "accept", errno.ECONNREFUSED: "reject", errno.EHOSTUNREACH: "reject", errno.EACCES: "reject",
         errno.ENETUNREACH: "reject"}

for line in sys.stdin:
    wait, *words = line.split()
    knocks = [words[at:at + 3] for at in range(0, len(words), 3)]
    fates = ["drop"] * len(knocks)
    waiting = selectors.DefaultSelector()
    for at, (source, target, port) in enumerate(knocks):
        one = socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET)
        one.setblocking(False)
        one.bind((source, 0))
        one.connect_ex((target, int(port)))
        waiting.register(one, selectors.EVENT_WRITE, at)
    until = time.monotonic() + float(wait)
    while waiting.get_map():
        ready = waiting.select(max(0, until - time.monotonic()))
        if not ready:
            break
        for key, _ in ready:
            code = key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            fates[key.data] = FATES.get(code, errno.errorcode.get(code, str(code)))
            waiting.unregister(key.fileobj)
            key.fileobj.close()
    for key in list(waiting.get_map().values()):
        key.fileobj.close()
    print(" ".join(fates), flush=True)
