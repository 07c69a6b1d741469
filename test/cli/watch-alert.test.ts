/** What an alert reads like to somebody on a phone: what fell, why, and what to type. */
import { describe, expect, it } from 'vitest';
import { alertOf } from '../../src/cli/watch-alert.ts';
import { changeLine } from '../../src/cli/watch-lines.ts';
import type { Alert } from '../../src/ops/discord/message.ts';
import type { Judged } from '../../src/ops/watch/event.ts';
import { NOTHING_KNOWN } from '../../src/ops/watch/memory.ts';
import type { ConsoleState } from '../../src/state/store.ts';
import type { Told } from '../../src/state/watch/watcher.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { firewallWith, NOBODY_LISTENS, RUNNING } from '../support/fake-host.ts';
import { healthyState, verdictOn } from '../support/fake-session.ts';

const NOW = 60_000;
const WALL = Date.UTC(2026, 10, 20, 14, 3, 22);
const at = { mono: NOW, wall: WALL };
const since = { mono: NOW - 33_000, wall: WALL - 33_000 };

function told<J extends Judged>(event: J, change: Partial<ConsoleState>): Told & { readonly event: J } {
  const { verdict: _, ...facts } = { ...healthyState(NOW), ...change };
  return { event, at, state: { ...facts, verdict: verdictOn(facts) }, memory: NOTHING_KNOWN };
}

function alert(event: Judged, change: Partial<ConsoleState> = {}, language: 'en' | 'fr' = 'en'): Alert {
  const text = catalogue(language);
  return alertOf(told(event, change), { name: 'tp5', text, version: '0.1.0', id: '77bd914bad16' });
}

/** A unit that is down: nothing listens any more. */
const unit = (change: Partial<typeof RUNNING>): Partial<ConsoleState> => ({
  service: { value: { ...RUNNING, ...change }, atMono: NOW },
  listeners: { value: NOBODY_LISTENS, atMono: NOW },
});
const STOPPED = unit({ active: 'inactive', sub: 'dead', mainPid: 0 });
const WAITING = unit({
  active: 'activating',
  sub: 'auto-restart',
  result: 'exit-code',
  mainPid: 0,
  restartAtMono: NOW + 10,
});
const CLOSED: Partial<ConsoleState> = { firewall: { value: firewallWith([], ['13337']), atMono: NOW } };

const down = { kind: 'down', since, cause: 'rejected', forGood: false, alert: true } as const;
const value = ({ fields }: Alert, name: string): string | undefined =>
  fields.find((field) => field.name === name)?.value;

describe('an alert of a fall', () => {
  it('says first that the unit was stopped, not what that does to a probe', () => {
    const made = alert(down, STOPPED);
    expect(made.title).toBe('calculatrice.service on tp5 is down');
    expect(made.description).toBe('Stopped.');
    expect(value(made, 'Mend')).toBe('```\nsudo systemctl start calculatrice\n```');
    expect(alert(down, STOPPED, 'fr').description).toBe('Arrêtée.');
  });

  it('says what the probe met as well when the host cannot be seen', () => {
    const lost: Partial<ConsoleState> = {
      link: {
        state: 'lost',
        sinceMono: NOW - 3000,
        detail: 'no answer to keepalives',
        attempts: 0,
        retryAtMono: null,
        lastFailure: null,
      },
    };
    const made = alert({ ...down, cause: 'unreachable' }, lost);
    expect(made.description).toBe('Unreachable. Link lost 3 s ago (no answer to keepalives).');
    const french = alert({ ...down, cause: 'unreachable' }, lost, 'fr');
    expect(french.description).toMatch(
      /^Injoignable\. Liaison perdue depuis 3 s \(plus de réponse aux signes de vie\)/,
    );
    expect(value(french, 'Lien')).toBe('perdu : plus de réponse aux signes de vie');
  });

  it('says so when nothing but the probe has found anything yet', () => {
    expect(alert({ ...down, cause: 'refused' }).description).toBe('Refuses connections.');
  });

  it('says that nothing starts it any more, and why', () => {
    const failed = unit({ active: 'failed', sub: 'failed', result: 'start-limit-hit', mainPid: 0 });
    expect(alert({ ...down, forGood: true }, failed).description).toBe(
      'It kept falling, and nothing starts it any more. Failed: started too often in a short time.',
    );
  });
});

describe('an alert of falls again and again', () => {
  const looping = { kind: 'crash-looping', since, falls: 3, restarts: 2, alert: true } as const;

  it('sends to the journal of what crashes, not to wait for systemd', () => {
    const made = alert(looping, WAITING);
    expect(made.title).toBe('calculatrice.service on tp5 is in a crash loop');
    expect(made.description).toMatch(/^Fell 3 times and was restarted by systemd 2 times in 33 s\. /);
    expect(value(made, 'Verdict')).toBe('down: it ended with an error; systemd restarts it');
    expect(value(made, 'Mend')).toBe(
      'read its journal for the reason\n```\njournalctl -u calculatrice -n 50\n```',
    );
  });

  it('says the same on its line of JSON', () => {
    const line = changeLine(told(looping, WAITING), { name: 'tp5', alertId: null, text: catalogue('en') });
    expect(line).toMatchObject({
      event: 'crash-looping',
      verdict: { mend: 'read its journal for the reason: journalctl -u calculatrice -n 50' },
    });
  });

  it('does not call it a crash loop when a firewall or a cable takes it away, and keeps the mend for that', () => {
    const made = alert({ ...looping, restarts: 0 }, CLOSED);
    expect(made.title).toBe('calculatrice.service on tp5 keeps coming and going');
    expect(made.description).toMatch(/^Fell 3 times in 33 s\. /);
    expect(value(made, 'Mend')).toContain('--add-port=13337/tcp');
  });
});
