/** The stand-ins for the calculators of the field, on the real host: each runs, and waits for its clients. */
import { beforeEach, expect, it } from 'vitest';
import { CALCULATOR_KINDS } from '../support/calculators.ts';
import { serveCalculator, unitLife } from './calculators.ts';
import { control, onLab } from './host.ts';

onLab('a calculator of each kind', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '30');
  });

  it.each(CALCULATOR_KINDS)('%s listens', async (kind) => {
    await serveCalculator(kind);
    const life = await unitLife();
    expect(life).toMatch(/^ActiveState=active$/m);
    expect(life).toMatch(/^NRestarts=0$/m);
  });
});
