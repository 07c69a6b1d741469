/** Netdata in the store: read seldom, through the host's own dial, for as long as one connection lives. */
import { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Failed } from '../../src/ops/failure.ts';
import { createFakeHost } from '../support/fake-host.ts';
import { createTestSession } from '../support/session.ts';

const CHART = 'portcheck_calculatrice.port_13337_status';

/** A Netdata in memory, on a stream; counts the requests. */
function netdata() {
  const seen = { requests: [] as string[], dials: 0, up: true, chart: true };
  const answer = (path: string): string => {
    if (path.startsWith('/api/v1/context?')) {
      if (!seen.chart) return JSON.stringify({ charts: {} });
      return JSON.stringify({ charts: { [CHART]: { labels: { host: '10.5.1.2', port: '13337' } } } });
    }
    if (path.startsWith('/api/v1/alarms?')) return JSON.stringify({ alarms: {} });
    const now = 1000 + seen.requests.length;
    return JSON.stringify({ labels: ['time', 'success'], data: [[now, seen.up ? 1 : 0]] });
  };
  const dial = async (): Promise<Duplex> => {
    seen.dials += 1;
    const stream: Duplex = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        const path = chunk.toString().split(' ')[1] ?? '';
        seen.requests.push(path);
        const body = answer(path);
        stream.push(
          `HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
        done();
      },
    });
    return stream;
  };
  return { seen, dial };
}

function open(
  dial: () => Promise<Duplex>,
  more: Parameters<typeof createTestSession>[0] = { netdata: true },
) {
  const first = more.first ?? createFakeHost();
  first.answers.dial = dial;
  const test = createTestSession({ ...more, first, probing: false });
  onTestFinished(() => test.session.close());
  return { ...test, facts: () => test.session.store.getState().netdata?.value ?? null };
}

/** Until what was asked has been answered: streams take a few turns. */
async function settled({ settle }: { settle(): Promise<void> }): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await settle();
}

describe("Netdata's view in the store", () => {
  it('comes after the start, then seldom while all is well, over one connection', async () => {
    const { seen, dial } = netdata();
    const { clock, facts } = open(dial);
    await settled(clock);
    expect(seen.dials).toBe(0);
    await clock.advance(1500);
    await settled(clock);
    expect(facts()).toMatchObject({ state: 'watching', chart: CHART, sees: 'up' });
    seen.up = false;
    const before = seen.requests.length;
    await clock.advance(29_900);
    await settled(clock);
    expect(seen.requests).toHaveLength(before);
    await clock.advance(200);
    await settled(clock);
    expect(seen.requests).toHaveLength(before + 2);
    expect(facts()).toMatchObject({ sees: 'down' });
    // As often as its check has a result, for as long as that is bad.
    await clock.advance(5_000);
    await settled(clock);
    expect(seen.requests).toHaveLength(before + 4);
    expect(seen.dials).toBe(1);
  });

  it('is read at once, and often for a while, when the unit changes', async () => {
    const { seen, dial } = netdata();
    const { clock, first } = open(dial);
    await clock.advance(1500);
    await settled(clock);
    const before = seen.requests.length;
    first.service({ active: 'failed', sub: 'failed', mainPid: 0 });
    await settled(clock);
    expect(seen.requests).toHaveLength(before + 2);
    for (let turn = 0; turn < 12; turn += 1) {
      await clock.advance(5_000);
      await settled(clock);
    }
    // 40 s of every five seconds, then calm again.
    expect(seen.requests.length - before).toBeGreaterThanOrEqual(2 * 9);
    expect(seen.requests.length - before).toBeLessThanOrEqual(2 * 10);
  });

  it('finds a check that begins some seconds after', async () => {
    const { seen, dial } = netdata();
    seen.chart = false;
    const { clock, facts } = open(dial);
    await clock.advance(1500);
    await settled(clock);
    expect(facts()).toMatchObject({ state: 'unwatched' });
    seen.chart = true;
    for (let turn = 0; turn < 2; turn += 1) {
      await clock.advance(5_000);
      await settled(clock);
    }
    expect(facts()).toMatchObject({ state: 'watching' });
  });

  it('is looked for once a minute where it is not', async () => {
    let dials = 0;
    const { clock, facts } = open(async () => {
      dials += 1;
      throw new Failed({ code: 'unavailable', what: '127.0.0.1:19999', detail: 'Connection refused' });
    });
    await clock.advance(1500);
    await settled(clock);
    expect(facts()).toEqual({ state: 'absent', detail: 'Connection refused' });
    await clock.advance(59_000);
    await settled(clock);
    expect(dials).toBe(1);
    await clock.advance(1_100);
    await settled(clock);
    expect(dials).toBe(2);
  });

  it('is not asked of the demo host, whose loopback is this machine’s, nor where nobody wants it', async () => {
    const { seen, dial } = netdata();
    const demo = open(dial, { netdata: true, first: createFakeHost({ info: { kind: 'demo' } }) });
    const plain = open(dial, {});
    for (const { clock } of [demo, plain]) {
      await clock.advance(120_000);
      await settled(clock);
    }
    expect(seen.dials).toBe(0);
  });

  it('ends with the connection, and what another one has not said is not known', async () => {
    const { seen, dial } = netdata();
    const { clock, first, attempts, facts } = open(dial);
    await clock.advance(1500);
    await settled(clock);
    expect(facts()).not.toBeNull();
    const second = createFakeHost();
    attempts.push(async () => second.host);
    first.lose('no answer to keepalives');
    await settled(clock);
    const before = seen.requests.length;
    // Stale, not gone.
    expect(facts()).not.toBeNull();
    await clock.advance(1_200);
    await settled(clock);
    expect(facts()).toBeNull();
    await clock.advance(60_000);
    await settled(clock);
    expect(seen.requests).toHaveLength(before);
    expect(facts()).toMatchObject({ state: 'absent' });
  });
});
