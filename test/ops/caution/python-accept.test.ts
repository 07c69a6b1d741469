/** Which servers take one client in their life, as their code shows. */
import { describe, expect, it } from 'vitest';
import { acceptsOnce } from '../../../src/ops/caution/python-accept.ts';
import { readPython } from '../../../src/ops/checks/python-source.ts';

const once = (source: string): number | null => acceptsOnce(readPython(source));

describe('a server that serves one client and leaves', () => {
  it.each([
    [
      'one accept at the top',
      's.listen(1)\nconn, addr = s.accept()\nwhile True:\n    data = conn.recv(1024)\n',
      2,
    ],
    ['greets, then answers in a loop', 'c, a = s.accept()\nc.send(b"Hello")\nwhile True:\n  c.recv(9)\n', 1],
    [
      'in a try',
      'try:\n    c, a = s.accept()\n    while c.recv(9):\n        pass\nexcept OSError:\n    pass\n',
      2,
    ],
    ['in a with', 'with socket.socket() as s:\n    s.listen()\n    c, a = s.accept()\n', 3],
    ['in a function that is called once', 'def main():\n    c, a = s.accept()\n\nmain()\n', 2],
    [
      'two functions down',
      'def take():\n    return s.accept()\ndef main():\n    c, a = take()\n    while True:\n        c.recv(9)\nif __name__ == "__main__":\n    main()\n',
      2,
    ],
    [
      'in a thread that is started once',
      'def serve():\n    c, a = s.accept()\nthreading.Thread(target=serve).start()\n',
      2,
    ],
    ['a method called once', 'class S:\n    def run(self):\n        c, a = self.s.accept()\nS().run()\n', 3],
    ['two clients, one after the other', 'a, _ = s.accept()\nb, _ = s.accept()\n', 1],
    [
      'a loop left after its first turn',
      'while True:\n    c, a = s.accept()\n    break\nwhile True:\n    c.recv(9)\n',
      2,
    ],
    [
      'a loop that only waits for the first',
      'while True:\n    try:\n        c, a = s.accept()\n        break\n    except OSError:\n        pass\nc.recv(9)\n',
      3,
    ],
    [
      'a loop left where that went well',
      'while True:\n    try:\n        c, a = s.accept()\n    except OSError:\n        continue\n    break\nc.recv(9)\n',
      3,
    ],
    [
      'one request of a socketserver',
      'server = socketserver.TCPServer(("", 1), H)\nserver.handle_request()\n',
      2,
    ],
    [
      'an accept in a comment and one in a loop that is a string',
      '# while True: s.accept()\n"""while True:\n  x"""\nc, a = s.accept()\n',
      4,
    ],
    ['with tabs', 'def main():\n\tc, a = s.accept()\nmain()\n', 2],
  ])('%s', (_name, source, line) => {
    expect(once(source)).toBe(line);
  });
});

describe('a server that serves many, or is not understood', () => {
  it.each([
    ['accept in a loop', 'while True:\n    c, a = s.accept()\n    c.recv(9)\n'],
    [
      'accept in a loop, in a try',
      'while True:\n    try:\n        c, a = s.accept()\n    except OSError:\n        break\n',
    ],
    [
      'left only for a reason',
      'while True:\n    c, a = s.accept()\n    if c.recv(9) == b"quit":\n        break\n',
    ],
    [
      'the next client after a failure',
      'while True:\n    c, a = s.accept()\n    if not ok(a):\n        continue\n    c.recv(9)\n',
    ],
    ['a function called in a loop', 'def one():\n    c, a = s.accept()\nwhile True:\n    one()\n'],
    ['a function that calls itself', 'def one():\n    c, a = s.accept()\n    one()\none()\n'],
    ['two that call each other', 'def one():\n    s.accept()\n    two()\ndef two():\n    one()\none()\n'],
    [
      'threads made in a loop',
      'def one():\n    s.accept()\nfor i in range(4):\n    Thread(target=one).start()\n',
    ],
    ['handed to a selector', 'def take(s):\n    c, a = s.accept()\nsel.register(s, READ, take)\n'],
    ['called by another file', 'def serve(s):\n    c, a = s.accept()\n'],
    [
      'a method called in a loop',
      'class S:\n    def one(self):\n        self.s.accept()\n    def run(self):\n        while True:\n            self.one()\nS().run()\n',
    ],
    ['one before a loop of them', 'a, _ = s.accept()\nwhile True:\n    s.accept()\n'],
    ['a socketserver', 'socketserver.TCPServer(("", 1), H).serve_forever()\n'],
    ['asyncio', 'asyncio.run(asyncio.start_server(f, "", 1))\n'],
    ['no Python at all', 'import x from "y"\nserver.listen(1)\n'],
    ['nothing', ''],
  ])('%s', (_name, source) => {
    expect(once(source)).toBeNull();
  });
});

it('takes the exercise’s own server for one that serves many', async () => {
  const { readFile } = await import('node:fs/promises');
  expect(once(await readFile(new URL('../../lab/host/bs_server.py', import.meta.url), 'utf8'))).toBeNull();
  const deployed = new URL('../../../src/ops/deploy/assets/server.py', import.meta.url);
  expect(once(await readFile(deployed, 'utf8'))).toBeNull();
});
