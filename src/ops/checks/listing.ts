/** What `ls -al` prints of a folder (ls(1)), in the C locale. */

export interface Listing {
  /** A folder begins with `total`; of a file there is just its line. */
  readonly isDirectory: boolean;
  /** Names in it, without `.` and `..`. */
  readonly names: readonly string[];
}

export function parseListing(text: string): Listing {
  const lines = text.split('\n');
  const names = lines.flatMap((line) => {
    // mode, links, owner, group, size (or major, minor), month, day, time, name
    const name = /^[-dlcbps][-rwxsStT.+]{9,} +\d+ +\S+ +\S+ +(?:\d+, +)?\d+ +\S+ +\d+ +\S+ (.+)$/.exec(
      line,
    )?.[1];
    if (name === undefined) return [];
    const plain = line.startsWith('l') ? (name.split(' -> ')[0] ?? name) : name;
    return plain === '.' || plain === '..' ? [] : [plain];
  });
  return { isDirectory: lines.some((line) => /^total \d/.test(line)), names };
}
