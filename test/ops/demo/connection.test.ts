/** Connections to the demo come and go; the world stays, and leaves nothing behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { connectErrorCode } from '../../../src/ops/connector.ts';
import type { JournalEntry } from '../../../src/ops/host.ts';
import { BOUND_MS } from '../../support/bound.ts';
import { demoWorld, SERVER_ENTRY, watched } from './world.ts';

describe('a lost link', () => {
  it('is told, silences the feeds, refuses everything until mended, and loses no line', async () => {
    const world = await demoWorld();
    const { host, service, journal, listening } = await watched(world);
    await listening();
    await world.trouble('link-lost');
    expect(await host.lost).toEqual({ detail: expect.any(String) });
    expect(await host.service.act('stop')).toMatchObject({ ok: false, failure: { code: 'link-lost' } });
    await expect(host.dial(world.address, world.port)).rejects.toMatchObject({
      failure: { code: 'link-lost' },
    });
    await expect(host.listeners.read(world.port)).rejects.toMatchObject({ failure: { code: 'link-lost' } });
    await expect(world.connect(new AbortController().signal)).rejects.toMatchObject({
      failure: { code: 'unreachable', reason: 'no-route' },
    });
    expect(
      await world.connector(world.address, world.port, { timeoutMs: BOUND_MS }).catch(connectErrorCode),
    ).toBe('ENETUNREACH');

    const seen = journal.all.length;
    const told = service.all.length;
    const { pid, cursor } = journal.last() ?? { pid: null, cursor: '' };
    process.kill(pid ?? 0, 'SIGKILL');
    await world.trouble('well');

    const again = await world.connect(new AbortController().signal);
    const resumed: JournalEntry[] = [];
    await new Promise<void>((resolve, reject) => {
      again.journal.follow(
        { cursor, lines: 10 },
        {
          entries(batch) {
            resumed.push(...batch);
            if (resumed.at(-1)?.message.startsWith('Le serveur tourne')) resolve();
          },
          gap: () => reject(new Error('gap')),
          fail: reject,
        },
      );
    });
    expect(resumed[0]?.message).toContain('Main process exited, code=killed, status=9/KILL');
    expect(journal.all).toHaveLength(seen);
    expect(service.all).toHaveLength(told);
  });
});

describe('the end', () => {
  it('close() ends the child and its connections; a second one does nothing', async () => {
    const world = await demoWorld();
    const { host, listening } = await watched(world);
    const { mainPid } = await listening();
    await world.close();
    await world.close();
    expect(() => process.kill(mainPid, 0)).toThrow('ESRCH');
    expect(await host.service.act('start')).toMatchObject({ ok: false });
  });

  it('a demo that is killed leaves no child behind', async () => {
    const program = `
      import { createDemo } from ${JSON.stringify(new URL('../../../src/ops/demo/host.ts', import.meta.url).href)};
      import { systemClock } from ${JSON.stringify(new URL('../../../src/ops/clock.ts', import.meta.url).href)};
      const world = await createDemo({ clock: systemClock, serverEntry: ${JSON.stringify(SERVER_ENTRY)}, commandMs: 1 });
      const host = await world.connect(new AbortController().signal);
      host.journal.follow({ lines: 99 }, { gap() {}, fail() {}, entries(batch) {
        for (const { pid, message } of batch) if (message.startsWith('Le serveur')) console.log(pid);
      } });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(line.toString());
    expect(() => process.kill(child, 0)).not.toThrow();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => gone(child)).toBe(true);
  });

  it('two worlds at once live on two ports', async () => {
    const [one, other] = await Promise.all([demoWorld(), demoWorld()]);
    expect(one.port).not.toBe(other.port);
    await Promise.all([(await watched(one)).listening(), (await watched(other)).listening()]);
  });
});

function gone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
