/** `watch` in the process: hosts, lines, alerts at a stand-in for Discord, metrics, heartbeat, and its end. */
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readInvocation } from '../../src/cli/invocation.ts';
import { runWatch, type WatchCall, type WatchTools } from '../../src/cli/watch.ts';
import { installUnit } from '../../src/cli/watch-install.ts';
import type { HostMaker } from '../../src/ops/host.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { type RecordedIo, recordIo, settingsFile, toolsOn } from '../support/command.ts';
import { type DiscordStandIn, startDiscord } from '../support/discord.ts';
import { eventually } from '../support/eventually.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeHost, type FakeHost, RUNNING } from '../support/fake-host.ts';
import { testFolder } from '../support/folder.ts';
import { type Door, door } from '../support/watched.ts';

interface Line {
  readonly at: string;
  readonly host: string | null;
  readonly event: string;
  readonly [key: string]: unknown;
}

interface Scene {
  readonly recorded: RecordedIo;
  readonly clock: FakeClock;
  readonly door: Door;
  readonly hosts: ReadonlyMap<string, FakeHost>;
  readonly code: Promise<number>;
  beat(): void;
  lines(event?: string): readonly Line[];
  /** Moves time on, in small steps, while real sockets do their work. */
  advance(ms: number): Promise<void>;
  /** Moves time on until so many lines of that event are there: a busy machine's disk may be slower than the clock. */
  judged(event: string, count?: number): Promise<void>;
  /** Waits, while the time stands still, until so many alerts were delivered: a try is given up by that time. */
  delivered(count: number): Promise<void>;
  /** As a signal does. */
  end(): Promise<number>;
}

interface SceneOptions {
  readonly words?: readonly string[];
  readonly options?: WatchCall['options'];
  readonly settings?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Hosts by their SSH name; any other cannot be reached. */
  readonly hosts?: Readonly<Record<string, FakeHost>>;
}

async function watch(given: SceneOptions = {}): Promise<Scene> {
  const recorded = recordIo();
  const clock = createFakeClock();
  const way = door();
  const hosts = new Map(Object.entries(given.hosts ?? { tp5: createFakeHost() }));
  const words = given.words ?? ['tp5'];
  const env = { XDG_CONFIG_HOME: '/nonexistent', XDG_STATE_HOME: testFolder(), LANG: 'C', ...given.env };
  const options = {
    ...given.options,
    // The sockets here answer no questions.
    config: given.options?.config ?? settingsFile(`calculator = false\n${given.settings ?? ''}`),
  };
  let beat = (): void => undefined;
  const tools: WatchTools = {
    ...toolsOn({ connector: way.connector, clock }),
    hostMaker:
      async ({ target }): Promise<HostMaker> =>
      async () => {
        const host = hosts.get(target.host ?? '');
        if (host === undefined) throw new Error('no route');
        return host.host;
      },
    onHeartbeat: (each) => {
      beat = each;
      return () => undefined;
    },
    notifier: () => null,
  };
  const invocation = await readInvocation(words[0], options, env);
  const code = runWatch({ invocation, words, options, io: recorded.io, env }, tools);
  code.catch(() => undefined);
  const scene: Scene = {
    recorded,
    clock,
    door: way,
    hosts,
    code,
    beat: () => beat(),
    lines: (event) =>
      (recorded.documents() as Line[]).filter((line) => event === undefined || line.event === event),
    async advance(ms) {
      for (let passed = 0; passed < ms; passed += 100) {
        await clock.settle();
        await clock.advance(100);
      }
    },
    async judged(event, count = 1) {
      for (let turn = 0; turn < 300 && scene.lines(event).length < count; turn++) await scene.advance(100);
      expect(scene.lines(event)).toHaveLength(count);
    },
    async delivered(count) {
      await eventually(() => expect(scene.lines('alert-delivered')).toHaveLength(count));
    },
    async end() {
      recorded.interrupt(0);
      const ended = code.then((value) => ({ value }));
      for (let turn = 0; turn < 200; turn++) {
        const done = await Promise.race([ended, scene.advance(100)]);
        if (done) return done.value;
      }
      throw new Error('it does not end');
    },
  };
  onTestFinished(async () => {
    await scene.end().catch(() => undefined);
    // Whatever a test was about.
    expect(recorded.out() + recorded.err()).not.toContain('secret-of-the-channel');
  });
  return scene;
}

