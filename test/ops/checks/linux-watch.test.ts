/** What Netdata's own words become in the commands that are shown to be copied. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createAsker } from '../../../src/ops/checks/asker.ts';
import type { FactName } from '../../../src/ops/checks/facts.ts';
import { seen } from '../../../src/ops/checks/facts.ts';
import type { Get } from '../../../src/ops/checks/gather.ts';
import { watchSources } from '../../../src/ops/checks/linux-watch.ts';
import { systemClock } from '../../../src/ops/clock.ts';
import { tcpConnector } from '../../../src/ops/connector.ts';
import { commandHost } from './command-host.ts';
import { SUBJECT } from './judging.ts';

it("a chart's name stays a string of jq's in a word of the shell, whatever it holds", async () => {
  const id = `x'; echo owned; "\\(1)" $(id) #`;
  const { host } = commandHost({ '': '{"alarms":{}}' });
  const { signal } = new AbortController();
  const ask = createAsker(host, signal);
  const get = (async (name: FactName) => {
    expect(name).toBe('portChart');
    return seen({ id, success: true });
  }) as Get;
  const asking = { host, connector: tcpConnector, clock: systemClock, subject: SUBJECT, signal };
  const fact = await watchSources(ask, asking).portAlarms?.(get);
  const [shown] = fact?.seen === true ? fact.evidence : [];
  // What a shell makes of it: the filter is the second argument of `jq`, and nothing else is run.
  const script = `curl() { :; }; jq() { printf %s "$2"; }; ${shown?.command}`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(
    `.alarms[] | select(.chart == ${JSON.stringify(id)}) | {name, recipient, lookup_after, update_every, warn, crit}`,
  );
});
