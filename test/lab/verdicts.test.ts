/** The verdict on the real host, for each way in which the service can be out of reach. */
import { beforeEach, expect, it } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { holdClient } from './clients.ts';
import { control, onHost, onLab, onPc, openConsole, operatorHome } from './host.ts';

const size = { cols: 120, rows: 40 };

/** What the Probe pane says from the verdict on, and what mends it, joined as one sentence: without the rungs. */
function verdict(terminal: Terminal): string {
  const rows = terminal
    .screen()
    .split('\n')
    .map((row) =>
      row
        .slice(1, 47)
        .replace(/[│┃]\s*$/, '')
        .trim(),
    );
  const from = rows.findIndex((row) => row.includes('verdict:'));
  const to = rows.indexOf('', from);
  return from < 0 ? '' : rows.slice(from, to).join(' ');
}

async function console120(): Promise<Terminal> {
  const terminal = openConsole('manon', [], size);
  await terminal.waitFor((t) => verdict(t) !== '', { what: 'a verdict' });
  return terminal;
}

async function says(terminal: Terminal, pattern: RegExp): Promise<void> {
  await terminal.waitFor((t) => pattern.test(verdict(t)), { what: `the verdict ${pattern}` });
}

/** A server of one line each in place of the exercise's, on the service's address. */
async function serve(python: string): Promise<void> {
  await onHost(`cat > /opt/calculatrice/bs_server.py <<'PY'
import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("10.5.1.2", 13337)); s.listen(1)
print("Le serveur tourne sur 10.5.1.2:13337", flush=True)
${python}
PY
systemctl start calculatrice`);
}

onLab('the verdict', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '30');
  });

  it('all well', async () => {
    await onHost('systemctl start calculatrice');
    const terminal = await console120();
    await says(terminal, /reachable from here$/);
    await terminal.waitFor(/● Answer +answers rightly/);
  });

  it('unit stopped', async () => {
    await says(await console120(), /stopped.*press s: sudo systemctl start calculatrice/);
  });

  it('waiting for its restart', async () => {
    await onHost('systemctl start calculatrice && systemctl kill -s KILL calculatrice');
    await says(await console120(), /restarts it in \d+[.,]?\d* s/);
  });

  it('failed', async () => {
    await onHost(`mkdir -p /run/systemd/system/calculatrice.service.d
      printf '[Service]\\nRestart=no\\n' > /run/systemd/system/calculatrice.service.d/no.conf
      systemctl daemon-reload
      systemctl start calculatrice && systemctl kill -s KILL calculatrice`);
    try {
      await says(await console120(), /failed/);
    } finally {
      await onHost('rm -r /run/systemd/system/calculatrice.service.d; systemctl daemon-reload');
    }
  });

  it.each([
    ['notify', /READY=1/],
    ['oneshot', /to end/],
  ])('started, for Type=%s, by a sign that it never gives', async (type, awaited) => {
    await onHost(`sed -i '/^Type=/d; /^Restart=/d; s/^\\[Service\\]/&\\nType=${type}/' /etc/systemd/system/calculatrice.service
      systemctl daemon-reload; systemctl start --no-block calculatrice`);
    const terminal = await console120();
    await says(terminal, awaited);
    await says(terminal, /Type=simple: sudo systemctl edit --full calculatrice/);
    await terminal.waitFor(/● Answer +answers rightly/);
  });

  it('server on 127.0.0.1 only', async () => {
    await control('reset', '--restart-sec', '30', '--listen', '127.0.0.1');
    await onHost('systemctl start calculatrice');
    await says(await console120(), /127\.0\.0\.1 only.*10\.5\.1\.2/);
  });

  it('port closed in firewalld', async () => {
    await onHost(
      'systemctl start calculatrice; firewall-cmd -q --permanent --remove-port=13337/tcp --remove-port=13337/tcp; firewall-cmd -q --remove-port=13337/tcp',
    );
    await says(await console120(), /closed.*firewall-cmd.*--add-port=13337\/tcp/);
  });

  it('port open now but not permanently: a warning', async () => {
    await onHost('systemctl start calculatrice; firewall-cmd -q --permanent --remove-port=13337/tcp');
    const terminal = await console120();
    await says(terminal, /permanent/);
    expect(verdict(terminal)).toMatch(/--permanent/);
  });

  it('server accepting but mute', async () => {
    await serve('while True:\n    c, a = s.accept(); c.recv(1024)\n    while c.recv(1024): pass');
    await says(await console120(), /no answer|mute|does not answer/i);
  });

  it('held by another client', async () => {
    await onHost('systemctl start calculatrice');
    const holder = await holdClient(onPc(operatorHome(), 'python3', ['-c', holdScript]));
    const terminal = await console120();
    await says(terminal, new RegExp(`10\\.5\\.1\\.1:${holder.port}`));
    holder.leave();
    await says(terminal, /reachable from here/);
  });

  it('wrong answers', async () => {
    await serve(
      'while True:\n    c, a = s.accept()\n    if c.recv(1024): c.sendall(b"6"); c.recv(1024)\n    c.close()',
    );
    await says(await console120(), /2\+3 gives 6, not 5/);
  });

  it('link lost', async () => {
    await onHost('systemctl start calculatrice');
    const terminal = await console120();
    await says(terminal, /reachable from here/);
    await control('cut');
    await says(terminal, /link lost/);
    await terminal.waitFor(/stale/);
    await control('mend');
    terminal.type('c');
    await says(terminal, /reachable from here/);
  });
});

const holdScript = `
import socket, sys, time
for _ in range(50):
    try:
        s = socket.create_connection(("10.5.1.2", 13337))
        break
    except OSError:
        time.sleep(0.1)
print(s.getsockname()[1], flush=True)
sys.stdin.read()
`;