async function discord(): Promise<DiscordStandIn> {
  const standIn = await startDiscord();
  onTestFinished(() => standIn.close());
  return standIn;
}

function webhookFile(standIn: DiscordStandIn, mode = 0o600): string {
  const path = join(testFolder(), 'webhook');
  writeFileSync(path, `${standIn.address}\n`);
  chmodSync(path, mode);
  return path;
}

const alerting = (standIn: DiscordStandIn) =>
  ({ webhookFile: webhookFile(standIn), allowInsecureWebhook: true }) as const;

describe('watch', () => {
  it('prints one line a change, and ends well by a signal', async () => {
    const scene = await watch();
    await scene.advance(8000);
    const kinds = scene.lines().map(({ event, host }) => `${host} ${event}`);
    expect(kinds).toEqual(
      ['tp5 link', 'tp5 unit', 'tp5 probe', 'tp5 up'].sort((a, b) => kinds.indexOf(a) - kinds.indexOf(b)),
    );
    expect(scene.lines('probe')[0]).toEqual({
      at: expect.stringMatching(/^2026-11-20T14:00:0\d\.\d{3}Z$/),
      host: 'tp5',
      unit: 'calculatrice.service',
      event: 'probe',
      state: 'open',
      ms: expect.any(Number),
    });
    expect(scene.recorded.err()).toContain('watching 1 host');
    expect(await scene.end()).toBe(0);
    expect(scene.hosts.get('tp5')?.asked.closes).toBeGreaterThan(0);
  });

  it('follows no journal: that would keep a process on each host', async () => {
    const scene = await watch();
    await scene.advance(4000);
    expect(scene.hosts.get('tp5')?.asked.follows).toEqual([]);
  });

  it('alerts of a fall with verdict and mend, and of the recovery with its length, once each', async () => {
    const standIn = await discord();
    const scene = await watch({ options: alerting(standIn) });
    await scene.advance(6000);
    scene.door.open = false;
    scene.hosts.get('tp5')?.service({ active: 'inactive', sub: 'dead', mainPid: 0 });
    await scene.advance(3000);
    await scene.delivered(1);
    await scene.advance(27_000);
    scene.door.open = true;
    scene.hosts.get('tp5')?.service({ ...RUNNING, mainPid: 7, invocationId: 'b2' });
    await scene.advance(3000);
    await scene.delivered(2);
    expect(standIn.titles()).toEqual([
      'calculatrice.service on tp5 is down',
      'calculatrice.service on tp5 is back',
    ]);
    const [down, back] = standIn.received.map(({ message }) => message.embeds[0]);
    const fields = Object.fromEntries(down?.fields.map(({ name, value }) => [name, value]) ?? []);
    expect(down?.description).toBe('Stopped.');
    expect(fields).toMatchObject({
      'From here': '127.0.0.1:13337 refused',
      Unit: 'inactive (dead)',
      Link: 'live',
      Mend: '```\nsudo systemctl start calculatrice\n```',
    });
    expect(fields.Since).toMatch(/^2026-11-20 \d\d:\d\d:\d\d \(<t:\d+:R>\)$/);
    expect(back?.description).toBe('It was down for 30 s.');
    const [line] = scene.lines('down');
    expect(line).toMatchObject({
      cause: 'refused',
      verdict: { broken: 'unit', evidence: 'stopped', mend: 'sudo systemctl start calculatrice' },
    });
    expect(down?.footer.text).toContain(`event ${line?.alert}`);
    expect(scene.lines('recovered')[0]?.lengthSeconds).toBeCloseTo(30, 0);
    expect(scene.lines('alert-delivered').map(({ alert }) => alert)).toEqual([
      line?.alert,
      scene.lines('recovered')[0]?.alert,
    ]);
  });

  it('speaks the language that was chosen', async () => {
    const standIn = await discord();
    const scene = await watch({ options: { ...alerting(standIn), lang: 'fr' } });
    scene.door.open = false;
    await scene.judged('down');
    await scene.delivered(1);
    expect(standIn.titles()).toEqual(['calculatrice.service sur tp5 est à terre']);
  });

  it('tells of an outage that outlives the guard once, and of its end by the next one', async () => {
    const standIn = await discord();
    const state = testFolder();
    const env = { XDG_STATE_HOME: state };
    const first = await watch({ options: alerting(standIn), env });
    first.door.open = false;
    await first.judged('down');
    await first.delivered(1);
    expect(await first.end()).toBe(0);
    const second = await watch({ options: alerting(standIn), env });
    second.door.open = false;
    await second.advance(6000);
    second.door.open = true;
    await second.judged('recovered');
    await second.delivered(1);
    expect(standIn.titles()).toEqual([
      'calculatrice.service on tp5 is down',
      'calculatrice.service on tp5 is back',
    ]);
  });

  it('delivers what is queued when it is started again, and does not start beside another', async () => {
    const standIn = await discord();
    standIn.answer = () => ({ status: 500 });
    const env = { XDG_STATE_HOME: testFolder() };
    const first = await watch({ options: alerting(standIn), env });
    first.door.open = false;
    await first.judged('down');
    const beside = await watch({ options: alerting(standIn), env });
    expect(await beside.code).toBe(1);
    expect(beside.recorded.err()).toMatch(/another tp5-tui watch delivers/);
    await first.end();
    standIn.answer = () => ({ status: 204 });
    const again = await watch({ options: alerting(standIn), env });
    await again.delivered(1);
    expect(again.recorded.err()).toContain('1 alert of an earlier run');
    expect(standIn.titles()).toEqual(['calculatrice.service on tp5 is down']);
  });

  it('goes on though a host cannot be reached, looks at its service from here, and says why', async () => {
    const scene = await watch({ words: ['tp5', 'gone'] });
    await scene.advance(15_000);
    expect(scene.lines('up').map(({ host }) => host)).toEqual(expect.arrayContaining(['tp5', 'gone']));
    expect(scene.lines('blind')).toMatchObject([
      { host: 'gone', detail: expect.stringContaining('no route') },
    ]);
    expect(scene.recorded.err()).toMatch(/gone: .*no route/);
  });

  it('watches all hosts that the settings name when none is named', async () => {
    const settings = '[hosts.one]\nhost = "tp5"\n[hosts.two]\nhost = "other"\nunit = "nginx"\nport = 80\n';
    const scene = await watch({
      words: [],
      settings,
      hosts: { tp5: createFakeHost(), other: createFakeHost() },
    });
    await scene.advance(6000);
    scene.beat();
    const [beat] = scene.lines('heartbeat');
    expect(beat).toMatchObject({
      host: null,
      alertsQueued: null,
      hosts: [
        {
          host: 'one',
          unit: 'calculatrice.service',
          judged: 'up',
          link: 'live',
          active: 'active',
          probe: 'open',
        },
        { host: 'two', unit: 'nginx.service', judged: 'up' },
      ],
    });
  });

  it('says in its heartbeat nothing of a unit that it cannot see', async () => {
    const scene = await watch();
    await scene.advance(4000);
    scene.hosts.get('tp5')?.lose('no answer to keepalives');
    scene.hosts.get('tp5')?.service(RUNNING);
    await scene.clock.settle();
    scene.beat();
    expect(scene.lines('heartbeat')[0]).toMatchObject({
      hosts: [{ link: 'lost', active: null, sub: null, restarts: null }],
    });
  });

  it('serves metrics that follow, and its health', async () => {
    const scene = await watch({ options: { metrics: '0' } });
    await scene.advance(1000);
    const place = await eventually(() => {
      const said = /http:\/\/([\d.:]+)\/metrics/.exec(scene.recorded.err())?.[1];
      expect(said).toMatch(/^127\.0\.0\.1:/);
      return said;
    });
    const read = async (): Promise<string> => (await fetch(`http://${place}/metrics`)).text();
    // What is judged is on the disk first, and the disk keeps to no clock of ours.
    const shows = (wanted: RegExp): Promise<string> =>
      eventually(async () => {
        await scene.advance(100);
        const page = await read();
        expect(page).toMatch(wanted);
        return page;
      });
    await shows(/^tp5_up\{host="tp5",unit="calculatrice.service"\} 1$/m);
    scene.door.open = false;
    const after = await shows(/^tp5_up\{.*\} 0$/m);
    expect(after).toMatch(/^tp5_outages_total\{.*\} 1$/m);
    expect(after).toMatch(/^tp5_unit_state\{.*state="active"\} 1$/m);
    expect((await fetch(`http://${place}/-/healthy`)).status).toBe(200);
  });
});

