"""The network calculator: one operation on two integers in, its result out.

Speaks the protocol of the exercise's server (`2+3` as bare bytes, `5` back) and
writes the same log lines, without its faults: nothing is evaluated but the grammar
below, many clients are served at once, and no input ends the process.

Standard library only, Python 3.6 or newer.
"""
import argparse
import re
import selectors
import signal
import socket
import sys
import time

OPERAND_LIMIT = 100000
NUMBER = rb"([+-]?[ \t]*[0-9]+)"
OPERATION = re.compile(rb"\s*" + NUMBER + rb"[ \t]*([-+*])[ \t]*" + NUMBER + rb"\s*")
# What may still become an operation when more bytes come: TCP keeps no messages together.
BEGINNING = re.compile(rb"[ \t]*([+-]?[ \t]*[0-9]*|[+-]?[ \t]*[0-9]+[ \t]*([-+*][ \t]*[+-]?[ \t]*)?)")
REFUSAL = "Opération refusée : deux entiers de -100000 à 100000, et + - ou * entre eux."

REQUEST_LIMIT = 64      # bytes; an honest request needs 15
REFUSALS_LIMIT = 10     # on one connection; then it is closed
CLIENTS_LIMIT = 256     # beyond, the one that has been silent longest makes room
REQUEST_SECONDS = 10    # from the first byte of a request to its last
LINGER_SECONDS = 2      # how long a closed client is read, so that it gets our last words
ACCEPT_PAUSE = 0.5      # seconds without accepting, when the system has no more descriptors


