/** A folder that is the user's alone, for sockets: where the runtime folder is, or among temporary files. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failed } from '../failure.ts';

/** `sun_path` is 104 bytes on macOS, 108 on Linux; ssh binds a name that is 17 longer than the socket's. */
const LONGEST_PATH = 104 - 17 - 1;

/** @throws Failed `unavailable` when no folder is to be had whose name is short enough for a socket */
export async function privateFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const bases = [env.XDG_RUNTIME_DIR, tmpdir(), '/tmp'].filter((base) => base !== undefined && base !== '');
  let why = 'the name is too long for a socket';
  for (const base of bases) {
    const prefix = join(base ?? '', 'tp5-');
    if (Buffer.byteLength(join(`${prefix}XXXXXX`, 's')) > LONGEST_PATH) continue;
    try {
      // 0700, whatever the umask.
      return await mkdtemp(prefix);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Failed({ code: 'unavailable', what: bases.join(', '), detail: why });
}
