/** The firewall's rung: what becomes of a connection from here, now and after the next reload. */
import { accessTo, isPlain } from '../firewall/access.ts';
import type { PacketJudgement } from '../firewall/judge.ts';
import type { Evidence, Rung, RungState, VerdictFacts } from './ladder.ts';

function rung(state: RungState, evidence: Evidence): Rung {
  return { id: 'firewall', state, evidence };
}

export function firewallRung(facts: VerdictFacts): Rung {
  const { subject, interfaces, firewall, firewallFailure } = facts;
  const { port, address } = subject;
  if (firewall === null) {
    return firewallFailure === null
      ? rung('unknown', { code: 'not-looked' })
      : rung('unknown', { code: 'firewall-unreadable', detail: detailOf(firewallFailure) });
  }
  const { running, refused } = firewall.value;
  if (!running) return rung('ok', { code: 'firewall-off' });
  const { zone, now, later, assumed } = accessTo(firewall.value, interfaces, {
    address,
    port,
    way: facts.way ?? null,
  });
  if (zone === null || zone.runtime === null) {
    const detail = refused === null ? '' : detailOf(refused);
    return rung('unknown', { code: 'firewall-unreadable', detail });
  }
  const seen = { zone: zone.name, port };
  const rests = assumed === null ? {} : { assumed };
  const opensLater = later === null ? null : later.verdict === 'accept';
  switch (now.verdict) {
    case 'accept':
      return opensLater === false
        ? rung('warning', { code: 'firewall-runtime-only', ...seen, ...by(now) })
        : rung('ok', { code: 'firewall-open', ...seen, ...by(now), ...rests });
    case 'reject':
    case 'drop':
      if (opensLater === true && isPlain(now)) {
        return rung('broken', { code: 'firewall-permanent-only', ...seen });
      }
      return rung('broken', {
        code: 'firewall-closed',
        ...seen,
        ...by(now),
        ...(isPlain(now) ? {} : { fate: now.verdict }),
        ...rests,
      });
    case 'unknown': {
      const [why] = now.because;
      if (why === undefined) return rung('unknown', { code: 'firewall-unreadable', detail: '' });
      return rung('unknown', { code: 'firewall-unsure', port, why });
    }
  }
}

/** What decided, where it is worth telling. */
function by(judged: PacketJudgement): { readonly by?: PacketJudgement['because'][number] } {
  const [first] = judged.because;
  return first === undefined || isPlain(judged) ? {} : { by: first };
}

function detailOf(failure: object): string {
  return 'detail' in failure && typeof failure.detail === 'string' ? failure.detail : '';
}
