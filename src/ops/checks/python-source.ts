/** What a server's Python source shows without running it. Pure; a reader's eye, not an interpreter. */

export interface PythonCode {
  /** The source with comments and what is in strings blanked, line for line. */
  readonly lines: readonly string[];
  /** String literals without their quotes; docstrings among them. */
  readonly strings: readonly string[];
}

/** Tells code from comments and strings (Python reference, "Lexical analysis"). */
export function readPython(source: string): PythonCode {
  const strings: string[] = [];
  const token = /#[^\n]*|("""|''')([\s\S]*?)\1|(["'])((?:\\[\s\S]|(?!\3)[^\\\n])*)\3/g;
  const code = source.replace(token, (text, _long, docstring, _quote, string) => {
    const content = docstring ?? string;
    if (content !== undefined) strings.push(content);
    // The quotes stay, so that `print('…')` still reads as a call with something in it.
    return content === undefined ? '' : `""${text.replace(/[^\n]/g, '')}`;
  });
  return { lines: code.split('\n'), strings };
}

/** 1-based lines where `eval` or `exec` is called; `ast.literal_eval` and methods of that name are not. */
export function evalLines({ lines }: PythonCode): readonly number[] {
  return numbersOf(lines, (line) => /(?<![\w.])(?:eval|exec)\s*\(/.test(line));
}

/**
 * A name that a function declares or reads as a global of the module, though the module gives it no
 * value before its loop: the exercise's watchdog thread dies of `last_client_time` after a minute.
 */
export function unsetGlobal({ lines }: PythonCode, name: string): number | null {
  const inside = (line: string): boolean => /^\s+\S/.test(line) && new RegExp(`\\b${name}\\b`).test(line);
  const declares = (line: string): boolean => /^\s+(?:global|nonlocal)\s/.test(line);
  const sets = (line: string): boolean => new RegExp(`^\\s+${name}\\s*(?::[^=]+)?=[^=]`).test(line);
  const read = numbersOf(lines, (line) => inside(line) && !declares(line) && !sets(line));
  const used = read.length > 0 ? read : numbersOf(lines, inside);
  const set = lines.some((line) => new RegExp(`^${name}\\s*(?::[^=]+)?=[^=]`).test(line));
  return set ? null : (used[0] ?? null);
}

/** Folders under /var/log that the source writes to, unless it makes them itself. */
export function logFolders({ lines, strings }: PythonCode): readonly string[] {
  if (lines.some((line) => /\bmakedirs\s*\(|\.mkdir\s*\(/.test(line))) return [];
  const folders = strings.flatMap((string) => {
    const folder =
      /^(\/var\/log(?:\/[\w.-]+)*)\/[\w.-]+\.\w+$/.exec(string)?.[1] ??
      /^\/var\/log\/[\w./-]+?(?=\/?$)/.exec(string)?.[0];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(folders)];
}

/**
 * Lines whose `print` stays in Python's buffer when stdout is no terminal (it is journald's socket under
 * systemd). A print right before an exit is no such line: the exit flushes.
 */
export function bufferedPrints({ lines }: PythonCode): readonly number[] {
  if (lines.some((line) => /\breconfigure\s*\(.*line_buffering|fdopen\s*\(.*[,\s]1\s*\)/.test(line)))
    return [];
  return numbersOf(lines, (line, index) => {
    if (!/(?<![\w.])print\s*\(/.test(line) || /flush\s*=\s*True/.test(line)) return false;
    const next = lines.slice(index + 1).find((later) => later.trim() !== '') ?? '';
    return !/\b(?:exit|_exit|quit)\s*\(|\braise\b|\.flush\s*\(/.test(next);
  });
}

function numbersOf(
  lines: readonly string[],
  holds: (line: string, index: number) => boolean,
): readonly number[] {
  return lines.flatMap((line, index) => (holds(line, index) ? [index + 1] : []));
}
