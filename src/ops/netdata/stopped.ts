/** What ends the setting up of Netdata, in the terms of a deployment. */
import { DeployStopped } from '../deploy/problem.ts';
import type { NetdataFailure } from './problem.ts';

export function netdataStopped(failure: NetdataFailure): DeployStopped {
  return new DeployStopped({ code: 'netdata', failure });
}
