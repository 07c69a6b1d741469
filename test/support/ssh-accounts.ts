/** What a login on the in-process SSH host may do, and its `sudo`, as sudo 1.9 answers. */
import type { ServerChannel } from 'ssh2';

export interface Account {
  readonly uid: number;
  readonly groups: readonly string[];
  /** `free` needs no password; `stranger` is not in the sudoers file, which sudo tells after the password. */
  readonly sudo: 'free' | 'password' | 'stranger' | 'missing';
  readonly password?: string;
  /** Commands that sudo runs without asking although the others need the password (NOPASSWD). */
  readonly unasked?: readonly string[];
}

const TRIES = 3;

/** Runs what comes after `sudo` and `env`; answers the transport's question for its standing. */
export function runAs(
  account: Account,
  argv: readonly string[],
  channel: ServerChannel,
  run: (argv: readonly string[], privileged: boolean) => void,
): void {
  const command = withoutEnvironment(argv);
  if (isStandingQuestion(command)) return answerStanding(account, channel);
  if (command[0] !== 'sudo') return run(command, account.uid === 0);
  sudo(account, command.slice(1), channel, (inner) => {
    const marked = markedCommand(inner);
    if (marked !== null) channel.stderr.write(marked.mark);
    const own = marked?.argv ?? inner;
    if (own[0] === 'true') return end(channel, 0);
    run(own, true);
  });
}

/** `sh -c SCRIPT HALF HALF COMMAND…`, as the transport has sudo start a command: see src/ops/transport/sudo.ts. */
function markedCommand(
  argv: readonly string[],
): { readonly mark: string; readonly argv: readonly string[] } | null {
  const [shell, option, , first = '', second = '', ...own] = argv;
  return shell === 'sh' && option === '-c' && first.startsWith('tp5-tui:')
    ? { mark: first + second, argv: own }
    : null;
}

function withoutEnvironment(argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'env') return argv;
  const start = argv.findIndex((word, index) => index > 0 && !word.includes('='));
  return argv.slice(start);
}

function isStandingQuestion(argv: readonly string[]): boolean {
  return argv[0] === 'sh' && argv[1] === '-c' && (argv[2] ?? '').includes('sudo -n true');
}

function answerStanding(account: Account, channel: ServerChannel): void {
  const { uid, groups, sudo: kind } = account;
  const lines = ['hello from .bashrc', `tp5-tui:uid ${uid}`, `tp5-tui:groups ${groups.join(' ')}`];
  if (uid !== 0) {
    if (kind === 'free') lines.push('tp5-tui:sudo 0 ');
    else if (kind === 'missing') lines.push('tp5-tui:sudo 127 sh: 1: sudo: not found');
    else lines.push('tp5-tui:sudo 1 sudo: a password is required');
  }
  channel.write(`${lines.join('\n')}\n`);
  end(channel, 0);
}

function sudo(
  account: Account,
  argv: readonly string[],
  channel: ServerChannel,
  run: (argv: readonly string[]) => void,
): void {
  const split = argv.indexOf('--');
  const options = argv.slice(0, split);
  const inner = argv.slice(split + 1);
  if (account.sudo === 'missing') return end(channel, 127, 'sudo: not found\n');
  const named = markedCommand(inner)?.argv[0] ?? inner[0] ?? '';
  if (account.sudo === 'free' || account.unasked?.includes(named)) return run(inner);
  if (!options.includes('-S')) return end(channel, 1, 'sudo: a password is required\n');
  const prompt = options[options.indexOf('-p') + 1] ?? 'Password: ';

  function ask(attempt: number): void {
    channel.stderr.write(prompt);
    readLine(channel, (line) => {
      if (line === null) return end(channel, 1, '\nsudo: no password was provided\n');
      if (line === account.password) {
        if (account.sudo !== 'stranger') return run(inner);
        return end(channel, 1, 'zoe is not in the sudoers file.\n');
      }
      if (attempt === TRIES) return end(channel, 1, `sudo: ${TRIES} incorrect password attempts\n`);
      channel.stderr.write('Sorry, try again.\n');
      ask(attempt + 1);
    });
  }
  ask(1);
}

/** Reads up to a newline and leaves what follows to the command, as sudo does. */
function readLine(channel: ServerChannel, take: (line: string | null) => void): void {
  let line = Buffer.alloc(0);
  const settle = (value: string | null): void => {
    channel.off('readable', look);
    channel.off('end', ended);
    take(value);
  };
  const ended = (): void => settle(null);
  function look(): void {
    for (let byte = channel.read(1); byte !== null; byte = channel.read(1)) {
      if (byte[0] === 0x0a) return settle(line.toString('utf8'));
      line = Buffer.concat([line, byte]);
    }
  }
  channel.on('readable', look);
  channel.on('end', ended);
  look();
}

function end(channel: ServerChannel, code: number, stderr = ''): void {
  // The other side may have closed the channel already, as it does on a second prompt.
  if (stderr !== '' && channel.stderr.writable) channel.stderr.write(stderr);
  channel.exit(code);
  channel.end();
}
