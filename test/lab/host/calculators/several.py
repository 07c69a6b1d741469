"""Accepts one client in its life and answers its bare expressions, one after the other; then exit 0."""
import socket
import sys

address = sys.argv[sys.argv.index("--listen") + 1]
port = 13337
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((address, port))
listener.listen(1)
print("Le serveur tourne sur %s:%s" % (address, port), flush=True)
conn, addr = listener.accept()
print("Un client %s s'est connecté." % (addr,), flush=True)
while True:
    data = conn.recv(1024)
    if not data:
        break
    print("Le client %s a envoyé %s" % (addr, data.decode()), flush=True)
    answer = str(eval(data.decode()))
    conn.send(answer.encode())
    print("Réponse envoyée au client %s : %s." % (addr, answer), flush=True)
conn.close()
