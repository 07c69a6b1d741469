/** The link to the real host: lost, marked at once, found again with nothing missing. */
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
    await terminal.waitFor(/stale/);
    expect(terminal.row(0)).toMatch(/lost/);
    const frozen = /tick (\d{4}) of 400/g;
    const lastSeen = Math.max(...[...terminal.screen().matchAll(frozen)].map((match) => Number(match[1])));
    expect(lastSeen).toBeLessThan(399);
    await control('mend');
    terminal.type('c');
    await terminal.waitFor(/● live/);
    await terminal.waitFor('ticks done');
    // Every line once: the search counts them, and those around the cut stand in order.
    terminal.type('4/tick ');
    terminal.press('enter');
    await terminal.waitFor(/\b400\b/, { what: '400 matches' });
    expect(terminal.screen()).toMatch(/\/400\b|of 400 |400 match/);
  });
});
