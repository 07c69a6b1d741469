/** From what is there to what is wanted: the steps, in the order in which they are safe. Pure. */
import type { ServiceFacts } from '../host.ts';
import type { FoundFile } from './look.ts';
import { FILE_MODE, FOLDER_MODE } from './place.ts';

export interface WantedFile {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface WantedState {
  readonly unit: string;
  readonly folder: string;
  /** The application's files, all in `folder`. */
  readonly app: readonly WantedFile[];
  readonly unitFile: WantedFile;
  readonly owner: string;
}

export interface CurrentState {
  readonly folder: FoundFile;
  /** In the order of `WantedState.app`. */
  readonly app: readonly FoundFile[];
  readonly unitFile: FoundFile;
  readonly service: Pick<ServiceFacts, 'active' | 'sub' | 'enabled' | 'needsReload' | 'sinceWall'>;
  /** Whether the port is open in the service's zone; null where that cannot be told. */
  readonly port: { readonly runtime: boolean | null; readonly permanent: boolean | null };
}

/** Why a running service is started anew. */
export type RestartReason = 'unit-changed' | 'app-changed' | 'older-than-files' | 'port-closed';

export type Step =
  | { readonly kind: 'mkdir'; readonly path: string; readonly before: null; readonly after: string }
  | {
      readonly kind: 'write';
      readonly path: string;
      /** Text that was there, `-> TARGET` of a link; null when there was none, or it was too long to be read. */
      readonly before: string | null;
      readonly after: string;
      readonly content: Uint8Array;
      /** @default `FILE_MODE`, and the place's owner */
      readonly mode?: string;
      readonly owner?: string;
    }
  | {
      readonly kind: 'chmod' | 'chown';
      readonly path: string;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly kind: 'stop' | 'daemon-reload' | 'reset-failed' | 'enable' | 'start' | 'restart';
      /** The unit's name. */
      readonly path: string;
      /** The unit's state, or its unit file's. */
      readonly before: string;
      readonly after: string;
      readonly reason?: RestartReason;
    };

/** Empty when there is nothing to do. */
export function plan(current: CurrentState, wanted: WantedState): Step[] {
  const app = [
    ...folderSteps(current.folder, wanted),
    ...wanted.app.flatMap((file, index) => fileSteps(current.app[index], file, wanted.owner)),
  ];
  const unit = fileSteps(current.unitFile, wanted.unitFile, wanted.owner);
  return [...serviceSteps(current, wanted, app, unit)];
}

function folderSteps(found: FoundFile, { folder, owner }: WantedState): Step[] {
  if (found.kind === 'absent') {
    return [{ kind: 'mkdir', path: folder, before: null, after: `${FOLDER_MODE} ${owner}` }];
  }
  // A link to a folder is somebody's choice, and its mode says nothing.
  return found.kind === 'folder' ? rightSteps(found, FOLDER_MODE, owner) : [];
}

function fileSteps(found: FoundFile | undefined, file: WantedFile, owner: string): Step[] {
  const same =
    found?.kind === 'file' && found.content !== null && Buffer.compare(found.content, file.content) === 0;
  if (same) return rightSteps(found, FILE_MODE, owner);
  const { path, content } = file;
  return [{ kind: 'write', path, before: textBefore(found), after: decode(content), content }];
}

function rightSteps(found: FoundFile, mode: string, owner: string): Step[] {
  const { path } = found;
  return [
    ...(found.owner === owner ? [] : [{ kind: 'chown' as const, path, before: found.owner, after: owner }]),
    ...(found.mode === mode ? [] : [{ kind: 'chmod' as const, path, before: found.mode, after: mode }]),
  ];
}

function textBefore(found: FoundFile | undefined): string | null {
  if (found?.kind === 'link') return `-> ${found.target ?? ''}\n`;
  return found?.content ? decode(found.content) : null;
}

function decode(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

function* serviceSteps(
  { service, port, app: appFiles, unitFile }: CurrentState,
  { unit }: WantedState,
  app: readonly Step[],
  unitSteps: readonly Step[],
): Generator<Step> {
  const written = (steps: readonly Step[]): boolean => steps.some((step) => step.kind === 'write');
  const running = service.active === 'active' || service.active === 'reloading';
  const waiting = service.active === 'activating' || service.active === 'deactivating';
  const state = `${service.active} (${service.sub})`;

  // Stopped by its old lines, which close the port that they opened.
  const stops = written(unitSteps) && (running || waiting);
  if (stops) yield { kind: 'stop', path: unit, before: state, after: 'inactive', reason: 'unit-changed' };
  yield* app;
  yield* unitSteps;
  if (written(unitSteps) || service.needsReload) {
    yield {
      kind: 'daemon-reload',
      path: unit,
      before: service.needsReload ? 'stale' : 'loaded',
      after: 'loaded',
    };
  }
  if (service.active === 'failed') {
    yield { kind: 'reset-failed', path: unit, before: state, after: 'inactive' };
  }
  if (service.enabled !== 'enabled') {
    yield { kind: 'enable', path: unit, before: service.enabled || 'not-found', after: 'enabled' };
  }
  if (stops || !running) {
    yield {
      kind: waiting && !stops ? 'restart' : 'start',
      path: unit,
      before: stops ? 'inactive' : state,
      after: 'active',
    };
    return;
  }
  const reason = service.needsReload
    ? 'unit-changed'
    : written(app)
      ? 'app-changed'
      : olderThan(service.sinceWall, [...appFiles, unitFile])
        ? 'older-than-files'
        : port.runtime === false || port.permanent === false
          ? 'port-closed'
          : null;
  if (reason !== null) yield { kind: 'restart', path: unit, before: state, after: 'active', reason };
}

/** A file that was changed since the process started: what runs is not what is there. */
function olderThan(sinceWall: number | null, files: readonly FoundFile[]): boolean {
  return sinceWall !== null && files.some((file) => file.modifiedSec * 1000 > sinceWall);
}
