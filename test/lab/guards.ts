/** Guards on the operator's PC, each with a home and a stand-in for Discord of its own, and what became of their alerts. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiscordMessage } from '../../src/ops/discord/message.ts';
import type { StandInAnswer } from '../support/discord.ts';
import { control, hostAddress, onHost } from './host.ts';
import { type Program, type ProgramOptions, programOnPc } from './programs.ts';

const launcher = fileURLToPath(new URL('../../bin/tp5-tui.js', import.meta.url));
const discordProcess = fileURLToPath(new URL('../support/discord-process.ts', import.meta.url));

/** What a guard prints on stdout. */
export interface Line {
  readonly at: string;
  readonly host: string | null;
  readonly event: string;
  readonly [key: string]: unknown;
}

/** What the stand-in was sent. */
export interface Sent {
  readonly address?: string;
  /** Milliseconds since the epoch; the machine's clock is everybody's here. */
  readonly atWall: number;
  readonly message: DiscordMessage;
  readonly taken: boolean;
  readonly answer: StandInAnswer;
}

export interface Discord {
  readonly address: string;
  readonly program: Program<Sent>;
  /** All that came, taken or not. */
  sent(): readonly Sent[];
  /** Ids of the events that the channel shows, in their order; one that it shows twice, twice. */
  shown(): readonly string[];
  /** How the next requests are answered; resolves when that holds. */
  answer(answers: readonly StandInAnswer[]): Promise<void>;
}

/** Listens on the operator's PC, and ends with the test. @param port 0 for any */
export async function discordOnPc(home: string, port = 0): Promise<Discord> {
  const program = programOnPc<Sent>(home, process.execPath, [discordProcess, String(port)], {
    listens: true,
  });
  const { address = '' } = await program.until((line) => line.address !== undefined);
  const sent = (): readonly Sent[] => program.lines.filter(({ message }) => message !== undefined);
  return {
    address,
    program,
    sent,
    shown: () => sent().flatMap(({ taken, message }) => (taken ? [eventOf(message)] : [])),
    async answer(answers) {
      const before = program.lines.length;
      program.tell({ answers });
      await program.until((line) => 'answers' in line && program.lines.indexOf(line) >= before);
    },
  };
}

/** The id of the event that the message tells, from its footer. */
export function eventOf({ embeds: [{ footer }] }: DiscordMessage): string {
  return /\bevent ([0-9a-f]{12})$/.exec(footer.text)?.[1] ?? `none in “${footer.text}”`;
}

export interface GuardOptions extends Pick<ProgramOptions, 'env'> {
  /** @default no alerts are sent */
  readonly discord?: Discord;
  readonly options?: readonly string[];
  /** A command that runs it. */
  readonly under?: readonly string[];
}

/** `tp5-tui watch` on the lab's host, as it is built. */
export function startGuard(home: string, { discord, options = [], under = [], env }: GuardOptions = {}) {
  const webhook = join(home, 'webhook');
  if (discord !== undefined) writeFileSync(webhook, discord.address, { mode: 0o600 });
  const alerts = discord === undefined ? [] : ['--webhook-file', webhook, '--allow-insecure-webhook'];
  const words = [launcher, 'watch', ...alerts, ...options, `manon@${hostAddress}`];
  const [command = '', ...args] = [...under, process.execPath, ...words];
  return programOnPc<Line>(home, command, args, { ...(env && { env }) });
}

/** Resolves once it judges the service up, and sees its host. */
export async function onDuty(guard: Program<Line>): Promise<void> {
  await guard.until(({ event }) => event === 'up');
  await seesHost(guard);
}

/** Resolves once it is connected: what a guard costs at its start is over. */
export async function seesHost(guard: Program<Line>): Promise<void> {
  await guard.until(({ event, state }) => event === 'link' && state === 'live');
}

/**
 * The service, up, on a host as it is reset; with room for as many guards as come. The exercise's own lets one
 * client in and one wait, and a third that finds no room is right to call it down.
 */
export async function startRoomyService(): Promise<void> {
  await control('reset', '--restart-sec', '30');
  await onHost(`sed -i 's/listen(1)/listen(64)/' /opt/calculatrice/bs_server.py
    grep -q 'listen(64)' /opt/calculatrice/bs_server.py
    systemctl start calculatrice`);
}

/** Resolves when the guard has printed the event so many times. */
export async function times(guard: Program<Line>, event: string, count: number): Promise<void> {
  await guard.until(() => linesOf(guard, event).length >= count);
}

export function linesOf({ lines }: Program<Line>, event: string): readonly Line[] {
  return lines.filter((line) => line.event === event);
}

/** Ids of the alerts that it has judged to be told, in that order. */
export function judged({ lines }: Program<Line>): readonly string[] {
  return lines.flatMap(({ event, alert }) =>
    !event.startsWith('alert-') && typeof alert === 'string' ? [alert] : [],
  );
}

/** Files in the queue, those that were set aside included. */
export function queueOf(home: string): readonly string[] {
  const folder = join(home, '.local', 'state', 'tp5-tui', 'alerts');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}
