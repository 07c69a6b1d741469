/** What a check's visit is, and what a client's, from the lines of the server's log alone. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createOwnPorts, type OwnPorts } from '../../../src/ops/probe/ports.ts';
import { createVisits, peerOf, type Visits } from '../../../src/ops/probe/visits.ts';

describe('peerOf', () => {
  it.each([
    ["Un client ('10.5.1.1', 40658) s'est connecté.", '10.5.1.1', 40_658],
    ["Le client ('10.5.1.1', 40658) a envoyé 2+3", '10.5.1.1', 40_658],
    ["Un client ('fe80::1', 40658, 0, 2) s'est connecté.", 'fe80::1', 40_658],
    ['accepted 10.5.1.1:40658', '10.5.1.1', 40_658],
    ['accepted [fe80::1]:40658', 'fe80::1', 40_658],
  ])('%s', (message, address, port) => {
    expect(peerOf(message)).toEqual({ address, port });
  });

  it.each(['40658', '', 'Opération : 2+3', `${'x'.repeat(600)}('10.5.1.1', 40658)`])(
    'none: %s',
    (message) => {
      expect(peerOf(message)).toBeNull();
    },
  );
});

const came = (address: string, port: number): string => `Un client ('${address}', ${port}) s'est connecté.`;
const asked = (address: string, port: number): string => `Le client ('${address}', ${port}) a envoyé 2+3`;

describe('a visit', () => {
  let ports: OwnPorts;
  let visits: Visits;
  let log: string[];
  beforeEach(() => {
    ports = createOwnPorts();
    visits = createVisits(ports);
    log = [];
  });

  /** Numbers of the lines that are a check's in the end. */
  function probes(...messages: readonly string[]): readonly number[] {
    log.push(...messages);
    const marked = new Set<number>();
    do {
      for (const [seq, message] of log.entries()) if (visits.isProbe(message, seq)) marked.add(seq);
    } while (visits.takeLearnt());
    for (const seq of visits.takeMistaken()) marked.delete(seq);
    return [...marked].toSorted((a, b) => a - b);
  }

  it('of our own probe is known by its port, whatever it asks, and by whichever address we are seen', () => {
    ports.add(40_658, 'probe');
    ports.add(40_659, 'calculator');
    expect(
      probes(
        came('10.5.1.1', 40_658),
        asked('10.5.1.1', 40_658),
        came('192.168.1.7', 40_658),
        came('10.5.1.1', 40_659),
        asked('10.5.1.1', 40_659),
        "Le client ('10.5.1.9', 51000) a envoyé 40658",
        'Le serveur tourne sur 10.5.1.2:13337',
      ),
    ).toEqual([0, 1, 2]);
  });

  it('of an earlier run is known once our own address is, unless it asked something', () => {
    const earlier = [
      came('10.5.1.1', 1001),
      came('10.5.1.1', 1002),
      asked('10.5.1.1', 1002),
      came('10.5.1.9', 1003),
    ];
    expect(probes(...earlier)).toEqual([]);
    ports.add(2000, 'probe');
    expect(probes(came('10.5.1.1', 2000))).toEqual([0, 4]);
  });

  it('is not learnt from a log that names addresses without end', () => {
    ports.add(2000, 'probe');
    let learnt = 0;
    for (let index = 0; index < 500; index += 1) {
      visits.isProbe(came(`10.9.${index}.1`, 2000), index);
      if (visits.takeLearnt()) learnt += 1;
    }
    expect(learnt).toBe(16);
    visits.checkedFrom('10.5.1.2');
    expect(probes(came('10.5.1.2', 1001))).toEqual([0]);
  });

  it('of another check is known by the address it comes from, once that is told', () => {
    expect(probes(came('10.5.1.2', 1001))).toEqual([]);
    visits.checkedFrom('10.5.1.2');
    expect(probes(came('10.5.1.2', 1002), came('10.5.1.9', 1003))).toEqual([0, 1]);
  });

  it('is a client’s from its second line on, and the first is told to be no check’s', () => {
    visits.checkedFrom('10.5.1.1');
    expect(visits.isProbe(came('10.5.1.1', 1001), 0)).toBe(true);
    expect(visits.isProbe(came('10.5.1.1', 1001), 0)).toBe(true);
    expect(visits.takeMistaken()).toEqual([]);
    expect(visits.isProbe(asked('10.5.1.1', 1001), 1)).toBe(false);
    expect(visits.takeMistaken()).toEqual([0]);
    expect(visits.takeMistaken()).toEqual([]);
  });

  it('is a client’s when it holds the server without a word', () => {
    visits.checkedFrom('10.5.1.1');
    expect(probes(came('10.5.1.1', 1001))).toEqual([0]);
    visits.isClient({ address: '10.5.1.1', port: 1001 });
    visits.isClient({ address: '10.5.1.1', port: 9999 });
    expect(probes()).toEqual([]);
  });

  it('much later from the same port is another one', () => {
    visits.checkedFrom('10.5.1.1');
    const between = Array.from({ length: 30 }, (_, index) => came('10.5.1.9', 3000 + index));
    expect(probes(came('10.5.1.1', 1001), ...between, asked('10.5.1.1', 1001))).toEqual([0, 31]);
  });
});
