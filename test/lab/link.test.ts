/** The link to the real host: lost, marked at once, found again with nothing missing; and how little it costs at rest. */
import { beforeEach, expect, it } from 'vitest';
import { control, onHost, onLab, openConsole } from './host.ts';

const size = { cols: 120, rows: 40 };

/** A service that logs numbered lines, twenty a second, until it has logged `count` of them. */
async function serveTicks(count: number): Promise<void> {
  await onHost(`cat > /opt/calculatrice/bs_server.py <<'PY'
import time
for n in range(${count}):
    print(f"tick {n:04d} of ${count}", flush=True)
    time.sleep(0.05)
print("ticks done", flush=True)
time.sleep(600)
PY
systemctl start calculatrice`);
}

onLab('the link', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '3');
  });

  it('marks everything stale when the wire is pulled, and misses no log line once it is back', async () => {
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor('inactive (dead)');
    await serveTicks(400);
    await terminal.waitFor(/tick 00[1-9]\d of 400/);
    await control('cut');
    // Two keepalives of 2 s without an answer.
    await terminal.waitFor(/stale/, { timeoutMs: 8_000 });
    expect(terminal.row(0)).toMatch(/lost/);
    const frozen = /tick (\d{4}) of 400/g;
    const lastSeen = Math.max(...[...terminal.screen().matchAll(frozen)].map((match) => Number(match[1])));
    expect(lastSeen).toBeLessThan(399);
    await control('mend');
    terminal.type('c');
    await terminal.waitFor(/● live/, { timeoutMs: 15_000 });
    await terminal.waitFor('ticks done', { timeoutMs: 30_000 });
    // Every line once: the search counts them, and those around the cut stand in order.
    terminal.type('4/tick ');
    terminal.press('enter');
    await terminal.waitFor(/\b400\b/, { what: '400 matches' });
    expect(terminal.screen()).toMatch(/\/400\b|of 400 |400 match/);
  });

  it('starts no process on the host and sends next to nothing in an idle minute', {
    timeout: 120_000,
  }, async () => {
    await onHost('systemctl start calculatrice');
    const terminal = openConsole('manon', [], size);
    await terminal.waitFor(/verdict: reachable/);
    await terminal.waitFor(/answers rightly/);
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
    await pass(60_000);
    const after = await look();
    const started = after.lastPid - before.lastPid - ownProcesses;
    const bytes = after.bytes - before.bytes;
    console.info(`idle minute: ${started} processes, ${bytes} bytes through SSH`);
    expect(started).toBe(0);
    // Even with the keepalives, and with what the server logs of our probe.
    expect(bytes).toBeLessThan(10_000);
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