describe('wrong usage', () => {
  const refused = async (options: WatchCall['options'], words?: readonly string[]): Promise<string> => {
    const scene = await watch({ options, ...(words && { words }) });
    return scene.code.then(
      (code) => `ended with ${code}`,
      (error: Error) => `${error.name}: ${error.message}`,
    );
  };

  it.each<[WatchCall['options'], RegExp]>([
    [{ interval: '0.1' }, /--interval.*0\.1/],
    [{ interval: 'x' }, /--interval/],
    [{ failures: '0' }, /--failures/],
    [{ successes: '1.5' }, /--successes/],
    [{ metrics: 'nowhere' }, /--metrics/],
    [{ system: true }, /--system goes with --install/],
    [{ dryRun: true }, /--dry-run goes with --install/],
    [{ testAlert: true }, /no webhook/],
    [{ webhookFile: '/nonexistent/webhook' }, /no file \/nonexistent\/webhook.*Discord/],
    [{ testAlert: true, install: true }, /one at a time/],
    [{ install: true, webhookFile: '/nonexistent/webhook' }, /no file \/nonexistent\/webhook/],
    [{ metrics: '203.0.113.1:9113' }, /no such address/],
  ])('%j', async (options, words) => {
    const said = await refused(options);
    expect(said).toMatch(/^UsageError: /);
    expect(said).toMatch(words);
  });

  it('to guard nothing, and says how hosts are named for it', async () => {
    expect(await refused({}, [])).toMatch(/UsageError: tp5-tui watch: no host named.*\n.*watch manon@/);
  });

  it('a port for metrics that is taken, and says how to find out by whom', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const said = await refused({ metrics: String(port) });
    expect(said).toContain(`ss -ltnp 'sport = :${port}'`);
    expect(said).not.toContain('EADDRINUSE');
  });

  it('the same host twice', async () => {
    expect(await refused({}, ['tp5', 'tp5'])).toMatch(/UsageError.*tp5 is named twice/);
  });

  it.skipIf(process.platform === 'win32')(
    'a webhook that others may read, or that is not Discord’s',
    async () => {
      const standIn = await discord();
      expect(await refused({ webhookFile: webhookFile(standIn, 0o644), allowInsecureWebhook: true })).toMatch(
        /chmod 600/,
      );
      const elsewhere = await refused({ webhookFile: webhookFile(standIn) });
      expect(elsewhere).toMatch(/not an https address/);
      expect(elsewhere).not.toContain('secret');
    },
  );
});

