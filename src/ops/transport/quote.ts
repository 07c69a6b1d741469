/** Quoting of arguments for the POSIX shell that sshd hands every command to. */

const PLAIN = /^[A-Za-z0-9_\-+=.,/:@%]+$/;

/** One shell word that expands to exactly `argument`. */
export function quoteWord(argument: string): string {
  if (PLAIN.test(argument) && !argument.startsWith('=')) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command line whose words are exactly `argv`.
 * @throws RangeError for a NUL character, which no argument of a Unix process can hold.
 */
export function quoteCommand(argv: readonly string[]): string {
  if (argv.some((argument) => argument.includes('\0')))
    throw new RangeError('an argument holds a NUL character');
  return argv.map(quoteWord).join(' ');
}
