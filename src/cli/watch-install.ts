/** `watch --install`: a systemd unit that runs this very command, and how to start it. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { shellWord } from '../ops/checks/shell-word.ts';
import { UNIT_NAME, unitFile } from '../ops/watch/unit-file.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { Language } from '../text/language.ts';
import { COMMANDS, flagsOf } from './command-table.ts';
import { UsageError } from './invocation.ts';
import type { Io } from './io.ts';

export interface InstallOptions {
  readonly system: boolean;
  readonly dryRun: boolean;
  /** The words of this call that the unit is to run with: hosts and options, none of `--install`'s own. */
  readonly words: readonly string[];
  /** What the unit says it guards. */
  readonly names: readonly string[];
  readonly webhookFile: string | null;
  readonly text: Catalogue;
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  /** The program: Node and our launcher, absolute. */
  readonly program: readonly string[];
  readonly platform: NodeJS.Platform;
  /** @returns whether it had to be written. @default writes the file */
  readonly write?: (path: string, text: string) => Promise<boolean>;
}

/** @returns the exit code. @throws UsageError */
export async function installUnit(options: InstallOptions): Promise<number> {
  const { system, words, names, webhookFile, text, io, env, program, write = writeIfOther } = options;
  if (options.platform !== 'linux') throw new UsageError(text.watch.usage.installNeedsLinux);
  const awkward = [webhookFile ?? '', ...program, ...words].find((word) => /[\n\r\0]/.test(word));
  if (awkward !== undefined) throw new UsageError(text.watch.usage.awkwardPath(awkward));
  const unit = unitFile({
    command: [...program, 'watch', ...words],
    webhookFile,
    // sudo says who is behind root: the keys to the hosts are theirs.
    manager: system ? { kind: 'system', user: env.SUDO_USER || userInfo().username } : { kind: 'user' },
    description: text.watch.install.description(names),
  });
  if (options.dryRun) {
    io.stdout.write(unit);
    return 0;
  }
  const path = unitPath(system, env);
  const said = text.watch.install;
  let code = 0;
  try {
    const written = await write(path, unit);
    io.stderr.write(`${written ? said.written(path) : said.unchanged(path)}\n`);
  } catch (error) {
    const { code: why, message } = error as NodeJS.ErrnoException;
    if (!system || (why !== 'EACCES' && why !== 'EPERM')) {
      io.stderr.write(`${text.watch.says('watch', said.notWritable(path, message))}\n`);
      return 1;
    }
    // Not all of it under sudo: that would read root's settings in place of this user's.
    io.stderr.write(`${text.watch.says('watch', said.rootOnly(path))}\n`);
    io.stdout.write(`${printed(options)} | sudo tee ${path} >/dev/null\n`);
    code = 1;
  }
  const systemctl = system ? 'sudo systemctl' : 'systemctl --user';
  io.stderr.write(`${said.next}\n`);
  io.stdout.write(`${systemctl} daemon-reload\n${systemctl} enable --now ${UNIT_NAME}\n`);
  if (!system) {
    io.stderr.write(`${said.linger}\n`);
    io.stdout.write('loginctl enable-linger\n');
  }
  io.stderr.write(`${said.agentHint}\n`);
  return code;
}

/** This very command, as one that prints the unit. */
function printed({ program, words, webhookFile }: InstallOptions): string {
  const webhook = webhookFile === null ? [] : [`--webhook-file=${webhookFile}`];
  const all = [...program, 'watch', '--install', '--system', '--dry-run', ...webhook, ...words];
  return all.map(shellWord).join(' ');
}

function unitPath(system: boolean, env: NodeJS.ProcessEnv): string {
  if (system) return join('/etc/systemd/system', UNIT_NAME);
  return join(resolve(env.XDG_CONFIG_HOME || join(homedir(), '.config')), 'systemd', 'user', UNIT_NAME);
}

/** @returns whether it had to be written */
async function writeIfOther(path: string, text: string): Promise<boolean> {
  const before = await readFile(path, 'utf8').catch(() => null);
  if (before === text) return false;
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  // Anybody may read a unit: the webhook's address is not in it.
  await writeFile(partial, text, { mode: 0o644 });
  await rename(partial, path);
  return true;
}

/** `--install`'s own options, and what a unit gets in another way. */
const LEFT_OUT = new Set(['install', 'system', 'dryRun', 'testAlert', 'webhookFile', 'lang', 'input']);

/**
 * The hosts and options of this call as words for the unit: files as absolute paths, since a unit has a folder
 * of its own, and the language named, since a unit may have no locale.
 */
export function unitWords(hosts: readonly string[], options: object, language: Language): readonly string[] {
  const spec = COMMANDS.find(({ name }) => name === 'watch');
  const given = new Map(Object.entries(options));
  const specs = [...(spec?.options ?? []), ...(spec?.shared ?? [])];
  const words = specs.flatMap((option) => {
    const { long } = flagsOf(option);
    const name = long.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const value = given.get(name);
    if (LEFT_OUT.has(name) || value === undefined) return [];
    if (value === true) return [long];
    const text = String(value);
    // `--unit=-x`: one word, so that a value is never taken for an option.
    return [`${long}=${option.value === 'file' ? resolve(text) : text}`];
  });
  return [...words, `--lang=${language}`, ...hosts];
}
