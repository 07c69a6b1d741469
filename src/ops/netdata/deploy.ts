/** Sets Netdata up as a survey has planned, proves that it guards the port, or puts back what was there. */
import { type CarryOutOptions, carryOut, type Outcome } from '../deploy/carry-out.ts';
import { asRoot } from '../deploy/root-command.ts';
import type { Host } from '../host.ts';
import { NETDATA_PORT } from './api.ts';
import { withoutSecret } from './notify-conf.ts';
import { NETDATA_UNIT, RUNS_AS } from './place.ts';
import { OWNER } from './plan.ts';
import { type NetdataProved, NOTHING_PROVED, proveNetdata } from './prove.ts';
import type { NetdataSurvey } from './survey.ts';

export type NetdataOutcome = Outcome<NetdataProved>;

export interface NetdataDeployOptions extends CarryOutOptions<NetdataProved> {
  /** @default 19999 */
  readonly apiPort?: number;
}

/** Netdata takes its time to start, and each thing that is proved some rounds of its check. */
const RESTORE_AFTER_MS = 240_000;

/** Never rejects for what the host does; see the outcome. */
export function deployNetdata(
  host: Host,
  survey: NetdataSurvey,
  options: NetdataDeployOptions,
): Promise<NetdataOutcome> {
  const { clock, apiPort = NETDATA_PORT, restoreAfterMs = RESTORE_AFTER_MS } = options;
  return carryOut(
    host,
    {
      place: { state: survey.state, owner: OWNER },
      unit: NETDATA_UNIT,
      port: apiPort,
      zone: null,
      steps: survey.steps,
      nowSec: survey.nowSec,
      nothingProved: NOTHING_PROVED,
      prove: (signal, onProof) => proveNetdata(host, survey, { clock, signal, onProof, apiPort }),
    },
    { ...options, restoreAfterMs },
  );
}

/** What came of Netdata's own test: it sends a warning, a critical alarm and its end by every way that is set up. */
export interface TestAlert {
  /** How many of them Discord took. */
  readonly discord: number;
  /** What alarm-notify.sh said, its last lines. Foreign text. */
  readonly said: readonly string[];
}

const TEST = `${RUNS_AS}
for script in "$1"/usr/libexec/netdata/plugins.d/alarm-notify.sh "$1"/usr/lib/netdata/plugins.d/alarm-notify.sh; do
  [ -x "$script" ] || continue
  exec timeout 60 runuser -u "$user" -- env NETDATA_USER_CONFIG_DIR="$2" NETDATA_STOCK_CONFIG_DIR="$3" "$script" test
done
echo "alarm-notify.sh is not there" >&2
exit 1`;
const LINES_KEPT = 8;

/** @throws Failed; the signal's reason */
export async function testAlert(
  host: Host,
  { located, folder, stock, webhook }: NetdataSurvey,
  signal: AbortSignal,
): Promise<TestAlert> {
  const argv = ['sh', '-c', TEST, 'sh', located.prefix, folder, stock];
  const { stdout, stderr } = await asRoot(host, argv, { signal });
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return {
    discord: lines.filter((line) => /\bsent discord notification\b/.test(line)).length,
    said: lines.slice(-LINES_KEPT).map((line) => withoutSecret(line, webhook)),
  };
}
