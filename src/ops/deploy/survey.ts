/** What is there, what is wanted, and the plan between the two. Changes nothing on the host. */
import { isLoopback, isWildcard } from '../address.ts';
import type { Clock } from '../clock.ts';
import { entriesTo } from '../firewall/entry.ts';
import type { FirewallFacts, Host, InterfaceAddress } from '../host.ts';
import { zoneOf } from '../zone.ts';
import { type AddressInCode, type AppFile, findServer, readServer, type ServerTraits } from './app-files.ts';
import { asset } from './assets.ts';
import { first } from './first.ts';
import { type FoundFile, type Look, look } from './look.ts';
import { type Place, placeOf } from './place.ts';
import { type CurrentState, plan, type Step, type WantedState } from './plan.ts';
import { DeployStopped } from './problem.ts';
import { RESTART_SEC, readUnit, unitFile } from './unit-file.ts';

export interface DeployWish {
  readonly unit: string;
  readonly port: number;
  /** The address that the settings name for the service; null: none. */
  readonly address: string | null;
  /** The address to listen on; null: what the unit says now, else the service's. */
  readonly listen: string | null;
  /** The user's own application; null: our server. */
  readonly files: readonly AppFile[] | null;
  readonly hardened: boolean;
  /** Seconds from a failure to the restart. @default `RESTART_SEC` */
  readonly restartSec?: number;
  /** Asks `2+3` of what was deployed. */
  readonly asksAnswers: boolean;
  /** @default `placeOf(unit)` */
  readonly place?: Place;
}

/** What a reader of the plan should know besides its steps. */
export type Note =
  | { readonly code: 'loopback'; readonly address: string }
  | { readonly code: 'address-in-code'; readonly where: AddressInCode; readonly wanted: string }
  | { readonly code: 'address-unknown'; readonly file: string; readonly wanted: string }
  | { readonly code: 'port-in-code'; readonly file: string; readonly port: number }
  | { readonly code: 'no-firewall-cmd' | 'firewalld-stopped' }
  | { readonly code: 'drop-ins'; readonly paths: readonly string[] };

export interface Survey {
  readonly wish: DeployWish;
  readonly place: Place;
  readonly listen: string;
  /** The zone of the address; null when there is no firewalld to ask. */
  readonly zone: string | null;
  /** Whether the unit has to name it. */
  readonly zoneIsDefault: boolean;
  readonly server: string;
  readonly wanted: WantedState;
  readonly steps: readonly Step[];
  readonly notes: readonly Note[];
  readonly firewallRunning: boolean;
  /** Of the run that there was at the time; '' when there was none. */
  readonly invocationId: string;
  /** The host's wall clock, seconds since the epoch. */
  readonly nowSec: number;
}

export interface SurveyOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

const FACTS_WITHIN_MS = 10_000;
const OUR_SERVER: ServerTraits = {
  name: 'server.py',
  listenOption: '--listen',
  portOption: '--port',
  addressInCode: null,
  logFolder: null,
};
const NEEDED = ['systemctl', 'systemd-run', 'flock', 'sha256sum', 'mktemp', 'timeout'];

