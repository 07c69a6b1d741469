/** A unit's files as systemd reads them: sections, continuation lines, lists that reset (systemd.syntax(7)). */

export interface UnitText {
  readonly path: string;
  readonly text: string;
}

export interface Assignment {
  readonly path: string;
  /** 1-based line where it begins, and where it ends after its continuations. */
  readonly line: number;
  readonly lastLine: number;
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** The unit's own file first, then its drop-ins in the order in which systemd applies them. */
export interface UnitFile {
  readonly texts: readonly UnitText[];
  readonly assignments: readonly Assignment[];
  readonly sections: readonly string[];
}

export function parseUnitFile(texts: readonly UnitText[]): UnitFile {
  const assignments: Assignment[] = [];
  const sections: string[] = [];
  for (const { path, text } of texts) {
    let section = '';
    for (const { line, lastLine, content } of logicalLines(text)) {
      const header = /^\[(.*)\]$/.exec(content);
      if (header?.[1] !== undefined) {
        section = header[1];
        if (!sections.includes(section)) sections.push(section);
        continue;
      }
      const equals = content.indexOf('=');
      if (equals <= 0) continue;
      const key = content.slice(0, equals).trim();
      const value = content.slice(equals + 1).trim();
      assignments.push({ path, line, lastLine, section, key, value });
    }
  }
  return { texts, assignments, sections };
}

interface LogicalLine {
  readonly line: number;
  readonly lastLine: number;
  readonly content: string;
}

/** Lines without comments, those that end in a backslash joined to the next by a space. */
function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let begun: { line: number; content: string } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const trimmed = raw.trim();
    // Comments are dropped even between the lines of a continuation.
    if (/^[#;]/.test(trimmed)) continue;
    const continues: boolean = trimmed.endsWith('\\');
    const piece = continues ? trimmed.slice(0, -1) : trimmed;
    const line: number = begun?.line ?? index + 1;
    const content: string = begun === null ? piece : `${begun.content} ${piece}`;
    begun = continues ? { line, content } : null;
    if (!continues && content.trim() !== '')
      lines.push({ line, lastLine: index + 1, content: content.trim() });
  }
  if (begun !== null && begun.content.trim() !== '') {
    lines.push({ line: begun.line, lastLine: begun.line, content: begun.content.trim() });
  }
  return lines;
}

/** The assignment that decides a key of `[Service]` which holds one value; null when nothing sets it. */
export function lastOf(unit: UnitFile, key: string, section = 'Service'): Assignment | null {
  const last = unit.assignments.findLast((one) => one.section === section && one.key === key);
  return last === undefined || last.value === '' ? null : last;
}

/** The assignments of a list, such as ExecStartPre=; an empty one resets what came before it. */
export function listOf(unit: UnitFile, key: string, section = 'Service'): readonly Assignment[] {
  const all = unit.assignments.filter((one) => one.section === section && one.key === key);
  const reset = all.findLastIndex((one) => one.value === '');
  return all.slice(reset + 1);
}

export const EXEC_KEYS = [
  'ExecCondition',
  'ExecStartPre',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
] as const;

/** One command of an Exec line. */
export interface ExecCommand {
  readonly assignment: Assignment;
  /** The characters before the path that change how it is run, `-`, `+`… */
  readonly prefix: string;
  readonly words: readonly string[];
}

/** The commands of an Exec list, see systemd.service(5), "Command lines". */
export function commandsOf(unit: UnitFile, key: string): readonly ExecCommand[] {
  return listOf(unit, key).flatMap((assignment): ExecCommand[] => {
    const commands: ExecCommand[] = [];
    let words: string[] = [];
    const push = (): void => {
      const [first, ...rest] = words;
      if (first !== undefined) {
        const prefix = /^[@\-:+!|]*/.exec(first)?.[0] ?? '';
        commands.push({ assignment, prefix, words: [first.slice(prefix.length), ...rest] });
      }
      words = [];
    };
    for (const word of splitWords(assignment.value)) {
      if (word === ';') push();
      else words.push(word);
    }
    push();
    return commands;
  });
}

/** Words of a command line with systemd's quotes and backslashes. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\' && index + 1 < text.length && quote !== "'") {
      index += 1;
      word = (word ?? '') + text.charAt(index);
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

const INTERPRETER = /(?:^|\/)(?:python|perl|ruby|node|php|bash|sh)[\d.]*$/;

/** The program of ExecStart= and the file that is the app: a script, or the program itself. */
export function startedBy(unit: UnitFile): { readonly program: string; readonly app: string } | null {
  const [program, ...args] = commandsOf(unit, 'ExecStart')[0]?.words ?? [];
  if (program === undefined) return null;
  const script = INTERPRETER.test(program) ? args.find((word) => !word.startsWith('-')) : undefined;
  return { program, app: script ?? program };
}

/** Whether the program is a Python interpreter. */
export function isPython(program: string): boolean {
  return /(?:^|\/)python[\d.]*$/.test(program);
}
