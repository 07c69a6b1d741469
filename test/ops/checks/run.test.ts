/** Whole runs on a host whose commands print what the prepared lab printed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCalculator } from '../../../src/calc/server.ts';
import type { CheckId } from '../../../src/ops/checks/check.ts';
import { runChecks } from '../../../src/ops/checks/run.ts';
import { systemClock } from '../../../src/ops/clock.ts';
import { tcpConnector } from '../../../src/ops/connector.ts';
import { Failed } from '../../../src/ops/failure.ts';
import type { Privilege } from '../../../src/ops/transport/transport.ts';
import { commandHost, type Reply } from './command-host.ts';
import { fixture, SUBJECT, UNIT_PATH } from './judging.ts';

const API = 'curl -s -m 3 http://127.0.0.1:19999/api/v1/';
const CHART = 'portcheck_calculatrice.port_13337_status';
const SHOWN = 'LoadState,ActiveState,SubState,UnitFileState';
const state = (active: string) =>
  `LoadState=loaded\nActiveState=${active}\nSubState=running\nUnitFileState=enabled\n`;
const ownServer = readFileSync(
  fileURLToPath(new URL('../../../src/ops/deploy/assets/server.py', import.meta.url)),
  'utf8',
);

const PREPARED: Readonly<Record<string, Reply>> = {
  hostname: 'hosting.tp5.b1\n',
  'cat /etc/hostname': 'hosting.tp5.b1\n',
  'ip a': fixture('lab/ip-a.txt'),
  'ip route': fixture('lab/ip-route.txt'),
  'printenv SSH_CONNECTION': '10.5.1.1 54316 10.5.1.2 22\n',
  'timeout 3 getent ahostsv4 rockylinux.org': '76.223.126.88 STREAM rockylinux.org\n',
  'journalctl -b -q --no-pager -n 1 -t sshd -t sshd-session -g Accepted .* from 10.5.1.1 port 54316 ':
    'Nov 23 05:21:25 hosting.tp5.b1 sshd[739]: Accepted publickey for manon from 10.5.1.1 port 54316 ssh2: ED25519 SHA256:np9\n',
  'sshd -T': fixture('lab/sshd-T.txt'),
  [`systemctl show firewalld.service -p ${SHOWN}`]: state('active'),
  [`systemctl show netdata.service -p ${SHOWN}`]: state('active'),
  'firewall-cmd --list-all': fixture('lab/list-all.txt'),
  'firewall-cmd --permanent --list-all': fixture('lab/list-all.txt'),
  'firewall-cmd --get-active-zones': 'public\n  interfaces: enp0s8 enp0s9\n',
  'grep -sHE <(port|protocol|source-port|include|destination)  /etc/firewalld/services/ssh.xml /usr/lib/firewalld/services/ssh.xml':
    '/usr/lib/firewalld/services/ssh.xml:  <port protocol="tcp" port="22"/>\n',
  'ss -ltunp': fixture('lab/ss-ltunp.txt'),
  [`cat ${UNIT_PATH}`]: fixture('prepared/calculatrice.service'),
  [`stat -L -c %a %U:%G %n ${UNIT_PATH}`]: `644 root:root ${UNIT_PATH}\n`,
  '/usr/bin/python --version': 'Python 3.9.18\n',
  'ls -l /opt/calculatrice/bs_server.py':
    '-rw-r--r-- 1 root root 10274 Nov 23 06:07 /opt/calculatrice/bs_server.py\n',
  'ls -al /opt/calculatrice': fixture('lab/ls-opt.txt'),
  'cat /opt/calculatrice/bs_server.py': ownServer,
  'ps -o user:32,pid,args -p 19290': 'USER    PID COMMAND\n61300   19290 /usr/bin/python\n',
  [`${API}info`]: fixture('lab/info.json'),
  [`${API}charts`]: fixture('lab/charts.json'),
  [`${API}data?chart=${CHART}&after=-15&format=json`]: fixture('lab/data.json'),
  [`${API}alarms?all`]: fixture('lab/alarms.json'),
};

const SERVICE = /^systemctl show calculatrice\.service -p/;
const NOTIFY = /^grep -E \^\(SEND_DISCORD/;

interface Changes {
  readonly replies?: Readonly<Record<string, Reply>>;
  readonly service?: string;
  readonly privilege?: Privilege;
  readonly only?: readonly CheckId[];
  readonly mayStop?: () => Promise<boolean>;
}

/** Runs the checks on the prepared host with some of its replies changed. */
async function run({ replies = {}, service, privilege, only, mayStop }: Changes = {}) {
  const server = createCalculator({ mode: 'normal', log: () => undefined, crash: () => undefined });
  const port = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close());
  const scripted = commandHost({ ...PREPARED, ...replies }, privilege);
  const host = {
    ...scripted.host,
    run: (argv: readonly string[], options = {}) => {
      const line = argv.slice(argv.findIndex((word, index) => index > 0 && !word.includes('='))).join(' ');
      if (SERVICE.test(line)) return reply(service ?? fixture('lab/systemctl-show.txt'));
      if (NOTIFY.test(line)) {
        const file = '/etc/netdata/health_alarm_notify.conf';
        return reply(fixture('prepared/health_alarm_notify.conf').replace(/^(?=.)/gm, `${file}:`));
      }
      return scripted.host.run(argv, options);
    },
    dial: () => tcpConnector('127.0.0.1', port, { timeoutMs: 2000 }),
  };
  const report = await runChecks({
    host,
    connector: (_address, _port, options) => tcpConnector('127.0.0.1', port, options),
    clock: systemClock,
    subject: SUBJECT,
    signal: new AbortController().signal,
    only: only ?? null,
    mayStop: mayStop ?? null,
  });
  return { ...report, commands: scripted.commands() };
}