describe('--test-alert', () => {
  it.each([
    [204, 0, /delivered in/],
    [404, 1, /no alert will be/],
    [500, 1, /not delivered: HTTP 500/],
  ])('says how it went: %i', async (status, code, words) => {
    const standIn = await discord();
    standIn.answer = () => ({ status });
    const scene = await watch({ options: { ...alerting(standIn), testAlert: true }, words: [] });
    expect(await scene.code).toBe(code);
    const said = scene.recorded.out() + scene.recorded.err();
    expect(said).toMatch(words);
    expect(said).not.toContain('secret');
    expect(standIn.received).toHaveLength(1);
  });

  it('finds its webhook in the settings, seen from their folder', async () => {
    const standIn = await discord();
    const path = webhookFile(standIn);
    const settings = `[discord]\nwebhook_file = ${JSON.stringify(path)}\n`;
    const scene = await watch({ settings, options: { testAlert: true, allowInsecureWebhook: true } });
    expect(await scene.code).toBe(0);
  });

  it('takes what systemd hands over', async () => {
    const standIn = await discord();
    const credentials = testFolder();
    writeFileSync(join(credentials, 'discord-webhook'), standIn.address, { mode: 0o440 });
    const env = { CREDENTIALS_DIRECTORY: credentials };
    const scene = await watch({ env, options: { testAlert: true, allowInsecureWebhook: true } });
    expect(await scene.code).toBe(0);
  });
});

