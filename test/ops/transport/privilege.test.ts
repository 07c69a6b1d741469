/** Who may do what on a host, and where a sudo password goes, and where it never does. */
import { appendFile } from 'node:fs/promises';
import type { ServerChannel } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { SudoQuestion } from '../../../src/ops/transport/memory.ts';
import { newMemory } from '../../../src/ops/transport/memory.ts';
import { judgeStanding, readStanding } from '../../../src/ops/transport/privilege.ts';
import { connectSsh, type SshOptions } from '../../../src/ops/transport/ssh.ts';
import type { Transport } from '../../../src/ops/transport/transport.ts';
import type { Account } from '../../support/ssh-accounts.ts';
import { finish, type SshHost, startSshHost } from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const paul: Account = { uid: 1001, groups: ['paul', 'sudo'], sudo: 'password', password: 'motdepasse' };

async function hostFor(account: Account): Promise<SshHost> {
  const there = await startSshHost({ account, exec: echo });
  open.push(there);
  await appendFile(there.knownHostsFile, there.knownHostsLine());
  return there;
}

async function connect(there: SshHost, options: Partial<SshOptions> = {}): Promise<Transport> {
  const transport = await connectSsh({ host: 'tp5', route: there.route(), ...options });
  open.push(transport);
  return transport;
}

/** Says whether it is root, and gives back its input. */
function echo(_command: string, channel: ServerChannel, { privileged }: { privileged: boolean }): void {
  channel.write(privileged ? 'root:' : 'user:');
  channel.on('data', (chunk: Buffer) => channel.write(chunk));
  channel.on('end', () => finish(channel, 0));
}

function answering(...answers: (string | null)[]) {
  const asked: SudoQuestion[] = [];
  const askSudoPassword = async (question: SudoQuestion): Promise<string | null> => {
    asked.push(question);
    return answers[asked.length - 1] ?? null;
  };
  return { asked, questions: { askSudoPassword } };
}

