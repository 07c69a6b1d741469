/** Hostile bytes from the real host: in log lines, the unit's description, the server's reply. Shown, never obeyed. */
import { beforeEach, expect, it } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { control, onHost, onLab, openConsole } from './host.ts';

const size = { cols: 120, rows: 40 };

/** What a terminal must never be sent by us because a host said so. */
function expectIntact(terminal: Terminal): void {
  expect(terminal.buffer()).toBe('alternate');
  expect(terminal.effects.titles).toEqual([]);
  expect(terminal.effects.copied).toEqual([]);
  expect(terminal.effects.bells).toBe(0);
  expect(terminal.output()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  // The frame still stands: the top line, and both columns' bottom corners.
  expect(terminal.row(0)).toContain('tp5-tui');
  expect(terminal.screen()).toMatch(/[└┗][─━]+[┘┛][└┗][─━]+[┘┛]/);
}

async function servePython(body: string): Promise<void> {
  await onHost(`cat > /opt/calculatrice/bs_server.py <<'PY'
import socket, sys, time
out = sys.stdout.buffer
def say(line):
    out.write(line + b"\\n"); out.flush()
def send(message):
    journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    journal.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 400_000)
    journal.sendto(b"SYSLOG_IDENTIFIER=python\\nMESSAGE\\n" + len(message).to_bytes(8, "little") + message + b"\\n", "/run/systemd/journal/socket")
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("10.5.1.2", 13337)); s.listen(1)
${body}
PY
systemctl start calculatrice`);
}

const serveFive = `
while True:
    c, a = s.accept()
    if c.recv(1024): c.sendall(b"5"); c.recv(1024)
    c.close()`;

onLab('hostile bytes', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '3');
  });

  it('in log lines: escapes, bidi, not UTF-8, 150 kB in one entry', async () => {
    await servePython(`
send(b"big " + b"x" * 150_000 + b" end")
say(b"title \\x1b]0;owned\\x07 end")
say(b"clear \\x1b[2J\\x1b[H home")
say(b"clip \\x1b]52;c;b3duZWQ=\\x07 end")
say("bidi \\u202eevil\\u202c end".encode())
say(b"bytes \\xff\\xfe\\x80 end")
say(b"bell \\x07\\x08\\x0d end")
say(b"after the flood")
${serveFive}`);
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor('after the flood');
    await terminal.waitFor(/verdict: reachable/);
    const screen = terminal.screen();
    expect(screen).toContain('title \\x1b]0;owned\\x07 end');
    expect(screen).toContain('clear \\x1b[2J\\x1b[H home');
    expect(screen).toContain('bidi \\u202eevil\\u202c end');
    expect(screen).toContain('bell \\x07\\x08\\x0d end');
    expect(screen).toMatch(/big x{20,}/);
    expectIntact(terminal);
  });

  it('in the unit’s description', async () => {
    await onHost(`mkdir -p /run/systemd/system/calculatrice.service.d
      python3 -c 'print("[Unit]\\nDescription=evil \\u202etext\\u202c \\x1b[2J" + "é" * 300)' > /run/systemd/system/calculatrice.service.d/evil.conf
      systemctl daemon-reload`);
    try {
      const terminal = openConsole('manon', [], size);
      await terminal.waitFor(/evil \\u202etext\\u202c/);
      expectIntact(terminal);
    } finally {
      await onHost('rm -r /run/systemd/system/calculatrice.service.d; systemctl daemon-reload');
    }
  });

  it('in the server’s reply', async () => {
    await servePython(`
while True:
    c, a = s.accept()
    if c.recv(1024): c.sendall(b"\\x1b[2J\\x1b]0;owned\\x07\\xff5"); c.recv(1024)
    c.close()`);
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor(/verdict: .*/);
    terminal.type('5');
    terminal.press('enter');
    terminal.type('2+3');
    terminal.press('enter');
    await terminal.waitFor(/› 2\+3[\s\S]*\\x1b\[2J/);
    expectIntact(terminal);
  });
});