describe('--install', () => {
  it.skipIf(process.platform !== 'linux')('prints the unit that runs this very command', async () => {
    const standIn = await discord();
    const path = webhookFile(standIn);
    const scene = await watch({
      words: ['tp5', 'manon@10.5.1.2'],
      options: {
        install: true,
        dryRun: true,
        webhookFile: path,
        allowInsecureWebhook: true,
        interval: '5',
        user: 'x y',
      },
    });
    expect(await scene.code).toBe(0);
    const unit = scene.recorded.out();
    expect(unit).toContain('Description=tp5-tui guards tp5, manon@10.5.1.2\n');
    expect(unit).toMatch(
      /^ExecStart=\S+node\S* .+ watch --interval=5 --allow-insecure-webhook "--user=x y" --config=\S+ --lang=en tp5 manon@10\.5\.1\.2$/m,
    );
    expect(unit).toContain(`LoadCredential=discord-webhook:${path}\n`);
    expect(unit).not.toContain('secret');
  });

  it.skipIf(process.platform !== 'linux')(
    'writes it where the user’s systemd looks, and says what to do next',
    async () => {
      const config = testFolder();
      const env = { XDG_CONFIG_HOME: config };
      const path = join(config, 'systemd', 'user', 'tp5-tui-watch.service');
      const options = { install: true, config: settingsFile('') };
      const first = await watch({ env, options });
      expect(await first.code).toBe(0);
      expect(first.recorded.err()).toContain(`written: ${path}`);
      expect(first.recorded.out()).toBe(
        'systemctl --user daemon-reload\nsystemctl --user enable --now tp5-tui-watch.service\nloginctl enable-linger\n',
      );
      const again = await watch({ env, options });
      expect(await again.code).toBe(0);
      expect(again.recorded.err()).toContain('already as it should be');
    },
  );

  it('leads to a unit of the system without running all of it as root, who has other settings', async () => {
    const { io, out, err } = recordIo();
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    const code = await installUnit({
      system: true,
      dryRun: false,
      words: ['--lang=en', 'tp5'],
      names: ['tp5'],
      webhookFile: '/home/manon/a hook',
      text: catalogue('en'),
      io,
      env: {},
      program: ['/usr/bin/node', '/opt/tp5-tui/bin/tp5-tui.js'],
      platform: 'linux',
      write: () => Promise.reject(denied),
    });
    expect(code).toBe(1);
    expect(err()).toMatch(/only root may write \/etc\/systemd\/system\/tp5-tui-watch\.service/);
    expect(out()).toBe(
      "/usr/bin/node /opt/tp5-tui/bin/tp5-tui.js watch --install --system --dry-run '--webhook-file=/home/manon/a hook' --lang=en tp5 | sudo tee /etc/systemd/system/tp5-tui-watch.service >/dev/null\n" +
        'sudo systemctl daemon-reload\nsudo systemctl enable --now tp5-tui-watch.service\n',
    );
  });

  it('says that a unit without a webhook alerts nobody', async () => {
    const options = { install: true, dryRun: true, config: settingsFile('') };
    const scene = await watch({ options });
    expect(await scene.code).toBe(0);
    expect(scene.recorded.err()).toMatch(/alerts to nobody/);
  });
});
