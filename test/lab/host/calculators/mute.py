"""Takes what it is sent and says nothing."""
import socket
import sys

address = sys.argv[sys.argv.index("--listen") + 1]
port = 13337
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((address, port))
listener.listen(1)
print("Le serveur tourne sur %s:%s" % (address, port), flush=True)
while True:
    conn, addr = listener.accept()
    print("Un client %s s'est connecté." % (addr,), flush=True)
    while conn.recv(1024):
        pass
    conn.close()
