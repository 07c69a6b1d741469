/** French. */
import type { Catalogue } from './catalogue.ts';
import { connect } from './fr/connect.ts';
import { consoleText } from './fr/console.ts';
import { failures } from './fr/failures.ts';
import { verdict } from './fr/verdict.ts';

export const fr: Catalogue = { connect, console: consoleText, failures, verdict };
