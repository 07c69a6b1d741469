/**
 * A host of files: the real scripts run in a real shell on a folder of their own, with `systemctl`,
 * `firewall-cmd` and `systemd-run` played by a few lines that keep their state in files.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Place } from '../../../src/ops/deploy/place.ts';
import { Failed } from '../../../src/ops/failure.ts';
import type { Host } from '../../../src/ops/host.ts';
import type { RunOptions, RunResult } from '../../../src/ops/transport/transport.ts';
import { createFakeHost, firewallWith, RUNNING } from '../../support/fake-host.ts';

/** The sandbox needs flock(1), GNU coreutils and sha256sum(1). */
export const SANDBOX_RUNS = process.platform === 'linux';

/** Both programs log what they were asked, as the scripts' only trace of order. */
const SYSTEMCTL = `#!/bin/sh
cd "$SANDBOX/systemd" || exit 9
echo "systemctl $*" >>calls
case $1 in
  is-active) case $2 in *.timer) [ -e "timer" ] && echo active || echo inactive ;; *) cat active ;; esac
    exit 0 ;;
  is-enabled) [ -e "$SANDBOX/etc/systemd/system/$2" ] || exit 1
    [ -e wanted ] && echo enabled || echo disabled
    exit 0 ;;
  show) exit 0 ;;
  start | restart)
    [ -e start-fails ] && grep -q "$(cat start-fails)" "$SANDBOX/etc/systemd/system/$2" && { echo "Job for $2 failed." >&2; exit 1; }
    echo active >active; n=$(cat run); echo $((n + 1)) >run
    if grep -q firewall-cmd "$SANDBOX/etc/systemd/system/$2"; then : >../port-runtime; : >../port-permanent; fi ;;
  stop) case $2 in *.service) [ -e stop-hangs ] && { echo 'Job is stuck' >&2; exit 1; } ;; esac
    case $2 in *.timer) rm -f timer ;; *) echo inactive >active
    grep -q firewall-cmd "$SANDBOX/etc/systemd/system/$2" 2>/dev/null && rm -f ../port-runtime ../port-permanent ;; esac ;;
  enable) : >wanted ;;
  disable) [ -e disable-fails ] && { echo 'Unit is masked' >&2; exit 1; }
    rm -f wanted ;;
  daemon-reload) [ -e reload-fails ] && { echo 'Reload refused' >&2; exit 1; }
    rm -f stale ;;
esac
exit 0
`;

const FIREWALL_CMD = `#!/bin/sh
cd "$SANDBOX" || exit 9
echo "firewall-cmd $*" >>systemd/calls
where=runtime
for word; do
  case $word in
    --add-port=* | --remove-port=*) [ -e systemd/no-firewall ] && { echo 'FirewallD is not running' >&2; exit 252; } ;;
  esac
  case $word in
    --permanent) where=permanent ;;
    --query-port=*) [ -e "port-$where" ]; exit ;;
    --add-port=*) : >"port-$where" ;;
    --remove-port=*) rm -f "port-$where" ;;
  esac
done
`;

const SYSTEMD_RUN = `#!/bin/sh
cd "$SANDBOX/systemd" || exit 9
[ -e no-timers ] && { echo 'Failed to start transient timer unit' >&2; exit 1; }
echo "systemd-run $*" >>calls
while [ "$1" != /bin/sh ]; do shift; done
echo "$*" >timer
`;

const PYTHON3 = `#!/bin/sh
echo 3.9
`;

export interface SandboxState {
  readonly active?: 'active' | 'inactive' | 'failed';
  readonly enabled?: boolean;
  readonly port?: boolean;
}

export interface HangingCommand {
  /** What the link carried no further comes to its end after all, as sshd gives it up. */
  end(): void;
  readonly ended: Promise<number | null>;
}

export interface Sandbox {
  readonly host: Host;
  readonly place: Place;
  readonly root: string;
  /** Every file under the root that a deployment may touch: `path mode content`, and the state of the service. */
  snapshot(): string[];
  write(path: string, content: string, mode?: number): void;
  read(path: string): string;
  exists(path: string): boolean;
  /** What systemctl, firewall-cmd and systemd-run were asked, in order. */
  calls(): string[];
  /** What systemd's timer would do when its time has come. @returns false when none is armed */
  fireTimer(): Promise<boolean>;
  /** Starts a command that changes the host, and leaves the end of its input open, as a lost link does. */
  hang(argv: readonly string[], input: string): HangingCommand;
  /** Is called before every command; may throw, as a lost link does, or return a function that does so after it. */
  interfere: (argv: readonly string[]) => (() => void) | undefined;
  /** What the server answers; null: nobody listens. */
  answer: string | null;
  /** Whether the running server listens yet. */
  isListening: () => boolean;
  dial(): Promise<Duplex>;
}

