/** `drill` on the real host: timed, refused where nothing would restart the service, and when it comes back broken. */
import { beforeEach, expect, it } from 'vitest';
import { control, type LabUser, onHost, onLab } from './host.ts';
import { at, documents, run, status } from './shell.ts';

const UNIT = '/etc/systemd/system/calculatrice.service';

onLab('drill on the real host', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '2');
  });

  it('times every step, the firewall’s among them', async () => {
    await onHost('systemctl start calculatrice');
    const ended = await run(['drill', at('manon'), '--yes', '--json']);
    expect(ended.code).toBe(0);
    const [told] = documents(ended) as [{ steps: { name: string; ms: number | null }[] }];
    expect(told).toMatchObject({ unit: 'calculatrice.service', restartSec: 2, passed: true, reason: null });
    const times = Object.fromEntries(told.steps.map(({ name, ms }) => [name, ms]));
    expect(Object.values(times)).not.toContain(null);
    expect(Number(times.started)).toBeGreaterThan(Number(times.restarting));
  });

  it('does not kill what nothing would restart, and says why', async () => {
    await onHost(`sed -i '/^Restart=/d' ${UNIT}; systemctl daemon-reload; systemctl start calculatrice`);
    const before = await onHost('systemctl show -P MainPID calculatrice');
    const ended = await run(['drill', at('manon'), '--yes', '--json']);
    expect(ended.code).toBe(1);
    expect(documents(ended)).toMatchObject([
      { passed: false, reason: expect.stringContaining('Restart=no') },
    ]);
    expect(await onHost('systemctl show -P MainPID calculatrice')).toBe(before);
  });

  it('sees that it crashes in a loop', async () => {
    await onHost('systemctl start calculatrice');
    // Once it listens, Python has read the file.
    expect((await status()).code).toBe(0);
    await onHost('echo "raise SystemExit(1)" > /opt/calculatrice/bs_server.py');
    const ended = await run(['drill', at('manon'), '--yes', '--json']);
    expect(ended.code).toBe(1);
    expect(documents(ended)).toMatchObject([
      { passed: false, reason: expect.stringMatching(/^it did not start: /) },
    ]);
    expect(Number(await onHost('systemctl show -P NRestarts calculatrice'))).toBeGreaterThan(0);
  });

  it.each<[LabUser]>([['zoe'], ['paul']])('is not permitted to %s without sudo: 4', async (user) => {
    await onHost('systemctl start calculatrice');
    const ended = await run(['drill', at(user), '--yes', '--json', '--no-input']);
    expect(ended.code).toBe(4);
    expect(documents(ended)).toMatchObject([{ passed: false }]);
    expect(await onHost('systemctl show -P NRestarts calculatrice')).toBe('0');
  });
});
