/** The unit as it stands in its file and as systemd has loaded it: two things until a daemon-reload. */
import type { ServiceFacts } from '../host.ts';
import { fragmentPath, type UnitFile } from './unit.ts';

export interface UnitDefinition {
  readonly written: UnitFile;
  readonly loaded: UnitFile;
  /** Writes the file; what is loaded stays until `reload`. */
  edit(change: Partial<UnitFile>): void;
  reload(): void;
  setEnabled(enabled: boolean): void;
  facts(): DefinitionFacts;
}

export type DefinitionFacts = Pick<
  ServiceFacts,
  | 'unit'
  | 'description'
  | 'load'
  | 'type'
  | 'restart'
  | 'restartSecMs'
  | 'enabled'
  | 'needsReload'
  | 'fragmentPath'
  | 'dropInPaths'
  | 'triggeredBy'
>;

/** Loaded from its file and enabled. @param changed called after each change of the facts */
export function createDefinition(unit: UnitFile, changed: () => void): UnitDefinition {
  let written = unit;
  let loaded = unit;
  let enabled = true;
  return {
    get written() {
      return written;
    },
    get loaded() {
      return loaded;
    },
    edit(change) {
      written = { ...written, ...change };
      changed();
    },
    reload() {
      loaded = written;
      changed();
    },
    setEnabled(value) {
      enabled = value;
      changed();
    },
    facts: () => ({
      unit: loaded.name,
      description: loaded.description,
      load: 'loaded',
      type: 'simple',
      restart: loaded.restart,
      restartSecMs: loaded.restartSecMs,
      enabled: enabled ? 'enabled' : 'disabled',
      needsReload: written !== loaded,
      fragmentPath: fragmentPath(loaded),
      dropInPaths: [],
      triggeredBy: [],
    }),
  };
}