export function createSandbox(state: SandboxState = {}): Sandbox {
  const root = mkdtempSync(join(tmpdir(), 'tp5-deploy-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['bin', 'opt', 'etc/systemd/system', 'var/lib', 'systemd']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const programs = { systemctl: SYSTEMCTL, 'firewall-cmd': FIREWALL_CMD, 'systemd-run': SYSTEMD_RUN };
  for (const [name, text] of Object.entries({ ...programs, python3: PYTHON3 })) {
    writeFileSync(join(root, 'bin', name), text);
    chmodSync(join(root, 'bin', name), 0o755);
  }
  const keep = (name: string, value: string): void =>
    writeFileSync(join(root, 'systemd', name), `${value}\n`);
  keep('active', state.active ?? 'inactive');
  if (state.enabled) keep('wanted', '');
  keep('run', '1');
  if (state.port) for (const name of ['port-runtime', 'port-permanent']) writeFileSync(join(root, name), '');

  const fake = createFakeHost();
  const { uid, gid } = userInfo();
  const names = { user: '', group: '' };
  const env = {
    ...process.env,
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    SANDBOX: root,
    LC_ALL: 'C',
  };
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const is = (path: string): boolean => existsSync(join(root, path));

  /** Announces what the commands have changed, as the bus would. */
  function announce(): void {
    const active = read('systemd/active').trim() as 'active' | 'inactive' | 'failed';
    fake.service({
      ...RUNNING,
      active,
      sub: active === 'active' ? 'running' : active === 'failed' ? 'failed' : 'dead',
      mainPid: active === 'active' ? 1000 + Number(read('systemd/run')) : 0,
      enabled: is('etc/systemd/system/calculatrice.service')
        ? is('systemd/wanted')
          ? 'enabled'
          : 'disabled'
        : '',
      invocationId: `run-${read('systemd/run').trim()}`,
      needsReload: is('systemd/stale'),
      sinceWall: active === 'active' ? Date.now() + 60_000 : null,
    });
    fake.firewall(firewallWith(is('port-runtime') ? ['13337'] : [], is('port-permanent') ? ['13337'] : []));
  }

  const sandbox: Sandbox = {
    host: { ...fake.host, run },
    place: {
      app: join(root, 'opt/calculatrice'),
      unitFile: join(root, 'etc/systemd/system/calculatrice.service'),
      state: join(root, 'var/lib/tp5-tui'),
      get owner() {
        return `${names.user}:${names.group}`;
      },
    },
    root,
    snapshot() {
      const files = [...walk(root, 'opt'), ...walk(root, 'etc')];
      const marks = ['systemd/wanted', 'port-runtime', 'port-permanent'].map((name) => `${name} ${is(name)}`);
      return [...files, `active ${read('systemd/active').trim()}`, ...marks];
    },
    write(path, content, mode = 0o644) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), content);
      chmodSync(join(root, path), mode);
    },
    read,
    exists: is,
    calls: () => (is('systemd/calls') ? read('systemd/calls').trimEnd().split('\n') : []),
    async fireTimer() {
      if (!is('systemd/timer')) return false;
      const argv = read('systemd/timer').trim().split(' ');
      rmSync(join(root, 'systemd/timer'));
      const { code, stderr } = await execute(argv, {}, env);
      if (code !== 0) throw new Error(stderr);
      announce();
      return true;
    },
    hang(argv, input) {
      const [program = '', ...args] = argv;
      const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      child.stdin.on('error', () => undefined);
      child.stdin.write(input);
      return {
        end: () => child.stdin.end(),
        ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
      };
    },
    interfere: () => undefined,
    answer: '5',
    isListening: () => true,
    async dial() {
      if (read('systemd/active').trim() !== 'active' || sandbox.answer === null) {
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      }
      const { answer } = sandbox;
      const stream = new Duplex({
        read: () => undefined,
        write(_chunk, _encoding, done) {
          stream.push(answer);
          done();
        },
      });
      return stream;
    },
  };
  fake.answers.dial = () => sandbox.dial();
  fake.answers.listeners = async () => {
    const listens =
      read('systemd/active').trim() === 'active' && sandbox.answer !== null && sandbox.isListening();
    return { listeners: listens ? [{ address: '10.5.1.2', port: 13337, waiting: 0 }] : [], clients: [] };
  };

  async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    options.signal?.throwIfAborted();
    const after = sandbox.interfere(argv);
    const result = await execute(argv, options, env);
    announce();
    after?.();
    return result;
  }

  names.user = ownerName('passwd', uid);
  names.group = ownerName('group', gid);
  announce();
  return sandbox;
}

/** As stat(1) prints it. */
function ownerName(database: 'passwd' | 'group', id: number): string {
  const line = readFileSync(`/etc/${database}`, 'utf8').split('\n');
  return line.map((entry) => entry.split(':')).find((fields) => fields[2] === `${id}`)?.[0] ?? `${id}`;
}

function walk(root: string, path: string): string[] {
  const info = lstatSync(join(root, path));
  const mode = (info.mode & 0o7777).toString(8);
  if (info.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path))}`];
  if (!info.isDirectory()) {
    // The root is another one in each sandbox.
    const text = readFileSync(join(root, path), 'utf8').replaceAll(root, '');
    return [`${path} ${mode} ${info.mtimeMs} ${text}`];
  }
  const names = readdirSync(join(root, path)).sort();
  return [`${path}/ ${mode}`, ...names.flatMap((name) => walk(root, join(path, name)))];
}

const underWay = new Set<Promise<unknown>>();

/** Resolves when the commands that run in the sandboxes now are over; null when none runs. */
export function commandsOver(): Promise<unknown> | null {
  return underWay.size > 0 ? Promise.allSettled(underWay) : null;
}

function execute(argv: readonly string[], options: RunOptions, env: NodeJS.ProcessEnv): Promise<RunResult> {
  const command = started(argv, options, env);
  underWay.add(command);
  const over = (): void => void underWay.delete(command);
  command.then(over, over);
  return command;
}

function started(argv: readonly string[], options: RunOptions, env: NodeJS.ProcessEnv): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, { env });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      out.stderr += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...out, truncated: false }));
  });
}

/** What `Host.run` throws when the link is gone. */
export function lostLink(): never {
  throw new Failed({ code: 'link-lost', detail: 'no answer to keepalives' });
}
