"""Answers byte by byte, with a pause between."""
import socket
import sys
import time

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
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        data = conn.recv(1024)
        if not data:
            break
        print("Le client %s a envoyé %s" % (addr, data.decode()), flush=True)
        for byte in str(eval(data.decode())).encode():
            time.sleep(0.3)
            conn.sendall(bytes([byte]))
    conn.close()
