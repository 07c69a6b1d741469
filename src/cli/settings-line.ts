/** Where in a settings file something stands. */

/**
 * The line that holds a dotted key: the last `[table]` header that matches its start, then the
 * `name =` below it. TOML parsers keep no positions, and this is right for files written by people.
 */
export function lineOf(source: string, key: string): number | null {
  const path = key.split('.');
  const lines = source.split('\n');
  let table: string[] = [];
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line);
    if (header?.[1] !== undefined) {
      table = header[1].split('.').map(unquote);
      if (table.join('.') === key) return index + 1;
      continue;
    }
    const name = /^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=/.exec(line)?.[1];
    if (name === undefined) continue;
    const here = [...table, unquote(name)];
    if (here.every((part, depth) => part === path[depth])) return index + 1;
  }
  return null;
}

function unquote(name: string): string {
  return name.trim().replace(/^["']|["']$/g, '');
}
