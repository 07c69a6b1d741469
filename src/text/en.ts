/** English. The shape of this object is the shape of every other language's. */
import { caution } from './en/caution.ts';
import { checks } from './en/checks.ts';
import { cli } from './en/cli.ts';
import { commands } from './en/commands.ts';
import { connect } from './en/connect.ts';
import { consoleText } from './en/console.ts';
import { deploy } from './en/deploy.ts';
import { failures } from './en/failures.ts';
import { hosts } from './en/hosts.ts';
import { netdata } from './en/netdata.ts';
import { report } from './en/report.ts';
import { verdict } from './en/verdict.ts';
import { watch } from './en/watch.ts';

export const en = {
  caution,
  checks,
  cli,
  commands,
  connect,
  console: consoleText,
  deploy,
  failures,
  hosts,
  netdata,
  report,
  verdict,
  watch,
};
