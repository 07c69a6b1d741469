/** Why a point of the check could not be seen, in English. */
import type { Unseen } from '../../ops/checks/facts.ts';
import { harmless } from '../foreign.ts';
import { caution } from './caution.ts';
import { TITLES } from './check-titles.ts';

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);

export function unseen(why: Unseen): string {
  switch (why.code) {
    case 'embedded':
      return 'the embedded host has no such thing';
    case 'not-permitted':
      return `not permitted to look${why.detail === '' ? '' : `: ${said(why.detail)}`}`;
    case 'no-command':
      return `the host has no ${said(why.command)}`;
    case 'command-failed':
      return `could not be seen: ${said(why.detail)}`;
    case 'after':
      return `see first to “${TITLES[why.id]}”`;
    case 'no-ssh-login':
      return 'not over SSH: there is no login to look at';
    case 'not-asked':
      return 'the service is set not to be asked anything';
    case 'not-dialled':
      return caution.notDialled(why.why);
    case 'not-stopped':
      return 'to prove it, the service must be stopped for a moment, which was not allowed';
    case 'no-collector':
      return 'this Netdata comes without the collector for TCP checks (go.d)';
    case 'no-source':
      return 'the program is no Python script: its code says nothing';
    case 'not-looked':
      return 'not looked at';
  }
}
