/**
 * A host that has not been reached yet: lost from the start, so that whoever watches it goes on to try, and
 * meanwhile looks at its service from here.
 */
import { Failed, type OperationFailure } from './failure.ts';
import type { ActionOutcome, Host, HostInfo } from './host.ts';

/** No word of a transport's: this link was never there. */
const NEVER: OperationFailure = { code: 'link-lost', detail: '' };

export function absentHost(about: Pick<HostInfo, 'kind' | 'label' | 'user' | 'address'>): Host {
  const silent = () => () => undefined;
  const refuse = async (): Promise<ActionOutcome> => ({ ok: false, failure: NEVER, tookMs: 0 });
  const fail = async (): Promise<never> => {
    throw new Failed(NEVER);
  };
  return {
    info: { ...about, privilege: { kind: 'none', reason: 'no-sudo', detail: '' } },
    service: { watch: silent, act: refuse, sample: () => undefined },
    journal: { follow: silent, recent: fail, nudge: () => undefined },
    firewall: { watch: silent, change: refuse },
    listeners: { read: fail, interfaces: fail },
    program: { read: fail },
    dial: fail,
    run: fail,
    roundTripMs: () => null,
    lost: Promise.resolve({ detail: '' }),
    close: async () => undefined,
  };
}
