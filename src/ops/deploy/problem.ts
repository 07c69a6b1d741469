/** Everything that can keep a deployment from being done, as data. */
import { Failed, type Failure } from '../failure.ts';
import type { Listener } from '../host.ts';
import type { NetdataFailure } from '../netdata/problem.ts';
import type { Step } from './plan.ts';

/** What did not prove true, and what was seen in its place. */
export type ProofFailure =
  | {
      readonly proof: 'active';
      readonly active: string;
      readonly sub: string;
      readonly result: string;
    }
  | {
      readonly proof: 'listening';
      readonly address: string;
      readonly port: number;
      readonly found: readonly Listener[];
      readonly waitedMs: number;
    }
  | {
      readonly proof: 'firewall';
      readonly zone: string | null;
      readonly runtime: boolean;
      readonly permanent: boolean;
    }
  | {
      readonly proof: 'answer';
      readonly from: 'host' | 'here';
      readonly address: string;
      readonly port: number;
      readonly got:
        | { readonly state: 'wrong'; readonly text: string }
        | { readonly state: 'mute' }
        | { readonly state: 'closed' }
        | { readonly state: 'no-connection'; readonly detail: string };
    };

export type DeployProblem =
  /** Before anything was changed. */
  | { readonly code: 'no-python'; readonly version: string | null }
  | { readonly code: 'missing-programs'; readonly programs: readonly string[] }
  | {
      readonly code: 'address-not-here';
      readonly address: string;
      readonly addresses: readonly string[];
    }
  | { readonly code: 'in-the-way'; readonly path: string }
  | { readonly code: 'another-deployment'; readonly detail: string }
  | { readonly code: 'no-timer'; readonly detail: string }
  | { readonly code: 'changed-meanwhile' }
  /** Once it had begun. */
  | { readonly code: 'step'; readonly step: Step; readonly detail: string }
  | { readonly code: 'proof'; readonly failure: ProofFailure }
  /** Before or after, see there: in setting up Netdata. */
  | { readonly code: 'netdata'; readonly failure: NetdataFailure }
  /** Somebody else has put back, or kept, what this deployment was changing. */
  | { readonly code: 'superseded' }
  | { readonly code: 'too-long'; readonly ms: number }
  | { readonly code: 'interrupted' }
  | { readonly code: 'failure'; readonly failure: Failure };

export class DeployStopped extends Error {
  readonly problem: DeployProblem;

  constructor(problem: DeployProblem) {
    super(problem.code);
    this.name = 'DeployStopped';
    this.problem = problem;
  }
}

/** @throws `error` itself when it is none of ours */
export function problemOf(error: unknown): DeployProblem {
  if (error instanceof DeployStopped) return error.problem;
  if (error instanceof Failed) return { code: 'failure', failure: error.failure };
  throw error;
}