function reply(stdout: string) {
  return Promise.resolve({ code: 0, signal: null, stdout, stderr: '', truncated: false });
}

const ids = (results: Awaited<ReturnType<typeof run>>['results'], state: string) =>
  results.filter((result) => result.state === state).map(({ id }) => id);

describe('a run on a host prepared well', () => {
  it('passes all but the proof that nobody allowed', async () => {
    const { results } = await run();
    expect(ids(results, 'fail')).toEqual([]);
    expect(ids(results, 'warn')).toEqual([]);
    expect(ids(results, 'skip')).toEqual(['firewall-follows']);
    expect(results).toHaveLength(40);
  });

  it('asks only what the items that were named need', async () => {
    const { results, commands } = await run({ only: ['selinux', 'hostname'] });
    expect(results.map(({ id }) => id)).toEqual(['selinux', 'hostname']);
    expect(commands.toSorted()).toEqual([
      'cat /etc/hostname',
      'cat /sys/fs/selinux/enforce',
      'getenforce',
      'hostname',
    ]);
  });

  it('offers nothing to a user who may change nothing', async () => {
    const privilege = { kind: 'none', reason: 'no-sudo', detail: '' } as const;
    const replies = { [`stat -L -c %a %U:%G %n ${UNIT_PATH}`]: `755 root:root ${UNIT_PATH}\n` };
    const mend = async (changes: Changes) =>
      (await run({ ...changes, only: ['unit-owner-mode'] })).results[0]?.mend;
    expect(await mend({ replies })).toMatchObject({ fixable: true });
    expect(await mend({ replies, privilege })).toMatchObject({ fixable: false });
  });

  it('ends with the link', async () => {
    const lost = new Failed({ code: 'link-lost', detail: 'reset' });
    await expect(run({ replies: { hostname: lost } })).rejects.toBe(lost);
  });
});

