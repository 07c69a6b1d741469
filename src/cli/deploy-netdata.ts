/** `tp5-tui deploy --netdata`: has Netdata on the host watch the service's port and tell Discord, and proves it. */
import type { Webhook } from '../ops/discord/webhook.ts';
import { isWebhook, readWebhookFile } from '../ops/discord/webhook-file.ts';
import { deployNetdata, testAlert } from '../ops/netdata/deploy.ts';
import { NETDATA_UNIT } from '../ops/netdata/place.ts';
import { OWNER } from '../ops/netdata/plan.ts';
import { NOTHING_PROVED } from '../ops/netdata/prove.ts';
import { type NetdataWish, STATE, sameNetdataPlan, surveyNetdata } from '../ops/netdata/survey.ts';
import { openPromptTerminal } from './ask.ts';
import type { DeployCommandOptions, RunDeployOptions } from './deploy.ts';
import { refuseHosts } from './deploy-files.ts';
import { type DeploymentTools, runDeployment } from './deployment.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { webhookSource } from './watch-options.ts';
import { realTools, withHost } from './with-host.ts';

/** Where Netdata is set up, once the host is open. */
export interface NetdataTools extends DeploymentTools {
  readonly state?: string;
  readonly apiPort?: number;
}

/**
 * @returns the exit code
 * @throws UsageError; Failed when the host cannot be reached
 */
export async function runDeployNetdata(
  invocation: Invocation,
  options: DeployCommandOptions,
  io: Io,
  env: NodeJS.ProcessEnv,
  { tools = realTools, openTerminal = openPromptTerminal, ...timing }: RunDeployOptions = {},
): Promise<number> {
  const { text } = invocation;
  refuseHosts(options.files, invocation);
  refuseMixture(options, invocation);
  const asks = options.yes !== true && options.dryRun !== true;
  if (asks && !(invocation.mayAsk && isAnybodyThere(openTerminal)))
    throw new UsageError(text.deploy.needsYes);
  const wish = await readNetdataWish(invocation, options, env);
  if (invocation.via === 'demo') {
    io.stderr.write(`${text.netdata.demo}\n`);
    if (options.json) {
      writeJson(io.stdout, { host: 'demo', error: { code: 'demo', message: text.netdata.demo } });
    }
    return 1;
  }
  return withHost({ invocation, io, tools }, ({ host }) =>
    deployNetdataOn({ host, clock: tools.clock, openTerminal, ...timing }, wish, invocation, options, io),
  );
}

function isAnybodyThere(openTerminal: NonNullable<RunDeployOptions['openTerminal']>): boolean {
  const terminal = openTerminal();
  terminal?.close();
  return terminal !== null;
}

/** What is the service's own deployment does not go with this one. @throws UsageError */
function refuseMixture(options: DeployCommandOptions, { text, readOnly }: Invocation): void {
  const mixed = [
    options.files.length > 0 && 'FILE',
    options.listen !== undefined && '--listen',
    options.hardened === true && '--hardened',
  ].find((option) => option !== false);
  if (mixed !== undefined) throw new UsageError(text.netdata.notWith(mixed));
  if (options.dryRun !== true && readOnly) throw new UsageError(text.deploy.readOnly);
}

/** Reads the webhook before a host is opened. @throws UsageError */
export async function readNetdataWish(
  invocation: Invocation,
  options: DeployCommandOptions,
  env: NodeJS.ProcessEnv,
): Promise<NetdataWish> {
  const { target, text } = invocation;
  const source = webhookSource(options.webhookFile, invocation, env);
  let webhook: Webhook | null = null;
  if (source !== null) {
    const read = await readWebhookFile(source, options.allowInsecureWebhook === true);
    if (!isWebhook(read)) {
      throw new UsageError(text.watch.says('deploy', text.watch.webhookProblem(source.path, read)));
    }
    webhook = read;
  }
  return { unit: target.unit, port: target.port, address: target.address, webhook };
}

/** @returns the exit code */
export function deployNetdataOn(
  tools: NetdataTools,
  wish: NetdataWish,
  invocation: Invocation,
  options: DeployCommandOptions,
  io: Io,
): Promise<number> {
  const { host, clock, apiPort, state = STATE } = tools;
  const words = invocation.text.netdata;
  const { label } = host.info;
  const port = apiPort === undefined ? {} : { apiPort };
  return runDeployment(
    tools,
    {
      unit: NETDATA_UNIT,
      place: { state, owner: OWNER },
      nothingProved: NOTHING_PROVED,
      words: {
        heading: (found) => words.heading(found, label),
        notes: (found) => found.notes.map(words.note),
        ask: words.askApply(label),
        waiting: words.waiting,
        proved: words.proved,
        done: words.done,
        command: 'tp5-tui deploy --netdata',
      },
      survey: () => surveyNetdata(host, { ...wish, state }, { clock, signal: io.signal, ...port }),
      same: sameNetdataPlan,
      carryOut: (found, carrying) => deployNetdata(host, found, { ...carrying, ...port }),
      listenGiven: false,
      async after(found) {
        if (!found.tells) return { code: 0, document: {} };
        if (options.testAlert !== true) {
          io.stderr.write(`${words.howToTest(wish.unit)}\n`);
          return { code: 0, document: {} };
        }
        const came = await testAlert(host, found, io.signal);
        io.stderr.write(`${words.testAlert(came)}\n`);
        return { code: came.discord > 0 ? 0 : 1, document: { testAlert: came } };
      },
    },
    { invocation, options, io },
  );
}
