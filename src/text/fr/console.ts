/** Placeholder until written: English. */
export { consoleText } from '../en/console.ts';
