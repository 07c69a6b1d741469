/** Which host and which service are meant: the options over the settings, decided once for every command. */
import type { Dialect } from '../calc/dialect.ts';
import type { ProbeSetting } from '../ops/caution/restraint.ts';
import type { UnitManager } from '../ops/host.ts';
import { parsePlace, withoutBrackets } from '../ops/place.ts';
import type { CarrierName } from '../ops/transport/carrier-name.ts';
import { type CalculatorSettings, spokenTo } from './calculator-settings.ts';
import type { ExpectSettings, SettingsFile } from './settings.ts';

/** Options of the command line that say which host and service are meant. */
export interface TargetOptions {
  /** The positional `[user@]host`, a name from `[hosts]` among them, or `--host`. */
  readonly host?: string | undefined;
  readonly user?: string | undefined;
  readonly identity?: string | undefined;
  readonly unit?: string | undefined;
  /** A unit of the user's own manager, `systemctl --user`; beside a `unit` it wins. */
  readonly user_unit?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** Whether the service is the exercise's calculator, and may be asked `2+3`; a table: it is. */
  readonly calculator?: CalculatorSettings | undefined;
  /** Seconds. */
  readonly shell_timeout?: number | undefined;
  /** Whether the service is dialled whatever is known of it, looked at without, or left alone. */
  readonly probe?: ProbeSetting | undefined;
  readonly transport?: CarrierName | undefined;
}

/** The host and the service that the program works on, all decided. */
export interface Target {
  /** Host name, address or SSH alias; null with `--local` and `--demo`, or when nothing names one. */
  readonly host: string | null;
  readonly sshPort: number | null;
  readonly user: string | null;
  readonly identity: string | null;
  readonly unit: string;
  /** Whose unit it is: the system's, or the user's own (`systemctl --user`). */
  readonly manager: UnitManager;
  /** null: the host's own address. */
  readonly address: string | null;
  readonly port: number;
  readonly calculator: boolean;
  /** How the calculator is spoken to; null: that is learnt. */
  readonly dialect: Dialect | null;
  /** How long an answer is waited for, where the settings say so. */
  readonly answerTimeoutMs: number | null;
  /** Seconds that the host's shell is given to run our first command, once it has let us in. */
  readonly shell_timeout: number;
  /** null: dialled, unless that does harm. */
  readonly probe: ProbeSetting | null;
  /** What carries the SSH connection; null: by what the host needs. */
  readonly transport: CarrierName | null;
  /** What `check` and `report` should find there, and `deploy` bring, in place of what the exercise says. */
  readonly expect: ExpectSettings;
}

export const DEFAULT_UNIT = 'calculatrice.service';
export const DEFAULT_PORT = 13337;
const DEFAULT_SHELL_TIMEOUT = 15;

/** Options win over the named host's table, which wins over the file's top level. */
export function decideTarget(options: TargetOptions, file: SettingsFile): Target {
  const named = options.host === undefined ? undefined : file.hosts?.[options.host];
  const layers: readonly TargetOptions[] = [
    named === undefined ? options : { ...options, host: undefined },
    ...(named === undefined ? [] : [named]),
    file,
  ];
  const pick = <K extends keyof TargetOptions>(key: K): TargetOptions[K] =>
    layers.map((layer) => layer[key]).find((value) => value !== undefined);
  const naming = layers.find((layer) => layer.user_unit !== undefined || layer.unit !== undefined);
  const manager = naming?.user_unit === undefined ? 'system' : 'user';
  const unit = completeUnit(naming?.user_unit ?? naming?.unit ?? DEFAULT_UNIT);
  const address = pick('address');
  // A named table without a `host` is named after it.
  const hostText = named === undefined ? pick('host') : (named.host ?? options.host);
  const place = hostText === undefined || hostText === '' ? null : parsePlace(hostText);
  // `paul@host` as typed wins over a `user` of the settings, and says nothing about another host.
  const user = layers.map((layer) => layer.user ?? (layer.host === hostText ? place?.user : null));
  return {
    host: place?.host ?? null,
    sshPort: place?.port ?? null,
    user: user.find((each) => each != null) ?? place?.user ?? null,
    identity: pick('identity') ?? null,
    unit,
    manager,
    address: address === undefined ? null : withoutBrackets(address),
    port: pick('port') ?? DEFAULT_PORT,
    // Another service may not like to be sent `2+3`: unless the settings say so, it is only connected to.
    calculator: (pick('calculator') ?? unit === DEFAULT_UNIT) !== false,
    ...spokenTo(layers.map(({ calculator }) => calculator)),
    shell_timeout: pick('shell_timeout') ?? DEFAULT_SHELL_TIMEOUT,
    probe: pick('probe') ?? null,
    transport: pick('transport') ?? null,
    expect: { ...file.expect, ...named?.expect },
  };
}

/** systemctl(1) takes `calculatrice` for `calculatrice.service`, and so do we. */
function completeUnit(unit: string): string {
  return unit.includes('.') ? unit : `${unit}.service`;
}
