/**
 * Whether a server written in Python takes one client in its life: its `accept` is in no loop, nor is whatever
 * calls it. Pure; a reader's eye, not an interpreter: what it is not sure of counts as a loop.
 */
import type { PythonCode } from '../checks/python-source.ts';

/** One connection is taken: socket(7)'s own, asyncio's, and the one of a socketserver. */
const ACCEPTS = /\.\s*(?:accept|sock_accept|handle_request)\s*\(/;
const DEFINES = /^\s*(?:async\s+)?def\s+(\w+)\s*\(/;
const LOOPS = /^\s*(?:async\s+)?(?:while|for)\b.*:/;
/** A loop that is left right after its first turn is none. */
const LEAVES = /^\s*(?:break|return\b.*|(?:sys\.|os\._?)?exit\s*\(.*\)|quit\s*\(.*\))\s*$/;

interface Block {
  readonly line: number;
  readonly indent: number;
}

/** 1-based line of the first `accept`, where none of them is ever reached twice; null otherwise, or where there is none. */
export function acceptsOnce({ lines }: PythonCode): number | null {
  const accepts = lines.flatMap((line, index) => (ACCEPTS.test(line) ? [index] : []));
  const [first] = accepts;
  if (first === undefined) return null;
  return accepts.some((at) => repeats(lines, at, new Set())) ? null : first + 1;
}

/** Whether the statement on that line may run more than once. */
function repeats(lines: readonly string[], at: number, asked: Set<string>): boolean {
  for (const block of blocksAround(lines, at)) {
    const header = lines[block.line] ?? '';
    if (LOOPS.test(header) && !leavesAtOnce(lines, at, block)) return true;
    const name = DEFINES.exec(header)?.[1];
    // Whatever encloses a function says how often it is defined, not how often it runs.
    if (name !== undefined) return runsAgain(lines, name, block.line, asked);
  }
  return false;
}

/** Whether a function may run more than once: from a loop, by itself, from one that does, or by who knows whom. */
function runsAgain(lines: readonly string[], name: string, definedAt: number, asked: Set<string>): boolean {
  // It calls itself, by whatever way.
  if (asked.has(name)) return true;
  asked.add(name);
  const word = new RegExp(`(?<!\\bdef\\s+)(?<![\\w])${name}\\b`, 'g');
  const uses = lines.flatMap((line, index) =>
    index === definedAt ? [] : [...line.matchAll(word)].map(({ index: from }) => ({ index, line, from })),
  );
  // Nobody in this file calls it: another one does.
  if (uses.length === 0) return true;
  return uses.some(({ index, line, from }) => {
    const called = /^\s*\(/.test(line.slice(from + name.length));
    const started = /\btarget\s*=\s*(?:\w+\.)*$/.test(line.slice(0, from));
    // Handed to somebody, who may call it as often as he likes.
    if (!called && !started) return true;
    return repeats(lines, index, new Set(asked));
  });
}

/** The headers of the blocks that a line is in, the innermost first. */
function* blocksAround(lines: readonly string[], at: number): Generator<Block> {
  let indent = indentOf(lines[at] ?? '');
  for (let line = at - 1; line >= 0 && indent > 0; line -= 1) {
    const text = lines[line] ?? '';
    if (text.trim() === '' || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    yield { line, indent };
  }
}

/** Whether the loop is left unconditionally behind that line, before its next turn. */
function leavesAtOnce(lines: readonly string[], at: number, loop: Block): boolean {
  let own = indentOf(lines[at] ?? '');
  /** Of an `except`: what is deeper runs only where nothing was accepted. */
  let passedOver = Number.POSITIVE_INFINITY;
  for (const text of lines.slice(at + 1)) {
    if (text.trim() === '') continue;
    const indent = indentOf(text);
    if (indent <= loop.indent) return false;
    if (indent > passedOver) continue;
    passedOver = Number.POSITIVE_INFINITY;
    if (indent < own && /^\s*except\b/.test(text)) passedOver = indent;
    else if (indent < own && /^\s*(?:else|finally)\s*:/.test(text)) continue;
    else if (indent <= own) {
      if (/^\s*continue\b/.test(text)) return false;
      if (LEAVES.test(text)) return true;
      own = Math.min(own, indent);
    }
  }
  return false;
}

function indentOf(line: string): number {
  return line.replaceAll('\t', '        ').search(/\S|$/);
}
