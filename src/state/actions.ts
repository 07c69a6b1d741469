/** What the user asks of the host: done there, and its result kept where the screen shows it. */

import type { Clock } from '../ops/clock.ts';
import { mayControl } from '../ops/control.ts';
import type { Refusal } from '../ops/failure.ts';
import { accessTo } from '../ops/firewall/access.ts';
import type { ActionOutcome, Host, ServiceVerb } from '../ops/host.ts';
import { failureOf } from './listening.ts';
import type { ActionRecord, ConsoleStore } from './store.ts';

const KEPT = 20;

export interface ActionsOptions {
  readonly store: ConsoleStore;
  readonly clock: Clock;
  /** The host, while the link to it lives. */
  readonly host: () => Host | null;
  readonly signal: AbortSignal;
}

export interface Actions {
  service(verb: ServiceVerb): void;
  port(open: boolean, scope: 'runtime' | 'permanent'): void;
}

/** Why nothing that changes the host is done, as a code; null when it may be. */
export function readOnlyRefusal(store: ConsoleStore): Refusal | null {
  const { readOnly, host } = store.getState();
  if (!readOnly) return null;
  const reason = host.privilege.kind === 'none' && !mayControl(host) ? host.privilege.reason : 'switched-on';
  return { code: 'read-only', reason };
}

export function createActions({ store, clock, host, signal }: ActionsOptions): Actions {
  let nextId = 1;

  function begin(verb: ActionRecord['verb'], scope: ActionRecord['scope']): ActionRecord {
    const record: ActionRecord = { id: nextId++, verb, scope, startedMono: clock.now(), outcome: null };
    store.setState(({ actions }) => ({ actions: [...actions, record].slice(-KEPT) }));
    return record;
  }

  function end({ id }: ActionRecord, outcome: ActionOutcome): void {
    store.setState(({ actions }) => ({
      actions: actions.map((record) => (record.id === id ? { ...record, outcome } : record)),
    }));
  }

  async function perform(record: ActionRecord, act: (host: Host) => Promise<ActionOutcome>): Promise<void> {
    const refusal = readOnlyRefusal(store);
    const live = host();
    if (refusal !== null) return end(record, { ok: false, failure: refusal, tookMs: 0 });
    if (live === null) {
      return end(record, { ok: false, failure: { code: 'link-lost', detail: '' }, tookMs: 0 });
    }
    const lost = live.lost.then(({ detail }): ActionOutcome => {
      const tookMs = clock.now() - record.startedMono;
      return { ok: false, failure: { code: 'link-lost', detail }, tookMs };
    });
    // A host whose connection is gone may never answer.
    end(record, await Promise.race([act(live), lost]).catch((error) => broken(error, record)));
  }

  function broken(error: unknown, record: ActionRecord): ActionOutcome {
    const { code, ...rest } = failureOf(error);
    const detail = 'detail' in rest && typeof rest.detail === 'string' ? rest.detail : '';
    const tookMs = clock.now() - record.startedMono;
    return { ok: false, failure: { code: 'host-error', name: code, detail }, tookMs };
  }

  return {
    service(verb) {
      void perform(begin(verb, null), (live) => live.service.act(verb, signal));
    },
    port(open, scope) {
      void perform(begin(open ? 'open-port' : 'close-port', scope), (live) => {
        const { subject, firewall, interfaces, way } = store.getState();
        const known = firewall?.value;
        const target = { address: subject.address, port: subject.port, way };
        const zone = known && (accessTo(known, interfaces, target).zone?.name ?? known.defaultZone);
        // An empty name is firewalld's own way to say "the default zone".
        const change = { zone: zone ?? '', port: subject.port, protocol: 'tcp', open, scope } as const;
        return live.firewall.change(change, signal);
      });
    },
  };
}
