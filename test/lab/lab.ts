/** The lab as test/lab/lab describes it, and that script's verbs, for the set-up and for the tests. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A lab that is up; what `lab describe` prints. */
export interface Lab {
  readonly name: string;
  /** Where its state is; `root` in it is the host's root file system. */
  readonly directory: string;
  readonly root: string;
  /** The operator's home: a key, and the host's keys in known_hosts. */
  readonly home: string;
  readonly hostNamespace: string;
  readonly pcNamespace: string;
  /** Process id of the host's systemd, as this machine counts. */
  readonly leader: number;
}

const script = fileURLToPath(new URL('lab', import.meta.url));

/**
 * Runs a verb of test/lab/lab.
 * @returns its stdout, without the last newline
 * @throws when it exits with anything but 0; the message holds its stderr
 */
export async function labScript(name: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', [script, ...args], {
    env: { ...process.env, TP5_LAB_NAME: name },
    maxBuffer: 64 << 20,
  });
  return stdout.replace(/\n$/, '');
}

export async function describeLab(name: string): Promise<Lab> {
  return JSON.parse(await labScript(name, 'describe'));
}