describe('privilege', () => {
  it('is root for uid 0', async () => {
    const transport = await connect(await hostFor({ uid: 0, groups: ['root'], sudo: 'missing' }));
    expect(transport.privilege).toEqual({ kind: 'root' });
    expect((await transport.run(['echo'], { privileged: true })).stdout).toBe('root:');
  });

  it('asks for the sudo password once, and not again on the next connection', async () => {
    const there = await hostFor(paul);
    const { asked, questions } = answering('motdepasse');
    const memory = newMemory();
    const transport = await connect(there, { questions, memory });
    expect(transport.privilege).toEqual({ kind: 'sudo-password' });
    expect(await transport.run(['echo'], { privileged: true, input: 'hi' })).toMatchObject({
      code: 0,
      stdout: 'root:hi',
      stderr: '',
    });
    expect((await transport.run(['echo'], { input: 'hi' })).stdout).toBe('user:hi');
    const again = await connect(there, { memory });
    expect(again.privilege).toEqual({ kind: 'sudo-password' });
    expect(asked).toEqual([{ account: 'manon@tp5', attempt: 1 }]);
    expect(there.commands.join('\n')).not.toContain('motdepasse');
  });

  it('hands out an opened command with the password already behind it', async () => {
    const { questions } = answering('motdepasse');
    const transport = await connect(await hostFor(paul), { questions });
    const command = await transport.open(['echo'], { privileged: true });
    command.stream.end('hello');
    let said = '';
    for await (const chunk of command.stream) said += String(chunk);
    expect(said).toBe('root:hello');
    expect(await command.ended).toEqual({ code: 0, signal: null });
    expect(command.stderr()).toBe('');
  });

  it('never writes the password to a command that sudo runs without asking', async () => {
    const there = await hostFor({ ...paul, unasked: ['echo'] });
    const transport = await connect(there, answering('motdepasse'));
    // It ends only once its input does, which comes when sudo is known not to ask.
    const result = await transport.run(['echo'], { privileged: true, input: 'mine' });
    expect(result.stdout).toBe('root:mine');
  });

  it('asks three times, then goes on without', async () => {
    const { asked, questions } = answering('a', 'b', 'c', 'motdepasse');
    const transport = await connect(await hostFor(paul), { questions });
    expect(transport.privilege).toMatchObject({ kind: 'none', reason: 'password-refused' });
    expect(asked).toHaveLength(3);
    await expect(transport.run(['echo'], { privileged: true })).rejects.toMatchObject({
      failure: { code: 'not-permitted', action: 'echo' },
    });
  });

  it('takes an empty answer for "go on without"', async () => {
    const { questions } = answering('');
    const transport = await connect(await hostFor(paul), { questions });
    expect(transport.privilege).toMatchObject({ kind: 'none', reason: 'password-not-given' });
  });

  it('learns from sudo itself that the user may not use it', async () => {
    const there = await hostFor({ ...paul, sudo: 'stranger' });
    const transport = await connect(there, answering('motdepasse'));
    expect(transport.privilege).toEqual({
      kind: 'none',
      reason: 'no-sudo',
      detail: 'zoe is not in the sudoers file.',
    });
  });

  it('does not ask a user whose groups may not use sudo, unless told to', async () => {
    const zoe: Account = { uid: 1002, groups: ['zoe'], sudo: 'password', password: 'secret' };
    const there = await hostFor(zoe);
    const quiet = answering('secret');
    const transport = await connect(there, quiet);
    expect(transport.privilege).toEqual({
      kind: 'none',
      reason: 'no-sudo',
      detail: 'sudo: a password is required; groups: zoe',
    });
    expect(quiet.asked).toEqual([]);
    const told = await connect(there, { ...answering('secret'), sudo: 'ask' });
    expect(told.privilege).toEqual({ kind: 'sudo-password' });
  });

  it('says so when the remembered password has become wrong', async () => {
    const account = { ...paul };
    const there = await hostFor(account);
    const transport = await connect(there, answering('motdepasse'));
    account.password = 'changed';
    await expect(transport.run(['echo'], { privileged: true })).rejects.toMatchObject({
      failure: { code: 'sudo-password-wrong', user: 'manon' },
    });
  });
});

describe('readStanding and judgeStanding', () => {
  it.each([
    ['tp5-tui:uid 0\ntp5-tui:groups root\n', { kind: 'root' }],
    ['noise\ntp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 0 \n', { kind: 'sudo' }],
    ['tp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 1 sudo: a password is required\n', 'password'],
    [
      'tp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 1 sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\n',
      'password',
    ],
    [
      'tp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 1 Sorry, user u may not run sudo on tp5.\n',
      { kind: 'none', reason: 'no-sudo', detail: 'Sorry, user u may not run sudo on tp5.; groups: u wheel' },
    ],
    [
      'tp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 1 sudo: interactive authentication is required\n',
      'password',
    ],
    ['tp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 1 sudo: Interaction is required\n', 'password'],
    [
      'tp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 1 sudo: sorry, you must have a tty to run sudo\n',
      {
        kind: 'none',
        reason: 'needs-terminal',
        detail: 'sudo: sorry, you must have a tty to run sudo',
      },
    ],
    [
      "tp5-tui:uid 1000\ntp5-tui:groups u wheel\ntp5-tui:sudo 1 sudo: I'm sorry u. I'm afraid I can't do that\n",
      {
        kind: 'none',
        reason: 'no-sudo',
        detail: "sudo: I'm sorry u. I'm afraid I can't do that; groups: u wheel",
      },
    ],
    [
      'tp5-tui:uid 1000\ntp5-tui:groups u sudo\ntp5-tui:sudo 127 sh: 1: sudo: not found\n',
      { kind: 'none', reason: 'no-sudo', detail: 'sh: 1: sudo: not found; groups: u sudo' },
    ],
    ['', { kind: 'none', reason: 'no-sudo', detail: 'groups: ' }],
  ])('%j', (output, expected) => {
    expect(judgeStanding(readStanding(output), 'auto')).toEqual(expected);
  });
});
