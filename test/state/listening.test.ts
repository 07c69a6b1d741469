import { expect, it } from 'vitest';
import { Failed } from '../../src/ops/failure.ts';
import type { ListenerFacts, ServiceFacts } from '../../src/ops/host.ts';
import { createListening } from '../../src/state/listening.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { RUNNING } from '../support/fake-host.ts';

const PORT = 13337;
const NOBODY: ListenerFacts = { listeners: [], clients: [] };
const LISTENS = { listeners: [{ address: '0.0.0.0', port: PORT }], clients: [] } as unknown as ListenerFacts;
const LATE = new Failed({ code: 'timeout', what: 'sockets', ms: 5000 });

/** @param looks what each look finds; the last one for ever */
function watch(looks: readonly (ListenerFacts | Error)[]) {
  const clock = createFakeClock();
  const shown: string[] = [];
  let settling = false;
  let looked = 0;
  const listening = createListening({
    clock,
    port: PORT,
    read: async () => {
      const found = looks[Math.min(looked, looks.length - 1)];
      looked += 1;
      if (found === undefined || found instanceof Error) throw found;
      return found;
    },
    onFacts: ({ listeners }) => shown.push(listeners.length > 0 ? 'listens' : 'nobody'),
    onFailure: ({ code }) => shown.push(code),
    onSettling: (on) => {
      settling = on;
    },
  });
  return {
    clock,
    shown,
    listening,
    settling: () => settling,
    looked: () => looked,
    unit: (more: Partial<ServiceFacts>) => listening.unitChanged({ ...RUNNING, ...more }),
  };
}

it('a service whose start waits for its sign is looked at until it listens', async () => {
  const { clock, unit, shown, settling } = watch([NOBODY, NOBODY, LISTENS]);
  unit({ active: 'activating', sub: 'start', type: 'notify' });
  await clock.settle();
  expect([shown, settling()]).toEqual([['nobody'], true]);
  await clock.advance(3000);
  expect([shown, settling()]).toEqual([['nobody', 'nobody', 'listens'], false]);
});

it.each([
  ['has not come to its start yet', { active: 'activating', sub: 'start-pre', type: 'notify' }],
  ['gives no sign', { active: 'activating', sub: 'start', type: 'simple' }],
  ['is down', { active: 'inactive', sub: 'dead', type: 'notify' }],
] as const)('one that %s is not expected to listen', async (_what, state) => {
  const { clock, unit, looked, settling } = watch([NOBODY]);
  unit(state);
  await clock.advance(3000);
  expect([looked(), settling()]).toEqual([1, false]);
});

it('sockets that could not be read are read again by themselves, until they can be', async () => {
  const { clock, unit, shown, looked } = watch([LATE, LATE, LISTENS]);
  unit({});
  await clock.advance(10_000);
  expect(shown).toEqual(['timeout', 'timeout', 'listens']);
  await clock.advance(600_000);
  expect(looked()).toBe(3);
});

it('and no more once it was stopped', async () => {
  const { clock, unit, listening } = watch([LATE]);
  unit({});
  await clock.settle();
  expect(clock.sleepers).toBe(1);
  listening.stop();
  await clock.settle();
  expect(clock.sleepers).toBe(0);
});
