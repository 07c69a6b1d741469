/** The console on a fake session as a program of its own, for tests in a real terminal; exits as a command would. */
import { systemClock } from '../../src/ops/clock.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { bindKeys } from '../../src/ui/bindings.ts';
import { runConsole } from '../../src/ui/console.tsx';
import { createFakeSession } from './fake-session.ts';

const bound = bindKeys();
if (!bound.ok) throw new Error('the default keys clash');

const session = createFakeSession({ nowMono: systemClock.now() });
session.log('first line', 'second line');

process.on('SIGUSR2', () => {
  const why = process.env.CRASH ?? '';
  if (why === 'throw') throw new Error('thrown on purpose');
  if (why === 'reject') Promise.reject(new Error('rejected on purpose'));
  if (why === 'draw') session.set({ probe: { ...session.store.getState().probe, samples: 0 as never } });
});

const reason = await runConsole({
  session,
  text: catalogue('en'),
  clock: systemClock,
  stdin: process.stdin,
  stdout: process.stdout,
  keys: bound.table,
});
process.stdout.write(`left: ${reason.kind} ${reason.kind === 'signal' ? reason.signal : ''}\n`);
process.exitCode = reason.kind === 'quit' ? 0 : 1;
