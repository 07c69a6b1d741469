import { expect, it } from 'vitest';
import type { Because } from '../../src/ops/firewall/maybe.ts';
import { firewall as en } from '../../src/text/en/firewall.ts';
import { firewall as fr } from '../../src/text/fr/firewall.ts';

const CODES: readonly Because['code'][] = [
  ...([
    'panic',
    'loopback',
    'direct',
    'port',
    'service',
    'protocol',
    'source-port',
    'rich-rule',
    'target',
  ] as const),
  ...([
    'client',
    'way-in',
    'mac',
    'ipset',
    'client-port',
    'limit',
    'forward-port',
    'service-unread',
  ] as const),
  ...(['zone-unread', 'policies-unread', 'rule-unread', 'direct-unread', 'drifting'] as const),
];

it('says what decides, and what it hangs on, in both languages and harmlessly', () => {
  for (const code of CODES) {
    const because: Because = {
      code,
      place: { kind: 'zone', name: 'pub\u001blic' },
      detail: 'calc\u001b[31m',
    };
    for (const words of [en, fr]) {
      for (const said of [words.by(because), words.doubt(because), words.keptOutBy(because, 'drop')]) {
        expect(said).not.toBe('');
        expect(said).not.toContain('\u001b');
      }
    }
    expect(fr.by(because)).not.toBe(code === 'port' ? '' : en.by(because));
  }
  const calc: Because = { code: 'service', place: { kind: 'zone', name: 'public' }, detail: 'calc' };
  expect(en.openBy(calc)).toBe('open by service calc of zone public');
});
