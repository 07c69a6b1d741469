import { describe, expect, it } from 'vitest';
import { createOwnPorts, isProbeLine } from '../../../src/ops/probe/ports.ts';

describe('isProbeLine', () => {
  const ports = createOwnPorts();
  ports.add(40_658, 'probe');
  ports.add(40_659, 'calculator');

  it.each([
    ["Un client ('10.5.1.1', 40658) s'est connecté.", true],
    ["Le client ('10.5.1.1', 40658) a envoyé 2+3", true],
    ["Réponse envoyée au client ('10.5.1.1', 40658) : 5.", true],
    ["Un client ('192.168.1.7', 40658) s'est connecté.", true],
    ["Un client ('fe80::1', 40658, 0, 2) s'est connecté.", true],
    ['accepted 10.5.1.1:40658', true],
    ['accepted [fe80::1]:40658', true],
    ["Un client ('10.5.1.1', 40659) s'est connecté.", false],
    ["Un client ('10.5.1.1', 40657) s'est connecté.", false],
    ["Le client ('10.5.1.1', 51000) a envoyé 40658", false],
    ['Le serveur tourne sur 10.5.1.2:13337', false],
    ['40658', false],
    ['', false],
    [`${'x'.repeat(600)}('10.5.1.1', 40658)`, false],
  ])('%s: %s', (message, folded) => {
    expect(isProbeLine(message, ports)).toBe(folded);
  });
});

describe('createOwnPorts', () => {
  it('forgets the oldest port first, and a port used again is young again', () => {
    const ports = createOwnPorts({ capacity: 2 });
    ports.add(1, 'probe');
    ports.add(2, 'probe');
    ports.add(1, 'probe');
    ports.add(3, 'probe');
    expect([1, 2, 3].map((port) => ports.purposeOf(port))).toEqual(['probe', null, 'probe']);
  });

  it('takes the latest use: a port of the probe’s that the calculator got is the calculator’s', () => {
    const ports = createOwnPorts();
    ports.add(7, 'probe');
    ports.add(7, 'calculator');
    expect(ports.purposeOf(7)).toBe('calculator');
  });
});
