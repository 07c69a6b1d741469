/** English. The shape of this object is the shape of every other language's. */
import { connect } from './en/connect.ts';
import { consoleText } from './en/console.ts';
import { failures } from './en/failures.ts';
import { verdict } from './en/verdict.ts';

export const en = { connect, console: consoleText, failures, verdict };