describe('what cannot be seen', () => {
  it('is skipped with the reason', async () => {
    const refused = { code: 1, stderr: 'Authorization failed.' };
    const { results } = await run({
      replies: {
        'firewall-cmd --list-all': refused,
        'sshd -T': { code: 1, stderr: 'sshd: no hostkeys available' },
      },
    });
    expect(ids(results, 'fail')).toEqual([]);
    expect(ids(results, 'skip')).toEqual([
      'password-login-off',
      'firewall-follows',
      'firewall-nothing-needless',
    ]);
  });

  it('says that there is no unit once, and not of each of its lines', async () => {
    const { results } = await run({
      service: 'LoadState=not-found\nActiveState=inactive\nSubState=dead\nFragmentPath=\nMainPID=0\n',
      replies: { 'ss -ltunp': 'Netid State\n' },
    });
    expect(ids(results, 'fail')).toContain('unit-place');
    for (const id of ['unit-owner-mode', 'absolute-paths', 'restart-policy', 'stdout-buffered']) {
      expect(ids(results, 'skip')).toContain(id);
    }
  });

  it('says that firewalld is stopped once, and not of each item that rests on it', async () => {
    const { results } = await run({
      replies: {
        [`systemctl show firewalld.service -p ${SHOWN}`]: state('inactive'),
        'firewall-offline-cmd --get-zone-of-interface=enp0s8': 'public\n',
        'firewall-offline-cmd --list-all': fixture('lab/list-all.txt'),
        'firewall-offline-cmd --zone=public --list-all': fixture('lab/list-all.txt'),
      },
    });
    expect(ids(results, 'fail')).toEqual(['firewalld-running']);
    expect(results.find(({ id }) => id === 'firewalld-running')?.mend?.fixable).toBe(true);
  });

  it('does not start a firewalld that would keep us out, whatever services its zone lists', async () => {
    const rule = 'rule family="ipv4" source address="10.5.1.0/24" service name="ssh" reject';
    const zone = `${fixture('lab/list-all.txt').trimEnd()}\n\t${rule}\n`;
    const { results } = await run({
      replies: {
        [`systemctl show firewalld.service -p ${SHOWN}`]: state('inactive'),
        'firewall-offline-cmd --get-zone-of-interface=enp0s8': 'public\n',
        'firewall-offline-cmd --list-all': zone,
        'firewall-offline-cmd --zone=public --list-all': zone,
      },
    });
    const mend = results.find(({ id }) => id === 'firewalld-running')?.mend;
    expect(mend?.fixable).not.toBe(true);
  });

  it('reads the services that are open, and those that these include', async () => {
    const zone = fixture('lab/list-all.txt').replace('services: ssh', 'services: web');
    const grep = (name: string) =>
      `grep -sHE <(port|protocol|source-port|include|destination)  /etc/firewalld/services/${name}.xml /usr/lib/firewalld/services/${name}.xml`;
    const { results } = await run({
      replies: {
        'firewall-cmd --list-all': zone,
        'firewall-cmd --permanent --list-all': zone,
        [grep('web')]: '/etc/firewalld/services/web.xml:  <include service="calc"/>\n',
        [grep('calc')]: '/usr/lib/firewalld/services/calc.xml:  <port port="13337" protocol="tcp"/>\n',
      },
    });
    expect(results.find(({ id }) => id === 'firewall-nothing-needless')).toMatchObject({
      state: 'pass',
      finding: { open: ['web', '13337/tcp'] },
    });
  });

  it('does not take a Netdata without its collector for one that was not set up', async () => {
    const { results } = await run({ replies: { [`${API}charts`]: '{"charts": {}}' } });
    const { finding } = results.find(({ id }) => id === 'netdata-portcheck') ?? {};
    expect(finding).toEqual({ code: 'unseen', why: { code: 'no-collector' } });
  });
});

