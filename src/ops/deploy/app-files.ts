/** What can be told of an application's own files by reading them: which is the server, and how it takes its address. Pure. */

export interface AppFile {
  /** Its name, without a folder. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** The line that holds an address that no option can change. */
export interface AddressInCode {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The line, trimmed. Foreign text. */
  readonly source: string;
  /** The address it names; null when that cannot be told. */
  readonly address: string | null;
}

export interface ServerTraits {
  readonly name: string;
  /** The option that takes the address, e.g. `--listen`; null when there is none. */
  readonly listenOption: string | null;
  readonly portOption: string | null;
  /** When there is no option for it. */
  readonly addressInCode: AddressInCode | null;
  /** A folder under /var/log that it opens a file in. */
  readonly logFolder: string | null;
}

const LISTENS = /\.listen\s*\(|\.bind\s*\(|create_server\s*\(|start_server\s*\(|socketserver/;

/** The server among the files: it listens, by preference under a name that says so; else the first file. */
export function findServer(files: readonly AppFile[]): AppFile | null {
  const listening = files.filter((file) => LISTENS.test(textOf(file)));
  const named = listening.find((file) => /serv/i.test(file.name));
  return named ?? listening[0] ?? files[0] ?? null;
}

export function readServer(file: AppFile): ServerTraits {
  const text = textOf(file);
  const listenOption = option(text, ['--listen', '-l', '--host', '--address', '--bind']);
  return {
    name: file.name,
    listenOption,
    portOption: option(text, ['--port', '-p']),
    addressInCode: listenOption === null ? addressInCode(file.name, text) : null,
    logFolder: /["'`]\/var\/log\/([A-Za-z0-9_-]+)(?:\/|["'`])/.exec(text)?.[1] ?? null,
  };
}

function textOf(file: AppFile): string {
  return new TextDecoder().decode(file.content);
}

/** The first of `names` that argparse is told of. */
function option(text: string, names: readonly string[]): string | null {
  const declared = [...text.matchAll(/add_argument\(([^)]*)/g)].map((match) => match[1] ?? '');
  const quoted = (name: string): boolean =>
    declared.some((words) => words.includes(`'${name}'`) || words.includes(`"${name}"`));
  return names.find(quoted) ?? null;
}

/** The `bind((ADDRESS, …))` of the file, or the line that sets the variable it is given. */
function addressInCode(name: string, text: string): AddressInCode | null {
  const lines = text.split(/\r?\n/);
  const found = (index: number, address: string | null): AddressInCode => ({
    file: name,
    line: index + 1,
    source: (lines[index] ?? '').trim(),
    address,
  });
  for (const [index, line] of lines.entries()) {
    const bound = /\.bind\s*\(\s*\(\s*(?:(["'])(.*?)\1|([A-Za-z_]\w*))/.exec(line);
    if (bound === null) continue;
    const variable = bound[3];
    if (variable === undefined) return found(index, bound[2] === '' ? '0.0.0.0' : (bound[2] ?? null));
    const setAt = lines.findIndex((candidate) => new RegExp(`^\\s*${variable}\\s*=[^=]`).test(candidate));
    if (setAt === -1) return found(index, null);
    const literal = /=\s*(["'])(.*?)\1/.exec(lines[setAt] ?? '')?.[2];
    return found(setAt, literal === '' ? '0.0.0.0' : (literal ?? null));
  }
  return null;
}
