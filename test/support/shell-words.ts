/** The words of a POSIX shell command line that holds nothing but words: quotes and backslashes. */
export function unquoteCommand(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (character === ' ') {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === "'") {
      const end = line.indexOf("'", index + 1);
      if (end < 0) throw new Error(`a quote is not closed: ${line}`);
      word = (word ?? '') + line.slice(index + 1, end);
      index = end;
    } else if (character === '\\') {
      index += 1;
      word = (word ?? '') + line.charAt(index);
    } else if (/[$`"&|;<>()*?[\]#~!{}]/.test(character)) {
      throw new Error(`the shell would act on ${character}: ${line}`);
    } else word = (word ?? '') + character;
  }
  if (word !== null) words.push(word);
  return words;
}

/** A command line of ours as it came over the wire. */
export interface FramedWords {
  readonly argv: readonly string[];
  /** What the shell that starts it prints first, on either stream. */
  readonly stdout: string;
  readonly stderr: string;
}

/** What a login shell, and the shell that it starts, make of a framed command line; one without a frame is as it is. */
export function unframe(line: string): FramedWords {
  const words = unquoteCommand(line);
  const [, , script = '', token = '', onStderr = '', onStdout = '', ...rest] = words;
  if (words[0] !== 'sh' || !script.startsWith('printf %s%s "$0"'))
    return { argv: words, stdout: '', stderr: '' };
  const encoded = script.includes('printf %b');
  const argv = encoded ? unquoteCommand(decode(rest[0] ?? '')) : rest;
  return { argv, stdout: token + onStdout, stderr: token + onStderr };
}

/** As `printf %b` does. */
function decode(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
