/** One call of the program: what was typed, the settings, the language; what every command starts from. */
import { join } from 'node:path';
import type { CarrierName } from '../ops/transport/carrier-name.ts';
import { type Catalogue, catalogue, chooseLanguage } from '../text/catalogue.ts';
import type { Language } from '../text/language.ts';
import { type Folders, folders } from './folders.ts';
import { BadSettings, isUnitName, readSettings, type SettingsFile } from './settings.ts';
import { decideTarget, type Target } from './target.ts';

/** Options common to all commands, as commander hands them over. */
export interface CommonOptions {
  readonly host?: string;
  readonly user?: string;
  readonly identity?: string;
  readonly transport?: CarrierName;
  readonly unit?: string;
  readonly userUnit?: string;
  readonly address?: string;
  readonly port?: string;
  readonly local?: boolean;
  readonly demo?: boolean;
  readonly config?: string;
  readonly lang?: string;
  readonly readOnly?: boolean;
  /** commander's name for `--no-input`; true unless given. */
  readonly input?: boolean;
}

export interface Invocation {
  readonly via: 'ssh' | 'local' | 'demo';
  readonly target: Target;
  readonly settings: SettingsFile;
  /** The settings file, for messages. */
  readonly settingsPath: string;
  readonly folders: Folders;
  readonly text: Catalogue;
  readonly language: Language;
  readonly readOnly: boolean;
  /** Whether anything may be asked of the user. */
  readonly mayAsk: boolean;
}

/** Wrong usage or settings: exit code 2, and the sentence for stderr. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export async function readInvocation(
  hostArgument: string | undefined,
  options: CommonOptions,
  env: NodeJS.ProcessEnv,
): Promise<Invocation> {
  const early = catalogue(chooseLanguage(options.lang, env)).cli;
  if (options.lang !== undefined && options.lang !== 'en' && options.lang !== 'fr') {
    throw new UsageError(early.badLang(options.lang));
  }
  const port = options.port === undefined ? undefined : readPort(options.port);
  if (port === null) throw new UsageError(early.badPort(options.port ?? ''));
  for (const unit of [options.unit, options.userUnit]) {
    if (unit !== undefined && !isUnitName(unit)) throw new UsageError(early.badUnit(unit));
  }
  if (options.unit !== undefined && options.userUnit !== undefined) throw new UsageError(early.oneUnit);
  if (options.userUnit !== undefined && options.demo) throw new UsageError(early.noUserUnit('--demo'));
  const named = hostArgument ?? options.host;
  if ([named, options.local, options.demo].filter(Boolean).length > 1) throw new UsageError(early.oneMachine);
  const where = folders(env, process.platform);
  const settingsPath = options.config ?? join(where.config, 'config.toml');
  const settings = await readSettings(settingsPath, options.config !== undefined).catch((error: unknown) => {
    if (!(error instanceof BadSettings)) throw error;
    const { file, line, key, expected } = error.problem;
    throw new UsageError(early.badSettings(file, line, key, expected));
  });
  const language = chooseLanguage(options.lang ?? settings.lang, env);
  const target = decideTarget({ ...options, user_unit: options.userUnit, host: named, port }, settings);
  return {
    via: options.demo ? 'demo' : options.local ? 'local' : 'ssh',
    target,
    settings,
    settingsPath,
    folders: where,
    text: catalogue(language),
    language,
    readOnly: options.readOnly === true,
    mayAsk: options.input !== false,
  };
}

function readPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : null;
}
