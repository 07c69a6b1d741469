/** What reaches sudo and what reaches the command, with a `sudo` of shell that reads as sudo and as sudo-rs read. */
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectLocal } from '../../../src/ops/transport/local.ts';
import type { Exit, RunningCommand } from '../../../src/ops/transport/process.ts';
import { answerSudo, sudoArgv, sudoMarks } from '../../../src/ops/transport/sudo.ts';
import type { Transport } from '../../../src/ops/transport/transport.ts';
import { testFolder } from '../../support/folder.ts';

/** Waits until a file of this test appears: one that asks late, without a clock. */
const WAIT_FOR_GO = 'while ! [ -e "$DIR/go" ]; do sleep 0.02; done';

/**
 * A sudo as a user's own program: `$prompt`, and the command in `$@`. It writes down each line that it takes for a
 * password.
 */
const SUDO = (how: string): string => `#!/bin/bash
if [ "$1" = -n ]; then echo "sudo: a password is required" >&2; exit 1; fi
while [ "$1" != -- ]; do [ "$1" = -p ] && prompt=$2; shift; done
shift
take() {
  IFS= read -r line || { echo "sudo: no password was provided" >&2; exit 1; }
  echo "$line" >>"$DIR/taken"
  [ "$line" = "$(cat "$DIR/password")" ]
}
${how}
`;

const ASKS = `for try in 1 2 3; do
  printf '%s' "$prompt" >&2
  take && exec "$@"
  echo "Sorry, try again." >&2
done
echo "sudo: 3 incorrect password attempts" >&2; exit 1`;

/** Its words and its line end around the prompt (src/pam/converse.rs, src/pam/rpassword.rs). */
const ASKS_AS_SUDO_RS = `for try in 1 2 3; do
  printf '[sudo: %s] Password: ' "$prompt" >&2
  if take; then echo >&2; exec "$@"; fi
  echo >&2; echo "sudo: Authentication failed, try again." >&2
done
echo "sudo: maximum 3 incorrect authentication attempts" >&2; exit 1`;

interface Scene {
  readonly folder: string;
  readonly transport: Transport;
  /** What sudo took for passwords after the first, which the connection tried. */
  taken(): readonly string[];
  become(how: string): void;
}

