/** Quoting of arguments for the shell that sshd hands every command to: the user's login shell, whichever it is. */

const PLAIN = /^[A-Za-z0-9_\-+=.,/:@%]+$/;

/** One word of a POSIX shell that expands to exactly `argument`; made to be read. */
export function quoteWord(argument: string): string {
  if (isPlain(argument)) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command line whose words are exactly `argv` to every shell there is. Between single quotes fish takes a
 * backslash for an escape and tcsh a `!` for its history: those, and the quote itself, stand outside, behind a
 * backslash, which all of them read alike. No such word can hold a newline (tcsh has no way to write one).
 * @throws RangeError for a NUL character, which no argument of a Unix process can hold, and for a newline
 */
export function quoteCommand(argv: readonly string[]): string {
  return argv.map(quoteForAnyShell).join(' ');
}

function quoteForAnyShell(argument: string): string {
  refuseNul(argument);
  if (argument.includes('\n')) throw new RangeError('an argument holds a newline');
  if (isPlain(argument)) return argument;
  if (argument === '') return "''";
  return argument.replace(/[\\'!]|[^\\'!]+/g, (part) =>
    /[\\'!]/.test(part) ? `\\${part}` : isPlain(part) ? part : `'${part}'`,
  );
}

/**
 * Words of a POSIX shell, as one text that `printf %b` gives back: for what holds a newline.
 * @throws RangeError for a NUL character
 */
export function encodeCommand(argv: readonly string[]): string {
  for (const argument of argv) refuseNul(argument);
  return argv.map(quoteWord).join(' ').replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function isPlain(argument: string): boolean {
  return PLAIN.test(argument) && !argument.startsWith('=');
}

function refuseNul(argument: string): void {
  if (argument.includes('\0')) throw new RangeError('an argument holds a NUL character');
}