/** @throws DeployStopped when it cannot be deployed as wished; Failed */
export async function survey(host: Host, wish: DeployWish, options: SurveyOptions): Promise<Survey> {
  const { signal } = options;
  const place = wish.place ?? placeOf(wish.unit);
  const server = serverOf(wish.files);
  const app = (wish.files ?? [ourServer()]).map(({ name, content }) => ({
    path: `${place.app}/${name}`,
    content,
  }));
  const paths = [place.app, place.unitFile, ...app.map((file) => file.path)];
  const within = { ...options, timeoutMs: FACTS_WITHIN_MS };
  const [seen, service, firewall, interfaces] = await Promise.all([
    look(host, { state: place.state, unit: wish.unit }, paths, signal),
    first(host.service, (facts) => facts, { ...within, what: 'unit' }),
    first(host.firewall, (facts) => facts, { ...within, what: 'firewall' }),
    host.listeners.interfaces(),
  ]);
  const python = usablePython(seen);
  const [folder, unitFound, ...appFound] = seen.files;
  if (folder === undefined || unitFound === undefined) throw new Error('look.sh left out a path');
  const inTheWay = [
    ...(folder.kind === 'file' ? [folder] : []),
    ...[unitFound, ...appFound].filter(isNoFile),
  ];
  for (const { path } of inTheWay) throw new DeployStopped({ code: 'in-the-way', path });

  const keeps = readUnit(unitFound.content === null ? '' : new TextDecoder().decode(unitFound.content));
  const listen = wish.listen ?? keeps.listen ?? wish.address ?? host.info.address;
  checkAddress(listen, interfaces);
  const zone = firewall.running ? zoneOf(firewall, interfaces, listen) : null;
  const entries = zone === null ? null : entriesTo(zone, firewall, wish.port);
  const zoneIsDefault = zone === null || zone.name === firewall.defaultZone;
  const firewallCmd = seen.programs.get('firewall-cmd') ?? null;
  const unitText = unitFile({
    description: keeps.description ?? describe(wish.unit),
    python: python.path,
    script: `${place.app}/${server.name}`,
    arguments: [
      ...(server.listenOption === null ? [] : [server.listenOption, listen]),
      ...(server.portOption === null || wish.port === DEFAULT_PORT
        ? []
        : [server.portOption, `${wish.port}`]),
    ],
    port: wish.port,
    firewallCmd,
    zone: zoneIsDefault ? null : zone.name,
    logFolder: server.logFolder,
    restartSec: wish.restartSec ?? RESTART_SEC,
    hardened: wish.hardened,
  });
  const wanted: WantedState = {
    unit: wish.unit,
    folder: place.app,
    app,
    unitFile: { path: place.unitFile, content: new TextEncoder().encode(unitText) },
    owner: place.owner,
  };
  const current: CurrentState = {
    folder,
    app: appFound,
    unitFile: unitFound,
    service,
    port: {
      runtime: entries?.runtime?.open ?? null,
      permanent: entries?.permanent?.open ?? null,
    },
  };
  return {
    wish,
    place,
    listen,
    zone: zone?.name ?? null,
    zoneIsDefault,
    server: server.name,
    wanted,
    steps: plan(current, wanted),
    notes: [...notes({ wish, server, listen, firewall, firewallCmd, seen })],
    firewallRunning: firewall.running,
    invocationId: service.invocationId,
    nowSec: seen.nowSec,
  };
}

/** The port that the exercise's server takes when none is named. */
const DEFAULT_PORT = 13337;

function ourServer(): AppFile {
  return { name: OUR_SERVER.name, content: new TextEncoder().encode(asset('server.py')) };
}

function serverOf(files: readonly AppFile[] | null): ServerTraits {
  const server = files === null ? null : findServer(files);
  return server === null ? OUR_SERVER : readServer(server);
}

/** A link may be written over: what it leads to is left alone. */
function isNoFile(found: FoundFile): boolean {
  return found.kind === 'folder' || found.kind === 'other';
}

function usablePython({ python, programs }: Look): { readonly path: string } {
  const missing = NEEDED.filter((program) => !programs.has(program));
  if (missing.length > 0) throw new DeployStopped({ code: 'missing-programs', programs: missing });
  const [major = 0, minor = 0] = (python?.version ?? '').split('.').map(Number);
  if (python === null || major < 3 || (major === 3 && minor < 6)) {
    throw new DeployStopped({ code: 'no-python', version: python?.version ?? null });
  }
  return python;
}

function checkAddress(address: string, interfaces: readonly InterfaceAddress[]): void {
  const addresses = interfaces.map((held) => held.address);
  if (isWildcard(address) || isLoopback(address) || addresses.includes(address)) return;
  throw new DeployStopped({ code: 'address-not-here', address, addresses });
}

/** The exercise's words for its own unit. */
function describe(unit: string): string {
  return unit === 'calculatrice.service' ? 'Super calculatrice réseau' : unit.replace(/\.service$/, '');
}

function* notes(seen: {
  readonly wish: DeployWish;
  readonly server: ServerTraits;
  readonly listen: string;
  readonly firewall: FirewallFacts;
  readonly firewallCmd: string | null;
  readonly seen: Look;
}): Generator<Note> {
  const { server, listen, wish } = seen;
  if (server.addressInCode !== null && server.addressInCode.address !== listen) {
    yield { code: 'address-in-code', where: server.addressInCode, wanted: listen };
  } else if (server.listenOption === null && server.addressInCode === null) {
    yield { code: 'address-unknown', file: server.name, wanted: listen };
  }
  if (server.portOption === null && wish.port !== DEFAULT_PORT) {
    yield { code: 'port-in-code', file: server.name, port: wish.port };
  }
  if (isLoopback(listen)) yield { code: 'loopback', address: listen };
  if (seen.firewallCmd === null) yield { code: 'no-firewall-cmd' };
  else if (!seen.firewall.running) yield { code: 'firewalld-stopped' };
  if (seen.seen.dropIns.length > 0) yield { code: 'drop-ins', paths: seen.seen.dropIns };
}

/** Whether two surveys of a host would do the same: nothing was changed there in between. */
export function samePlan(one: Survey, other: Survey): boolean {
  const told = (found: Survey): string =>
    JSON.stringify(found.steps.map(({ kind, path, before, after }) => [kind, path, before, after]));
  return told(one) === told(other);
}
