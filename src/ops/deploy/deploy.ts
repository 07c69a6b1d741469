/** Deploys what a survey has planned: the service's files and unit, proved by the service's own answers. */
import type { Connector } from '../connector.ts';
import type { Host } from '../host.ts';
import { type CarryOutOptions, carryOut, type Outcome } from './carry-out.ts';
import { NOTHING_PROVED, type ProofSubject, type Proved, prove } from './prove.ts';
import type { Survey } from './survey.ts';

export interface DeployOptions extends CarryOutOptions<Proved> {
  readonly connector: Connector;
}

export type DeployOutcome = Outcome<Proved>;

/** Never rejects for what the host does; see the outcome. */
export function deploy(host: Host, survey: Survey, options: DeployOptions): Promise<DeployOutcome> {
  const { connector, clock } = options;
  const { place, wish, steps, nowSec } = survey;
  const subject = proofSubject(host, survey);
  return carryOut(
    host,
    {
      place,
      unit: wish.unit,
      port: wish.port,
      zone: survey.zoneIsDefault ? null : survey.zone,
      steps,
      nowSec,
      nothingProved: NOTHING_PROVED,
      prove: (signal, onProof) => prove(host, subject, { connector, clock, signal, onProof }),
    },
    options,
  );
}

function proofSubject(host: Host, survey: Survey): ProofSubject {
  const starts = survey.steps.some((step) => step.kind === 'start' || step.kind === 'restart');
  return {
    listen: survey.listen,
    port: survey.wish.port,
    address: survey.wish.address ?? host.info.address,
    zone: survey.zone,
    notInvocation: starts ? survey.invocationId : null,
    asksAnswers: survey.wish.asksAnswers,
  };
}