describe('the proof that stops the service', () => {
  /** Each of the four looks at the zone as the ports that it lists. */
  const script = (...outputs: readonly string[]): Reply =>
    `${outputs.map((said, index) => ([2, 3, 6, 7].includes(index) ? listed(said) : said)).join('\0')}\0`;
  const listed = (ports: string, richRules = ''): string =>
    `public (active)\n  target: default\n  interfaces: enp0s8\n  sources: \n  services: ssh\n  ports: ${ports}\n  rich rules: ${richRules}\n`;
  const proof = async (said: Reply, changes: Changes = {}) => {
    let asked = 0;
    const mayStop = async (): Promise<boolean> => {
      asked += 1;
      return true;
    };
    // The one command that is a script of many lines.
    const replies = { '': said, getenforce: { code: 127 }, 'cat /sys/fs/selinux/enforce': { code: 1 } };
    const { results } = await run({ mayStop, ...changes, replies: { ...replies, ...changes.replies } });
    return { result: results.find(({ id }) => id === 'firewall-follows'), asked };
  };

  it('is made when it is allowed, and shows its commands', async () => {
    const { result, asked } = await proof(
      script('0', '', '', '', '0', '', '13337/tcp', '22/tcp 13000-14000/tcp'),
    );
    expect(asked).toBe(1);
    expect(result).toMatchObject({ state: 'pass', finding: { code: 'follows', port: 13337 } });
    expect(result?.evidence.map(({ command }) => command)).toEqual([
      'sudo systemctl stop calculatrice',
      'sudo firewall-cmd --zone=public --list-all',
      'sudo firewall-cmd --permanent --zone=public --list-all',
      'sudo systemctl start calculatrice',
      'sudo firewall-cmd --zone=public --list-all',
      'sudo firewall-cmd --permanent --zone=public --list-all',
    ]);
  });

  it.each([
    ['stays open', ['0', '', '13337/tcp', '', '0', '', '13337/tcp', '13337/tcp'], 'stays-open'],
    ['stays open permanently', ['0', '', '', '13337/tcp', '0', '', '13337/tcp', '13337/tcp'], 'stays-open'],
    ['stays closed', ['0', '', '', '', '0', '', '13337/tcp', ''], 'stays-closed'],
    ['does not stop', ['1', 'Failed', '', '', '0', '', '', ''], 'did-not-stop'],
    ['does not start again', ['0', '', '', '', '1', 'Job failed', '', ''], 'did-not-start'],
  ])('fails when it %s', async (_name, outputs, code) => {
    expect((await proof(script(...outputs))).result).toMatchObject({ state: 'fail', finding: { code } });
  });

  it('names the rule that leaves it open, or keeps it closed', async () => {
    const rule = 'rule port port="13337" protocol="tcp"';
    const looks = (stopped: string, started: string): Reply =>
      `${['0', '', stopped, stopped, '0', '', started, started].join('\0')}\0`;
    const open = listed('13337/tcp', `\n\t${rule} accept`);
    const left = await proof(looks(listed('', `\n\t${rule} accept`), open));
    expect(left.result?.finding).toMatchObject({
      code: 'stays-open',
      by: { code: 'rich-rule', detail: `${rule} accept` },
    });
    const kept = await proof(looks(listed(''), listed('13337/tcp', `\n\t${rule} reject`)));
    expect(kept.result?.finding).toMatchObject({
      code: 'stays-closed',
      by: { code: 'rich-rule', detail: `${rule} reject` },
    });
  });

  it('is not made, nor asked for, while the unit has no line that closes the port', async () => {
    const text = fixture('prepared/calculatrice.service').replace(/^ExecStopPost=.*\n/gm, '');
    const { result, asked } = await proof('', { replies: { [`cat ${UNIT_PATH}`]: text } });
    expect(asked).toBe(0);
    expect(result?.state).toBe('skip');
  });

  it('is not made when the answer is no', async () => {
    const { result } = await proof(script('1'), { mayStop: async () => false });
    expect(result?.finding).toEqual({ code: 'unseen', why: { code: 'not-stopped' } });
  });
});
