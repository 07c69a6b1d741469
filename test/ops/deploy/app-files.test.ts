import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AppFile, findServer, readServer } from '../../../src/ops/deploy/app-files.ts';

const file = (name: string, text: string): AppFile => ({ name, content: new TextEncoder().encode(text) });
const CLIENT = file('client.py', 'import socket\ns = socket.socket()\ns.connect(("10.5.1.2", 13337))\n');

describe('findServer', () => {
  it('is the file that listens, whatever its place', () => {
    const server = file('bs.py', 's.bind(("", 13337))\ns.listen(1)\n');
    expect(findServer([CLIENT, server])?.name).toBe('bs.py');
  });

  it('is the one called a server, when two listen', () => {
    const one = file('a.py', 's.listen(1)');
    const other = file('bs_server.py', 's.listen(1)');
    expect(findServer([one, other])?.name).toBe('bs_server.py');
  });

  it('is the first, when none is seen to listen', () => {
    expect(findServer([file('main.py', 'import app'), CLIENT])?.name).toBe('main.py');
    expect(findServer([])).toBeNull();
  });
});

describe('readServer', () => {
  it('finds the options of the exercise’s server', () => {
    const text = readFileSync(new URL('../../lab/host/bs_server.py', import.meta.url), 'utf8');
    expect(readServer(file('bs_server.py', text))).toEqual({
      name: 'bs_server.py',
      listenOption: '--listen',
      portOption: '--port',
      addressInCode: null,
      logFolder: null,
    });
  });

  it.each([
    ["s.bind(('127.0.0.1', 13337))", 1, '127.0.0.1'],
    ["\nhost = '10.5.1.2'\ns.bind((host, port))", 2, '10.5.1.2'],
    ["HOST = ''\ns.bind((HOST, 13337))", 1, '0.0.0.0'],
    ["s.bind(('', 13337))", 1, '0.0.0.0'],
    ['s.bind((find_host(), 13337))', 1, null],
  ])('shows the line that holds the address: %j', (text, line, address) => {
    expect(readServer(file('server.py', text)).addressInCode).toEqual({
      file: 'server.py',
      line,
      source: text.split('\n')[line - 1],
      address,
    });
  });

  it('does not take a mention of an option for the option', () => {
    const text = '# --listen is not there\nparser.add_argument("-v")\ns.bind(("1.2.3.4", 1))';
    expect(readServer(file('server.py', text)).listenOption).toBeNull();
  });

  it('finds the folder under /var/log that must be there', () => {
    expect(readServer(file('s.py', "open('/var/log/bs_server/bs_server.log', 'a')")).logFolder).toBe(
      'bs_server',
    );
    expect(readServer(file('s.py', "open('/var/log/messages.log')")).logFolder).toBeNull();
  });
});
