/**
 * One `deploy`, of the service or of Netdata, on the operator's PC, with the link cut where a test wants it: `node deploy-once.ts REQUEST`,
 * a JSON `Request`. The rest is the real command on the real host.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DeployCommandOptions, type RunDeployOptions, runDeploy } from '../../src/cli/deploy.ts';
import { runDeployNetdata } from '../../src/cli/deploy-netdata.ts';
import { readInvocation } from '../../src/cli/invocation.ts';
import { processIo } from '../../src/cli/io.ts';
import { realTools } from '../../src/cli/with-host.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { tcpConnector } from '../../src/ops/connector.ts';
import type { Host } from '../../src/ops/host.ts';
import { openLinuxHost } from '../../src/ops/linux/host.ts';
import { connectSsh } from '../../src/ops/transport/ssh.ts';
import type { Transport } from '../../src/ops/transport/transport.ts';
import { BOUND_MS } from '../support/bound.ts';
import { labScript } from './lab.ts';

export interface Request {
  readonly user: string;
  readonly host: string;
  readonly options: DeployCommandOptions;
  /** `deploy --netdata`. */
  readonly netdata?: boolean;
  readonly restoreAfterMs?: number;
  readonly cut?: {
    readonly lab: string;
    /** The wire is pulled before the nth command that changes the host, from 0. */
    readonly command?: number;
    /** Not before it but while it runs: once it is seen in the transaction's list of steps under this root. */
    readonly whileRunning?: { readonly root: string; readonly step: string };
    /** Not before it but inside it: once the host has half of its input, under this root. */
    readonly insideUpload?: { readonly root: string };
    /** Not before it but after it, before its answer is here. */
    readonly answerLost?: boolean;
    /** The wire is pulled before the nth connection through the host, from 0. */
    readonly dial?: number;
  };
}

type Cut = NonNullable<Request['cut']>;

const request = JSON.parse(process.argv[2] ?? '') as Request;
const io = processIo(process.env, { tidyMs: 60_000 });
const invocation = await readInvocation(
  `${request.user}@${request.host}`,
  { input: true, lang: 'en' },
  process.env,
);

const options: RunDeployOptions = {
  ...(request.restoreAfterMs === undefined ? {} : { restoreAfterMs: request.restoreAfterMs }),
  tools: {
    ...realTools,
    open: async () => {
      const { user, host: name, cut } = request;
      // A quick eye for a lost link; the real one takes some six seconds.
      const transport = await connectSsh({ host: name, user, keepaliveMs: 200 });
      const host = openLinuxHost(transport, { unit: invocation.target.unit, clock: systemClock });
      await host.ready;
      return {
        host: cut ? withCut(host, cut, transport) : host,
        makeHost: async () => host,
        connector: tcpConnector,
        subject: { unit: invocation.target.unit, port: 13337, address: name, asksAnswers: true },
        close: async () => undefined,
      };
    },
  },
};

process.exitCode = request.netdata
  ? await runDeployNetdata(invocation, request.options, io, process.env, options)
  : await runDeploy(invocation, request.options, io, options);

function withCut(host: Host, cut: Cut, transport: Transport): Host {
  let command = -1;
  let dial = -1;
  return {
    ...host,
    dial: async (address, port, options) => {
      dial += 1;
      if (dial === cut.dial) await labScript(cut.lab, 'cut');
      return host.dial(address, port, options);
    },
    run: async (argv, options) => {
      const changes = argv.some((word) => /\/var\/lib\/tp5-tui\/(?:netdata\/)?deploy-/.test(word));
      if (changes) command += 1;
      if (!changes || command !== cut.command) return host.run(argv, options);
      if (cut.answerLost) {
        await host.run(argv, options);
        await labScript(cut.lab, 'cut');
        // Nothing comes through any more: fails as the answer's own loss would.
        return host.run(['true']);
      }
      if (cut.insideUpload) {
        const input = Buffer.from(options?.input ?? '');
        const opened = await transport.open(argv, { privileged: true });
        opened.stream.write(input.subarray(0, input.length / 2));
        await uploading(cut.insideUpload.root);
        await labScript(cut.lab, 'cut');
        opened.stream.end(input.subarray(input.length / 2));
        return host.run(['true']);
      }
      if (cut.whileRunning === undefined) {
        await labScript(cut.lab, 'cut');
        return host.run(argv, options);
      }
      const started = host.run(argv, options);
      // Handled below; until then a loss must not end the process.
      started.catch(() => undefined);
      await running(cut.whileRunning);
      await labScript(cut.lab, 'cut');
      return started;
    },
  };
}

/** Waits until the host has read something of a file that comes. */
async function uploading(root: string): Promise<void> {
  const state = join(root, 'var/lib/tp5-tui');
  const half = (): boolean =>
    readdirSync(state)
      .flatMap((name) => readdirSync(join(state, name)).map((file) => join(state, name, file)))
      .some((path) => /\/upload-\d+$/.test(path) && statSync(path).size > 0);
  await until(half, 'the upload');
}

async function running({ root, step }: NonNullable<Cut['whileRunning']>): Promise<void> {
  const state = join(root, 'var/lib/tp5-tui', request.netdata ? 'netdata' : '');
  const begun = (): boolean =>
    readdirSync(state).some((name) => {
      const steps = join(state, name, 'steps');
      return existsSync(steps) && readFileSync(steps, 'utf8').includes(step);
    });
  await until(begun, step);
}

async function until(seen: () => boolean, what: string): Promise<void> {
  const bound = performance.now() + BOUND_MS;
  while (!seen()) {
    if (performance.now() > bound) throw new Error(`${what} was never begun`);
    await systemClock.sleep(5);
  }
}
