/** A bus that is silent, cannot be had, or is not there: three things, and none of them takes for ever. */
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openLinuxHost } from '../../../src/ops/linux/host.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import {
  createFakeTransport,
  type FakeCommand,
  type FakeExec,
  finished,
} from '../../support/fake-transport.ts';

const unit = 'calculatrice.service';

/** Takes what it is told, and says nothing. */
function mute(): FakeCommand {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const ended = new Promise<{ code: null; signal: null }>((resolve) => {
    stream.once('close', () => resolve({ code: null, signal: null }));
  });
  return { stream, ended, close: () => stream.destroy() };
}

describe('the bus of a host', () => {
  it('that never says a word is given up at the bound, and the link with it', async () => {
    const clock = createFakeClock();
    const transport = createFakeTransport({
      exec: ([program]) => (program === 'test' ? finished(0) : mute()),
    });
    const host = openLinuxHost(transport, { unit, clock, busMs: 15_000 });
    let over = false;
    host.ready.catch(() => {
      over = true;
    });
    await clock.advance(14_999);
    expect(over).toBe(false);
    await clock.advance(1);
    await expect(host.ready).rejects.toMatchObject({ failure: { code: 'no-bus', ms: 15_000 } });
    expect(await host.lost).toEqual({ detail: 'the bus says nothing' });
    await host.close();
  });

  const bridge =
    (booted: boolean): FakeExec =>
    ([program]) => {
      if (program === 'systemd-stdio-bridge')
        return finished(1, '', 'Failed to connect to bus: No such file');
      return program === 'test' ? finished(booted ? 0 : 1) : null;
    };

  it.each([
    ['cannot be had, where systemd runs', true, 'no-bus'],
    ['is not there, where systemd does not run', false, 'no-systemd'],
  ])('that %s', async (_what, booted, code) => {
    const transport = createFakeTransport({ exec: bridge(booted) });
    const host = openLinuxHost(transport, { unit, clock: createFakeClock() });
    await expect(host.ready).rejects.toMatchObject({
      failure: { code, detail: 'Failed to connect to bus: No such file' },
    });
    await host.close();
  });
});
