import { describe, expect, it } from 'vitest';
import { wayTo } from '../../../src/ops/probe/own-address.ts';

describe('the address that we dial from', () => {
  it('is the loopback one to the loopback one, though nobody listens there', async () => {
    expect(await wayTo('127.0.0.1', 9)).toEqual({ from: '127.0.0.1', to: '127.0.0.1' });
  });

  it('is not known of a name that nobody has', async () => {
    expect(await wayTo('name.invalid', 9)).toBeNull();
  });
});
