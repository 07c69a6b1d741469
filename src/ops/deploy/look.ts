/** The files, programs and unfinished deployments of a host, read in one run of assets/look.sh. */
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';
import { asset } from './assets.ts';
import { parseRestored, type Restored } from './restored.ts';
import { asRoot, complaint } from './root-command.ts';

export interface FoundFile {
  readonly path: string;
  readonly kind: 'absent' | 'file' | 'folder' | 'link' | 'other';
  /** Octal, e.g. `644`; '' when absent. */
  readonly mode: string;
  /** `root:root`; '' when absent. */
  readonly owner: string;
  /** The host's wall clock, seconds since the epoch; 0 when absent. */
  readonly modifiedSec: number;
  /** null when it is no file, or one over 1 MiB. */
  readonly content: Uint8Array | null;
  /** Where a link leads. */
  readonly target: string | null;
}

/** A deployment that neither was committed nor put back by the one who began it. */
export interface Unfinished {
  /** Its folder on the host. */
  readonly folder: string;
  /**
   * `armed`: half done; `restoring`: being put back, or tried to; `restored`: the host has put back what was
   * there, by itself.
   */
  readonly stage: 'armed' | 'restoring' | 'restored';
  /** Seconds until the host puts it back by itself; null when nothing will. */
  readonly dueInSec: number | null;
  /** Who began it, e.g. `manon@pc`. Foreign text. */
  readonly by: string;
  /** What the host told when it put back, or tried to. */
  readonly told: Restored;
}

export interface Look {
  /** The host's wall clock, seconds since the epoch. */
  readonly nowSec: number;
  readonly python: { readonly path: string; readonly version: string } | null;
  /** Programs that were found, name to path. */
  readonly programs: ReadonlyMap<string, string>;
  /** Files that change the unit from beside it. */
  readonly dropIns: readonly string[];
  /** As many as there were paths, in their order. */
  readonly files: readonly FoundFile[];
  readonly unfinished: readonly Unfinished[];
}

/** @throws Failed `not-permitted`, `link-lost`, `host-error` */
export async function look(
  host: Host,
  { state, unit }: { readonly state: string; readonly unit: string },
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Look> {
  const options = { input: asset('look.sh'), ...(signal ? { signal } : {}) };
  const argv = ['sh', '-s', state, unit, ...paths];
  const result =
    host.info.privilege.kind === 'none' ? await host.run(argv, options) : await asRoot(host, argv, options);
  if (result.code !== 0) {
    throw new Failed({ code: 'host-error', name: 'look', detail: complaint(result) });
  }
  return parseLook(result.stdout, paths);
}

/** @param paths as they were handed to the script */
export function parseLook(text: string, paths: readonly string[]): Look {
  let nowSec = 0;
  let python: Look['python'] = null;
  const programs = new Map<string, string>();
  let dropIns: readonly string[] = [];
  const files: FoundFile[] = [];
  const unfinished: Unfinished[] = [];
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    const key = line.slice(0, space);
    const rest = line.slice(space + 1);
    const words = rest.split(' ');
    const amend = (more: Partial<FoundFile>): void => {
      const file = files.at(-1);
      if (file) files[files.length - 1] = { ...file, ...more };
    };
    switch (key) {
      case 'now':
        nowSec = Number(rest);
        break;
      case 'python':
        python = { version: words[0] ?? '', path: words.slice(1).join(' ') };
        break;
      case 'program':
        programs.set(words[0] ?? '', words.slice(1).join(' '));
        break;
      case 'dropins':
        dropIns = words.filter((word) => word !== '');
        break;
      case 'entry':
        files.push(foundFile(paths[files.length] ?? '', words));
        break;
      case 'content':
        amend({ content: Buffer.from(rest, 'base64') });
        break;
      case 'target':
        amend({ target: rest });
        break;
      case 'transaction': {
        const [stage, timer, due, ...folder] = words;
        if (stage !== 'armed' && stage !== 'restoring' && stage !== 'restored') break;
        const waits = timer === 'active' && stage !== 'restored';
        const dueInSec = waits ? Math.max(0, Number(due) - nowSec) : null;
        unfinished.push({
          folder: folder.join(' '),
          stage,
          dueInSec,
          by: '',
          told: { aside: [], wrong: [] },
        });
        break;
      }
      case 'by': {
        const last = unfinished.pop();
        if (last) unfinished.push({ ...last, by: rest });
        break;
      }
      case 'told': {
        const last = unfinished.pop();
        const { aside, wrong } = parseRestored(rest);
        const { told } = last ?? { told: { aside: [], wrong: [] } };
        if (last)
          unfinished.push({
            ...last,
            told: { aside: [...told.aside, ...aside], wrong: [...told.wrong, ...wrong] },
          });
        break;
      }
    }
  }
  return { nowSec, python, programs, dropIns, files, unfinished };
}

/** Types in st_mode, see inode(7). */
const KINDS = new Map<number, FoundFile['kind']>([
  [0o100000, 'file'],
  [0o040000, 'folder'],
  [0o120000, 'link'],
]);

function foundFile(path: string, words: readonly string[]): FoundFile {
  const absent: FoundFile = {
    path,
    kind: 'absent',
    mode: '',
    owner: '',
    modifiedSec: 0,
    content: null,
    target: null,
  };
  if (words[0] === 'absent') return absent;
  const mode = Number.parseInt(words[0] ?? '', 16);
  return {
    ...absent,
    kind: KINDS.get(mode & 0o170000) ?? 'other',
    mode: (mode & 0o7777).toString(8).padStart(3, '0'),
    owner: words[1] ?? '',
    modifiedSec: Number(words[2]),
  };
}
