/** How little the console costs the real host at rest: no process there, and next to nothing on the wire. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { control, lab, onHost, onLab, openConsole } from './host.ts';

const MINUTE_MS = 60_000;
/** Even with the keepalives, and with what the server logs of our probe. */
const MOST_BYTES = 10_000;
/** And with what it logs of Netdata's twelve visits; on a busy machine some of them are looked for a minute longer. */
const MOST_BYTES_WITH_NETDATA = 15_000;
const PLUGIN = '/usr/lib/netdata/plugins.d/go.d.plugin';
const REMOVE = `systemctl stop netdata; rm -rf /etc/netdata/go.d ${PLUGIN} /var/cache/netdata/* /var/lib/netdata/*.db`;

onLab('an idle minute', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '3');
    await onHost('systemctl start calculatrice');
  });

  it('starts no process on the host and sends next to nothing', async () => {
    // systemd ends the user's manager ten seconds after their last session: that is none of this minute's.
    await onHost(
      `timeout 30 sh -c 'while systemctl list-units --no-legend "user@*.service" | grep -q .; do sleep 0.5; done'`,
    );
    const terminal = openConsole('manon', [], { cols: 120, rows: 40 });
    await terminal.waitFor(/verdict: reachable/);
    await terminal.waitFor(/answers rightly/);
    // journald writes its files out five minutes after a line, in a thread for each: now, then, not in this minute.
    await onHost('journalctl --sync');
    const ownProcesses = await processesOfALook();
    // The last of what the start announced has been fetched once nothing more is started for a while.
    let before = await look();
    for (let tries = 0; tries < 10; tries += 1) {
      await pass(2_000);
      const settled = await look();
      const quiet = settled.lastPid - before.lastPid === ownProcesses;
      before = settled;
      if (quiet) break;
    }
    await pass(MINUTE_MS);
    const after = await look();
    const started = after.lastPid - before.lastPid - ownProcesses;
    const bytes = after.bytes - before.bytes;
    console.info(`idle minute: ${started} processes, ${bytes} bytes through SSH`);
    expect(started).toBe(0);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('sends as little with a Netdata whose check comes every five seconds', async () => {
    afterAll(() => onHost(REMOVE));
    copyFileSync(fileURLToPath(new URL('host/go.d.plugin', import.meta.url)), join(lab().root, PLUGIN));
    await onHost(`chmod 755 ${PLUGIN}; mkdir -p /etc/netdata/go.d
      printf 'jobs:\n  - name: calculatrice\n    host: 10.5.1.2\n    ports: [13337]\n' >/etc/netdata/go.d/portcheck.conf
      systemctl start netdata
      timeout 30 sh -c 'until curl -sf http://127.0.0.1:19999/api/v1/charts | grep -q port_13337_status; do sleep 0.5; done'`);
    const terminal = openConsole('manon', [], { cols: 120, rows: 40 });
    await terminal.waitFor(/Netdata sees it up/);
    // Its visits are found to be nobody's to look for, in the first minute.
    await pass(MINUTE_MS);
    const before = await look();
    await pass(MINUTE_MS);
    const bytes = (await look()).bytes - before.bytes;
    console.info(`idle minute beside Netdata: ${bytes} bytes through SSH`);
    expect(bytes).toBeLessThan(MOST_BYTES_WITH_NETDATA);
    // Twelve a minute: the journal shows who came, and not that nobody did.
    expect(terminal.screen()).not.toMatch(/Un client \('10\.5\.1\.2'/);
    expect(terminal.screen()).toMatch(/\d\d probe lines folded/);
  });
});

/** The least that looking itself starts on the host. */
async function processesOfALook(): Promise<number> {
  const ids = [await look(), await look(), await look(), await look()].map(({ lastPid }) => lastPid);
  return Math.min(...ids.slice(1).map((id, index) => id - (ids[index] ?? 0)));
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The last process ID given out on the host, and the bytes that our SSH connections carried so far, both ways. */
async function look(): Promise<{ lastPid: number; bytes: number }> {
  const lastPid = Number(/\/\d+ (\d+)\s*$/.exec(await onHost('cat /proc/loadavg'))?.[1]);
  const sockets = await control('pc', 'ss', '-tinH', 'dport', '=', ':22');
  const carried = [...sockets.matchAll(/\bbytes_(?:sent|received):(\d+)/g)];
  return { lastPid, bytes: carried.reduce((sum, match) => sum + Number(match[1]), 0) };
}
