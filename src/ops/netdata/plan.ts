/** From Netdata's files and unit as they are to what they should be: the steps, in the order in which they are done. Pure. */
import type { FoundFile } from '../deploy/look.ts';
import { FILE_MODE, FOLDER_MODE } from '../deploy/place.ts';
import type { Step } from '../deploy/plan.ts';
import { DeployStopped } from '../deploy/problem.ts';
import { maskedSettings } from './notify-conf.ts';
import { type Located, NETDATA_UNIT } from './place.ts';
import { netdataStopped } from './stopped.ts';

/** Of all that is made anew. */
export const OWNER = 'root:root';

/** @returns null when there is none. @throws DeployStopped */
export function textIn(file: FoundFile): string | null {
  if (file.kind === 'absent') return null;
  if (file.kind === 'link') {
    throw netdataStopped({ problem: 'link', path: file.path, target: file.target ?? '' });
  }
  if (file.kind !== 'file') throw new DeployStopped({ code: 'in-the-way', path: file.path });
  if (file.content === null) throw netdataStopped({ problem: 'too-long', path: file.path });
  return new TextDecoder().decode(file.content);
}

export interface Rights {
  /** @default as it is, or else what everybody may read */
  readonly mode?: string;
  readonly owner?: string;
  /** What is shown of it is masked. */
  readonly secret?: boolean;
}

export function* fileSteps(
  folder: FoundFile,
  file: FoundFile,
  text: string,
  rights: Rights,
): Generator<Step> {
  const { path } = file;
  if (folder.kind === 'absent') {
    yield { kind: 'mkdir', path: folder.path, before: null, after: `${FOLDER_MODE} ${OWNER}` };
  }
  const before = textIn(file);
  // A file that is there keeps what it has: who may read it was somebody's choice.
  const mode = rights.mode ?? (before === null ? FILE_MODE : file.mode);
  const owner = rights.owner ?? (before === null ? OWNER : file.owner);
  if (before !== text) {
    const shown = (whole: string): string => (rights.secret ? maskedSettings(whole) : whole);
    yield {
      kind: 'write',
      path,
      before: before === null ? null : shown(before),
      after: shown(text),
      content: new TextEncoder().encode(text),
      mode,
      owner,
    };
    return;
  }
  if (file.owner !== owner) yield { kind: 'chown', path, before: file.owner, after: owner };
  if (file.mode !== mode) yield { kind: 'chmod', path, before: file.mode, after: mode };
}

/** go.d reads its jobs when it starts: what was changed since needs Netdata started anew. */
export function* unitSteps(
  { active, sub, enabled, activeSinceSec }: Located,
  changes: readonly Step[],
  files: readonly FoundFile[],
): Generator<Step> {
  const state = `${active} (${sub})`;
  if (enabled === 'disabled') {
    yield { kind: 'enable', path: NETDATA_UNIT, before: enabled, after: 'enabled' };
  }
  if (active === 'failed')
    yield { kind: 'reset-failed', path: NETDATA_UNIT, before: state, after: 'inactive' };
  if (active !== 'active') {
    yield { kind: 'start', path: NETDATA_UNIT, before: state, after: 'active' };
    return;
  }
  const older = activeSinceSec !== null && files.some((file) => file.modifiedSec > activeSinceSec);
  if (changes.length > 0 || older) {
    const reason = changes.length > 0 ? 'app-changed' : 'older-than-files';
    yield { kind: 'restart', path: NETDATA_UNIT, before: state, after: 'active', reason };
  }
}
