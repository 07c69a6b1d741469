import { describe, expect, it } from 'vitest';
import { createOwnPorts } from '../../../src/ops/probe/ports.ts';

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
