/** `status` on the real host: what it tells of it, and what it ends with. */
import { beforeEach, expect, it } from 'vitest';
import { control, hostAddress, onHost, onLab } from './host.ts';
import { at, status } from './shell.ts';

const UNIT = '/etc/systemd/system/calculatrice.service';

onLab('status on the real host', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '2');
  });

  it('tells a service that is well, whole', async () => {
    await onHost('systemctl start calculatrice');
    const first = await status();
    const pid = Number(await onHost('systemctl show -P MainPID calculatrice'));
    expect(first.code).toBe(0);
    expect(first.told).toEqual({
      host: at('manon'),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      link: { state: 'live', via: 'ssh', user: 'manon', privilege: 'sudo' },
      unit: {
        name: 'calculatrice.service',
        load: 'loaded',
        active: 'active',
        sub: 'running',
        result: 'success',
        mainPid: pid,
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        restarts: 0,
        restart: 'on-failure',
        restartSec: 2,
        enabled: 'disabled',
        needsReload: false,
      },
      // Our own connection may stand in the accept queue at that instant.
      listeners: [{ address: hostAddress, port: 13337, waiting: expect.any(Number), clients: 0 }],
      firewall: {
        running: true,
        fate: 'accept',
        because: 'port 13337/tcp of zone public',
        zones: [
          {
            name: 'public',
            interfaces: ['enp0s8', 'enp0s9'],
            sources: [],
            services: expect.arrayContaining(['ssh']),
            richRules: [],
            ports: { runtime: ['13337/tcp'], permanent: ['13337/tcp'] },
          },
        ],
      },
      probe: { address: hostAddress, port: 13337, state: 'open', ms: expect.any(Number), notDialled: null },
      verdict: { reachable: true, broken: null, evidence: 'reachable from here', mend: null },
    });
  });

  it.each<[string, string, string | null, RegExp, RegExp | null]>([
    ['stopped', 'true', 'unit', /^stopped$/, /^sudo systemctl start calculatrice$/],
    [
      'whose port is closed',
      'systemctl start calculatrice; firewall-cmd -q --remove-port=13337/tcp',
      'firewall',
      /open permanently but not now/,
      /--add-port=13337\/tcp/,
    ],
    [
      'on 127.0.0.1 alone',
      `sed -i 's/--listen .*/--listen 127.0.0.1/' ${UNIT}; systemctl daemon-reload; systemctl start calculatrice`,
      'listener',
      /127\.0\.0\.1 only/,
      /start it with the address 10\.5\.1\.2/,
    ],
    [
      'edited without a daemon-reload',
      `systemctl start calculatrice; sed -i 's/RestartSec=.*/RestartSec=9/' ${UNIT}`,
      null,
      /^reachable, but: .*its file changed on disk/,
      /daemon-reload/,
    ],
  ])('tells one %s', async (_what, script, broken, evidence, mend) => {
    await onHost(script);
    const { code, told } = await status();
    expect(told.verdict.broken).toBe(broken);
    expect(told.verdict.evidence).toMatch(evidence);
    if (mend !== null) expect(told.verdict.mend).toMatch(mend);
    expect(code).toBe(told.verdict.reachable ? 0 : 1);
  });

  it('tells an ordinary user what may be seen', async () => {
    await onHost('systemctl start calculatrice');
    const { code, told } = await status('zoe');
    expect(code).toBe(0);
    expect(told.link.privilege).toBe('none');
    expect(told.unit.active).toBe('active');
    expect(told.firewall.zones[0]?.ports).toEqual({ runtime: null, permanent: null });
  });

  it('tells a host that is out of reach, and exits 3', async () => {
    await onHost('systemctl start calculatrice');
    await control('cut');
    const { code, told } = await status();
    expect(code).toBe(3);
    expect(told).toMatchObject({
      link: { state: 'lost' },
      probe: { address: hostAddress, ms: null },
      verdict: { reachable: false, broken: 'link' },
    });
  });
});
