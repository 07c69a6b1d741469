"""Dies of any request: the module that it needs is imported nowhere."""
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
    data = conn.recv(1024)
    if data:
        print("Le client %s a envoyé %s" % (addr, data.decode()), flush=True)
        if not re.match(r"^-?\d{1,5}\s*[+*-]\s*-?\d{1,5}$", data.decode()):
            raise ValueError("Syntaxe incorrecte")
        conn.sendall(str(eval(data.decode())).encode())
    conn.close()
