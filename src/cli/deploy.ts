/** `tp5-tui deploy`: shows what would change on the host, asks, changes it, proves it; or puts it back. */
import { isIP } from 'node:net';
import type { Clock } from '../ops/clock.ts';
import type { Connector } from '../ops/connector.ts';
import { deploy } from '../ops/deploy/deploy.ts';
import { placeOf } from '../ops/deploy/place.ts';
import { NOTHING_PROVED } from '../ops/deploy/prove.ts';
import { type DeployWish, samePlan, survey } from '../ops/deploy/survey.ts';
import { openPromptTerminal, type PromptTerminal } from './ask.ts';
import { readFiles, refuseHosts } from './deploy-files.ts';
import { asJson, stopped } from './deploy-report.ts';
import { type DeploymentOptions, type DeploymentTools, runDeployment } from './deployment.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { realTools, type Tools, withHost } from './with-host.ts';

export interface DeployCommandOptions extends DeploymentOptions {
  readonly files: readonly string[];
  readonly listen?: string;
  readonly hardened?: boolean;
  /** These go with `--netdata` alone. */
  readonly webhookFile?: string;
  readonly allowInsecureWebhook?: boolean;
  readonly testAlert?: boolean;
}

/** What a deployment works with, once the host is open. */
export interface DeployTools extends DeploymentTools {
  readonly connector: Connector;
  readonly place?: DeployWish['place'];
}

export interface RunDeployOptions {
  /** @default the real ones */
  readonly tools?: Tools;
  /** Where questions are asked; null: nobody is there. @default the process's terminal */
  readonly openTerminal?: () => PromptTerminal | null;
  /** See `DeployOptions`. */
  readonly restoreAfterMs?: number;
}

/**
 * @returns the exit code
 * @throws UsageError; Failed when the host cannot be reached
 */
export async function runDeploy(
  invocation: Invocation,
  options: DeployCommandOptions,
  io: Io,
  { tools = realTools, openTerminal = openPromptTerminal, ...timing }: RunDeployOptions = {},
): Promise<number> {
  const text = invocation.text.deploy;
  refuseHosts(options.files, invocation);
  const wish = await readWish(invocation, options);
  const asks = options.yes !== true && options.dryRun !== true;
  if (asks && !(invocation.mayAsk && canAsk(openTerminal))) throw new UsageError(text.needsYes);
  if (invocation.via === 'demo') {
    io.stderr.write(`${text.demo}\n`);
    if (options.json) {
      const document = asJson('demo', now(tools.clock), null, stopped(null, NOTHING_PROVED), String);
      writeJson(io.stdout, { ...document, error: { code: 'demo', message: text.demo } });
    }
    return 1;
  }
  return withHost({ invocation, io, tools }, ({ host, connector }) =>
    deployOn({ host, connector, clock: tools.clock, openTerminal, ...timing }, wish, invocation, options, io),
  );
}

function canAsk(openTerminal: () => PromptTerminal | null): boolean {
  const terminal = openTerminal();
  terminal?.close();
  return terminal !== null;
}

/** Checks what can be checked before a host is opened. @throws UsageError */
export async function readWish(invocation: Invocation, options: DeployCommandOptions): Promise<DeployWish> {
  const { target, text } = invocation;
  const { listen } = options;
  // What `check` will expect of the host is what it gets.
  const { folder, restart_sec: restartSec } = target.expect;
  for (const [given, option] of [
    [options.webhookFile, '--webhook-file'],
    [options.allowInsecureWebhook, '--allow-insecure-webhook'],
    [options.testAlert, '--test-alert'],
  ] as const) {
    if (given !== undefined) throw new UsageError(text.netdata.onlyWith(option));
  }
  if (listen !== undefined && isIP(listen) === 0) throw new UsageError(text.deploy.badListen(listen));
  if (options.dryRun !== true && invocation.readOnly) throw new UsageError(text.deploy.readOnly);
  return {
    unit: target.unit,
    port: target.port,
    address: target.address,
    listen: listen ?? null,
    files: options.files.length === 0 ? null : await readFiles(options.files, invocation),
    hardened: options.hardened === true,
    ...(restartSec !== undefined && { restartSec }),
    ...(folder !== undefined && { place: { ...placeOf(target.unit), app: folder } }),
    asksAnswers: options.files.length === 0 || target.calculator,
  };
}

/** @returns the exit code */
export function deployOn(
  tools: DeployTools,
  wish: DeployWish,
  invocation: Invocation,
  options: DeployCommandOptions,
  io: Io,
): Promise<number> {
  const { host, clock, connector } = tools;
  const text = invocation.text.deploy;
  const place = tools.place ?? wish.place ?? placeOf(wish.unit);
  return runDeployment(
    tools,
    {
      unit: wish.unit,
      place,
      nothingProved: NOTHING_PROVED,
      words: {
        heading: (found) => text.heading(found, host.info.label),
        notes: (found) => found.notes.map(text.note),
        ask: text.askApply(wish.unit, host.info.label),
        proved: text.proved,
        done: text.done,
        command: 'tp5-tui deploy',
      },
      survey: () => survey(host, { ...wish, place }, { clock, signal: io.signal }),
      same: samePlan,
      carryOut: (found, carrying) => deploy(host, found, { ...carrying, connector }),
      listenGiven: options.listen !== undefined,
    },
    { invocation, options, io },
  );
}

function now(clock: Clock): string {
  return new Date(clock.wall()).toISOString();
}
