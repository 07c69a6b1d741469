/** What systemd is told, and when there is nobody to tell. */
import { describe, expect, it } from 'vitest';
import { type Notifier, systemdNotifier } from '../../src/ops/sd-notify.ts';

function notifier(env: NodeJS.ProcessEnv): { notifier: Notifier | null; sent: string[][] } {
  const sent: string[][] = [];
  const made = systemdNotifier(env, {
    pid: 42,
    start: (program, args, given) => {
      sent.push([program, ...args]);
      expect(given).toEqual({ PATH: '/usr/bin', NOTIFY_SOCKET: '/run/systemd/notify' });
    },
  });
  return { notifier: made, sent };
}

const SOCKET = { NOTIFY_SOCKET: '/run/systemd/notify', PATH: '/usr/bin', DISCORD: 'none of its business' };

describe('systemd', () => {
  it('is told nothing where it does not listen', () => {
    expect(notifier({}).notifier).toBeNull();
    expect(notifier({ NOTIFY_SOCKET: '' }).notifier).toBeNull();
  });

  it('is told in its own words, and on one line', () => {
    const { notifier: told, sent } = notifier(SOCKET);
    told?.ready('2 up, 0 down');
    told?.status('1 up\nREADY=0\u2028x');
    told?.alive();
    told?.stopping();
    expect(sent).toEqual([
      ['systemd-notify', 'READY=1', 'STATUS=2 up, 0 down'],
      ['systemd-notify', 'STATUS=1 up READY=0 x'],
      ['systemd-notify', 'WATCHDOG=1'],
      ['systemd-notify', 'STOPPING=1'],
    ]);
  });

  it.each([
    [{}, null],
    [{ WATCHDOG_USEC: '60000000' }, 60_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '42' }, 60_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, null],
    [{ WATCHDOG_USEC: '0' }, null],
    [{ WATCHDOG_USEC: 'soon' }, null],
  ])('watches as its environment says: %j', (env, ms) => {
    expect(notifier({ ...SOCKET, ...env }).notifier?.watchdogMs).toBe(ms);
  });
});