def log(line):
    """One line, at once and in UTF-8 whatever the locale. A reader that is gone stops nobody."""
    try:
        sys.stdout.buffer.write((line + "\n").encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except (OSError, ValueError):
        pass


def shown(request):
    """A request as the log may hold it: on one line, printable, short."""
    text = request.decode("utf-8", "backslashreplace").strip(" \t\r\n")
    if len(text) > 60:
        text = text[:60] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def calculate(request):
    """The result as text, or None when the request is not an operation we do."""
    match = OPERATION.fullmatch(request)
    if match is None:
        return None
    left, right = (int(re.sub(rb"\s", b"", match.group(n))) for n in (1, 3))
    if max(abs(left), abs(right)) > OPERAND_LIMIT:
        return None
    operator = match.group(2)
    if operator == b"+":
        return str(left + right)
    return str(left - right if operator == b"-" else left * right)


class Client:
    """One connection: what it has sent of a request, and what it has not yet taken of an answer."""

    def __init__(self, sock, address, now, idle):
        self.sock = sock
        self.name = repr(tuple(address[:2]))
        self.idle = idle
        self.request = b""
        self.answer = b""
        self.refusals = 0
        self.ended = False      # it sends no more
        self.closing = False    # we send no more; only its own end is awaited
        self.last_heard = now
        self.deadline = now + idle

    def hear(self, data, now):
        self.last_heard = now
        if not data:
            self.ended = True
        if self.closing:
            return
        if data and not self.request:
            self.deadline = now + min(REQUEST_SECONDS, self.idle)
        # The end of a line after an operation already answered (telnet) is no request.
        self.request = (self.request + data).lstrip()
        if len(self.request) > REQUEST_LIMIT:
            self.refuse(now)
            self.refusals = REFUSALS_LIMIT
        elif OPERATION.fullmatch(self.request):
            self.reply(calculate(self.request), now)
        elif self.request and (self.ended or not BEGINNING.fullmatch(self.request)):
            self.refuse(now)

    def refuse(self, now):
        self.reply(None, now)

    def reply(self, result, now):
        text = REFUSAL if result is None else result
        log("Le client %s a envoyé %s" % (self.name, shown(self.request)))
        self.refusals += result is None
        self.request = b""
        self.answer += text.encode("utf-8")
        self.deadline = now + self.idle
        log("Réponse envoyée au client %s : %s." % (self.name, text.rstrip(".")))

    def send(self):
        if self.answer:
            self.answer = self.answer[self.sock.send(self.answer):]

    def finish(self, now):
        """No more from us. What the client still sends is read, lest a reset destroy our answer."""
        if not self.closing:
            self.closing = True
            self.deadline = now + LINGER_SECONDS
            self.sock.shutdown(socket.SHUT_WR)

    @property
    def over(self):
        return not self.answer and (self.ended or self.refusals >= REFUSALS_LIMIT)


class Server:
    def __init__(self, listener, idle):
        self.listener = listener
        self.idle = idle
        self.clients = set()
        self.selector = selectors.DefaultSelector()
        self.accepting_from = 0.0
        self.stopping = False
        # A signal writes a byte here, which ends the wait whenever it comes.
        self.bell, ringer = socket.socketpair()
        self.ringer = ringer
        for sock in (listener, self.bell, ringer):
            sock.setblocking(False)
        signal.set_wakeup_fd(ringer.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.selector.register(listener, selectors.EVENT_READ)
        self.selector.register(self.bell, selectors.EVENT_READ)

    def stop(self, _number, _frame):
        self.stopping = True

    def run(self):
        while not self.stopping:
            events = self.selector.select(self.wait())
            now = time.monotonic()
            for key, mask in events:
                if key.fileobj is self.listener:
                    self.accept(now)
                elif key.data is not None and key.data in self.clients:
                    self.guarded(self.serve, key.data, mask, now)
            for client in [client for client in self.clients if client.deadline <= now]:
                self.guarded(self.expire, client, 0, now)
            if 0 < self.accepting_from <= now:
                self.accepting_from = 0.0
                self.selector.register(self.listener, selectors.EVENT_READ)
        for client in list(self.clients):
            self.drop(client)
        self.listener.close()

    def wait(self):
        times = [client.deadline for client in self.clients]
        if self.accepting_from:
            times.append(self.accepting_from)
        return max(0.0, min(times) - time.monotonic()) if times else None

    def accept(self, now):
        try:
            sock, address = self.listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            return
        except OSError as error:
            log("ERROR Connexion impossible à accepter : %s" % error)
            self.selector.unregister(self.listener)
            self.accepting_from = now + ACCEPT_PAUSE
            return
        if len(self.clients) >= CLIENTS_LIMIT:
            self.drop(min(self.clients, key=lambda client: client.last_heard))
        sock.setblocking(False)
        client = Client(sock, address, now, self.idle)
        self.clients.add(client)
        self.selector.register(sock, selectors.EVENT_READ, client)
        log("Un client %s s'est connecté." % client.name)

    def guarded(self, action, client, mask, now):
        """Whatever goes wrong with one client ends with that client."""
        try:
            action(client, mask, now)
        except (BlockingIOError, InterruptedError):
            pass
        except Exception as error:  # pylint: disable=broad-except
            if not isinstance(error, OSError):
                log("ERROR Client %s : %r" % (client.name, error))
            self.drop(client)

    def serve(self, client, mask, now):
        if mask & selectors.EVENT_READ:
            client.hear(client.sock.recv(1024), now)
        client.send()
        if client.ended and client.closing:
            self.drop(client)
            return
        if client.over:
            client.finish(now)
            if client.ended:
                self.drop(client)
                return
        # Who does not take its answer is not read further: what is kept for one client is bounded.
        wanted = selectors.EVENT_WRITE if client.answer else selectors.EVENT_READ
        self.selector.modify(client.sock, wanted, client)

    def expire(self, client, mask, now):
        if client.request and not client.answer:
            client.refuse(now)
            client.refusals = REFUSALS_LIMIT
            self.serve(client, mask, now)
        else:
            self.drop(client)

    def drop(self, client):
        self.clients.discard(client)
        try:
            self.selector.unregister(client.sock)
        except (KeyError, ValueError):
            pass
        client.sock.close()


def main():
    parser = argparse.ArgumentParser(description="La calculatrice réseau.")
    parser.add_argument("-l", "--listen", default="127.0.0.1", help="adresse IP (127.0.0.1)")
    parser.add_argument("-p", "--port", type=int, default=13337, help="port TCP (13337)")
    parser.add_argument("--idle", type=float, default=60.0, help="secondes avant d'oublier un client muet (60)")
    args = parser.parse_args()

    log(str(args.port))
    if not 0 <= args.port <= 65535:
        log("ERROR Le port spécifié n'est pas un port possible (de 0 à 65535).")
        return 1
    if args.port <= 1024:
        log("ERROR Le port spécifié est un port privilégié. Spécifiez un port au dessus de 1024.")
        return 2

    family = socket.AF_INET6 if ":" in args.listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((args.listen, args.port))
        listener.listen(128)
    except OSError as error:
        log("ERROR Impossible d'écouter sur %s:%s : %s" % (args.listen, args.port, error.strerror or error))
        return 1
    server = Server(listener, args.idle)
    log("Le serveur tourne sur %s:%s" % (args.listen, args.port))
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
