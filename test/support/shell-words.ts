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
