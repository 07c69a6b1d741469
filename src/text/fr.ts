/** French. */
import type { Catalogue } from './catalogue.ts';
import { caution } from './fr/caution.ts';
import { checks } from './fr/checks.ts';
import { cli } from './fr/cli.ts';
import { commands } from './fr/commands.ts';
import { connect } from './fr/connect.ts';
import { consoleText } from './fr/console.ts';
import { deploy } from './fr/deploy.ts';
import { failures } from './fr/failures.ts';
import { hosts } from './fr/hosts.ts';
import { netdata } from './fr/netdata.ts';
import { report } from './fr/report.ts';
import { verdict } from './fr/verdict.ts';
import { watch } from './fr/watch.ts';

export const fr: Catalogue = {
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