async function connected(how = ASKS): Promise<Scene> {
  const folder = testFolder();
  const put = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  put('id', '#!/bin/sh\n[ "$1" = -u ] && echo 1000 || echo sudo\n');
  put('sudo', SUDO(how));
  writeFileSync(join(folder, 'password'), 'secret\n');
  const env = { ...process.env, DIR: folder, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
  const transport = await connectLocal({ env, questions: { askSudoPassword: async () => 'secret' } });
  return {
    folder,
    transport,
    taken: () => {
      const file = join(folder, 'taken');
      return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(1) : [];
    },
    become: (other) => put('sudo', SUDO(other)),
  };
}

const root = { privileged: true } as const;

describe.skipIf(process.platform === 'win32')('sudo with a password', () => {
  it('gets the password though it asks late, and the command its input', async () => {
    const { folder, transport, taken, become } = await connected();
    become(`${WAIT_FOR_GO}; ${ASKS}`);
    expect(transport.privilege).toEqual({ kind: 'sudo-password' });
    const running = transport.run(['cat'], { ...root, input: 'contents of a file\n' });
    writeFileSync(join(folder, 'go'), '');
    expect(await running).toMatchObject({ code: 0, stdout: 'contents of a file\n', stderr: '' });
    expect(taken()).toEqual(['secret']);
  });

  it('does not take the input for a password when the password has become wrong', async () => {
    const { folder, transport, taken } = await connected();
    writeFileSync(join(folder, 'password'), 'another\n');
    const running = transport.run(['cat'], { ...root, input: 'line 1\nline 2\n' });
    await expect(running).rejects.toMatchObject({ failure: { code: 'sudo-password-wrong' } });
    const opening = transport.open(['cat'], root);
    await expect(opening).rejects.toMatchObject({ failure: { code: 'sudo-password-wrong' } });
    expect(taken()).toEqual(['secret', 'secret']);
  });

  it('hands the input to a command that it runs without asking', async () => {
    const { transport, taken, become } = await connected();
    become('exec "$@"');
    expect((await transport.run(['cat'], { ...root, input: 'mine' })).stdout).toBe('mine');
    // Without any input the command reads the end of it.
    expect(await transport.run(['cat'], root)).toMatchObject({ code: 0, stdout: '' });
    const opened = await transport.open(['cat'], root);
    opened.stream.write('ping');
    expect(String((await once(opened.stream, 'data'))[0])).toBe('ping');
    opened.stream.end();
    await opened.ended;
    expect(taken()).toEqual([]);
  });

  it('keeps its words out of those of the command, in sudo-rs’s way too', async () => {
    for (const how of [`echo "We trust you have received the usual lecture" >&2\n${ASKS}`, ASKS_AS_SUDO_RS]) {
      const { transport } = await connected(how);
      expect(transport.privilege).toEqual({ kind: 'sudo-password' });
      const argv = ['sh', '-c', 'cat; echo done >&2; exit 3'];
      expect(await transport.run(argv, { ...root, input: 'hi' })).toMatchObject({
        code: 3,
        stdout: 'hi',
        stderr: 'done\n',
      });
    }
  });

  it('loses nothing of the input where it reads ahead', async () => {
    const { transport, become } = await connected();
    // All that is there to be read, once: what follows the password would be gone.
    become(`printf '%s' "$prompt" >&2; dd bs=4096 count=1 of="$DIR/ahead" status=none; exec "$@"`);
    expect((await transport.run(['cat'], { ...root, input: 'all of it' })).stdout).toBe('all of it');
  });

  it.each([
    ['sudo', ASKS],
    ['sudo-rs', ASKS_AS_SUDO_RS],
  ])('tells in the words of %s why a command is refused', async (_name, how) => {
    const { transport, taken, become } = await connected();
    const refuses = 'echo "Sorry, user u is not allowed to execute \'$*\' as root." >&2; exit 1';
    become(how.replace('exec "$@"', `{ ${refuses}; }`));
    const result = await transport.run(['cat', '/etc/shadow'], { ...root, input: 'mine' });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/^Sorry, user u is not allowed to execute 'sh -c .* cat \/etc\/shadow'/);
    expect(taken()).toEqual(['secret']);
  });

  it('waits no longer than its caller', async () => {
    const { folder, transport, become } = await connected();
    become(`echo $$ >"$DIR/waits"; ${WAIT_FOR_GO}`);
    const stop = new AbortController();
    const running = transport.run(['cat'], { ...root, input: 'mine', signal: stop.signal });
    const opening = transport.open(['cat'], { ...root, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(opening).rejects.toThrow('enough');
    writeFileSync(join(folder, 'go'), '');
  });

  it('ends with sudo where sudo ends before it asks', async () => {
    const { transport, become } = await connected();
    become('echo "sudo: unable to open /etc/sudoers" >&2; exit 1');
    const result = await transport.run(['cat'], { ...root, input: 'mine' });
    expect(result).toMatchObject({ code: 1, stderr: 'sudo: unable to open /etc/sudoers\n' });
    const opened = await transport.open(['cat'], root);
    expect(await opened.ended).toMatchObject({ code: 1 });
  });
});

/** A command of which the test writes stderr and reads stdin. */
function puppet() {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  let end = (_exit: Exit): void => undefined;
  let stopped = false;
  const command: RunningCommand = {
    stream: stdin,
    stderr,
    ended: new Promise((resolve) => {
      end = resolve;
    }),
    failure: () => null,
    stop: () => {
      stopped = true;
    },
  };
  return {
    command,
    stderr,
    written: () => String(stdin.read() ?? ''),
    end: (exit: Exit) => end(exit),
    stopped: () => stopped,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** `text` in pieces of the lengths given, and the rest. */
function pieces(text: string, lengths: readonly number[]): string[] {
  const found: string[] = [];
  let at = 0;
  for (const length of lengths) {
    if (at >= text.length) break;
    found.push(text.slice(at, at + length));
    at += length;
  }
  return at < text.length ? [...found, text.slice(at)] : found;
}

describe('sudo’s dialogue', () => {
  it('is understood however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }),
        fc.constantFrom('', 'a lecture\n', '[tp5-tui ', '\n\n'),
        fc.constantFrom('', '\n', '] Password: \n'),
        fc.string(),
        async (lengths, before, between, own) => {
          const marks = sudoMarks();
          const { command, stderr, written } = puppet();
          const answer = answerSudo(command, marks, 'secret');
          const whole = `${before}${marks.prompt}${between}${marks.begun.join('')}${own}`;
          for (const piece of pieces(whole, lengths)) stderr.write(piece);
          stderr.end();
          expect(await answer.admitted).toBe(true);
          expect(written()).toBe('secret\n');
          expect(answer.refused()).toBe(false);
          let kept = '';
          for await (const chunk of answer.stderr) kept += String(chunk);
          expect(kept).toBe(own);
        },
      ),
    );
  });

  it('is answered at the prompt, and not before its last byte', async () => {
    const marks = sudoMarks();
    const { command, stderr, written } = puppet();
    answerSudo(command, marks, 'secret');
    for (const byte of marks.prompt.slice(0, -1)) {
      stderr.write(byte);
      await turn();
      expect(written()).toBe('');
    }
    stderr.write(marks.prompt.slice(-1));
    await turn();
    expect(written()).toBe('secret\n');
  });

  it('is over at the second prompt: nothing more is written, the command is stopped', async () => {
    const marks = sudoMarks();
    const { command, stderr, written, stopped, end } = puppet();
    const answer = answerSudo(command, marks, 'secret');
    stderr.write(`${marks.prompt}Sorry, try again.\n${marks.prompt}`);
    await turn();
    expect([written(), stopped(), answer.refused()]).toEqual(['secret\n', true, true]);
    stderr.write(`Sorry, try again.\n${marks.prompt}`);
    end({ code: null, signal: 'TERM' });
    expect(await answer.admitted).toBe(false);
    expect(written()).toBe('');
  });

  it('has one prompt after words of any length', async () => {
    const marks = sudoMarks();
    const { command, stderr, written } = puppet();
    const answer = answerSudo(command, marks, 'secret');
    for (let line = 0; line < 2_000; line += 1) {
      stderr.write(`${marks.prompt.slice(0, 12)} line ${line} of a message of the day\n`);
      if (line === 900) stderr.write(marks.prompt);
      if (line % 100 === 0) await turn();
    }
    stderr.end();
    expect(await answer.admitted).toBe(false);
    expect([written(), answer.refused()]).toEqual(['secret\n', false]);
    const chunks: Buffer[] = [];
    for await (const chunk of answer.stderr) chunks.push(chunk as Buffer);
    const kept = Buffer.concat(chunks).toString();
    expect(kept).toMatch(/line 1999 of a message of the day\n$/);
    // The last of it, as long as anybody would read.
    expect(kept.length).toBeLessThanOrEqual(8 * 1024);
  });

  it('never has the mark or the prompt in a refusal that quotes the command', () => {
    const marks = sudoMarks();
    const quoted = sudoArgv(marks, ['id']).slice(6).join(' ');
    expect(quoted).not.toContain(marks.begun.join(''));
    expect(quoted).not.toContain(marks.prompt);
  });
});
