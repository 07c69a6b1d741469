import { describe, expect, it } from 'vitest';
import { createAsker } from '../../../src/ops/checks/asker.ts';
import { type Fact, seen, unseen } from '../../../src/ops/checks/facts.ts';
import { gather } from '../../../src/ops/checks/gather.ts';
import { Failed } from '../../../src/ops/failure.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { commandHost } from './command-host.ts';

const never = new AbortController().signal;

describe('asking the host', () => {
  it('runs a command once, however often it is asked for', async () => {
    const { host, commands } = commandHost({ hostname: 'hosting.tp5.b1\n' });
    const ask = createAsker(host, never);
    const both = await Promise.all([ask(['hostname']), ask(['hostname'])]);
    expect(both.map(({ stdout }) => stdout)).toEqual(['hosting.tp5.b1\n', 'hosting.tp5.b1\n']);
    await ask(['hostname'], { attempt: 1 });
    expect(commands()).toEqual(['hostname', 'hostname']);
  });

  it('runs no more at once than sshd has sessions for', async () => {
    const scripted = commandHost({ '': '' });
    const ask = createAsker(scripted.host, never);
    await Promise.all(Array.from({ length: 30 }, (_, index) => ask(['echo', String(index)])));
    expect(scripted.ran).toHaveLength(30);
    expect(scripted.most).toBe(5);
  });

  it('runs in a plain locale, finds the tools of the system, and shows what one would type', async () => {
    const { host, ran } = commandHost({ 'sshd -T': 'port 22\n' });
    const said = await createAsker(host, never)(['sshd', '-T'], { root: true });
    expect(ran[0]?.argv.slice(0, 2)).toEqual(['env', 'LC_ALL=C']);
    expect(ran[0]?.argv[2]).toContain('/usr/sbin');
    expect(ran[0]?.options.privileged).toBe(true);
    expect(said.evidence).toEqual({ command: 'sudo sshd -T', output: 'port 22' });
  });

  it('shows no sudo to root, and asks for none where there is none to be had', async () => {
    const root = commandHost({ id: '' }, { kind: 'root' });
    expect((await createAsker(root.host, never)(['id'], { root: true })).command).toBe('id');
    const none = commandHost({ id: '' }, { kind: 'none', reason: 'no-sudo', detail: '' });
    expect((await createAsker(none.host, never)(['id'], { root: true })).command).toBe('id');
    expect(none.ran[0]?.options.privileged).toBe(false);
  });

  it.each([
    [{ code: 127, stderr: "env: 'getenforce': No such file or directory" }, 'no-command'],
    [{ code: 1, stderr: 'cat: /etc/ssh/sshd_config: Permission denied' }, 'not-permitted'],
    [{ code: 253, stderr: 'Authorization failed.' }, 'not-permitted'],
    [{ code: 1, stderr: 'sshd: no hostkeys available -- exiting.' }, 'not-permitted'],
    [{ code: 1, stderr: 'Sorry, user paul is not allowed to execute /bin/cat' }, 'not-permitted'],
    [{ code: 2, stderr: 'ls: cannot access x: No such file or directory' }, undefined],
    [{ code: 0, stderr: 'warning: permission denied' }, undefined],
    [new Failed({ code: 'not-permitted', action: 'x', detail: 'no sudo' }), 'not-permitted'],
    [new Failed({ code: 'sudo-password-wrong', user: 'paul' }), 'not-permitted'],
    [new Failed({ code: 'timeout', what: 'x', ms: 5 }), 'command-failed'],
  ])('%j says why nothing was seen: %s', async (reply, why) => {
    const { host } = commandHost({ x: reply });
    expect((await createAsker(host, never)(['x'])).unseen?.code).toBe(why);
  });

  it('shows nobody a webhook that a command printed', async () => {
    const { host } = commandHost({ x: 'URL=https://discord.com/api/webhooks/1/secret\n' });
    const said = await createAsker(host, never)(['x']);
    expect(said.evidence.output).toBe('URL=https://discord.com/api/webhooks/…');
  });

  it('waits when sshd has no channel to give, and gives up in the end', async () => {
    const none = new Failed({ code: 'unavailable', what: 'exec', detail: 'open failed' });
    let refusals = 3;
    const scripted = commandHost({
      x: async () => {
        refusals -= 1;
        if (refusals >= 0) throw none;
        return { stdout: 'at last' };
      },
      y: none,
    });
    const clock = createFakeClock();
    const ask = createAsker(scripted.host, never, 'C', clock);
    const said = ask(['x']);
    for (let turn = 0; turn < 4; turn += 1) await clock.advance(50);
    expect((await said).stdout).toBe('at last');

    const never_ = ask(['y']);
    for (let turn = 0; turn < 60; turn += 1) await clock.advance(50);
    expect((await never_).unseen?.code).toBe('command-failed');
  });

  it('ends with the link', async () => {
    const lost = new Failed({ code: 'link-lost', detail: 'reset' });
    await expect(createAsker(commandHost({ x: lost }).host, never)(['x'])).rejects.toBe(lost);
  });
});

describe('gathering', () => {
  it('asks each source once, those that lean on it after it', async () => {
    const asked: string[] = [];
    const facts = await gather(['processUser', 'program'], {
      async service() {
        asked.push('service');
        return unseen({ code: 'not-looked' });
      },
      async unitFile(get) {
        asked.push('unitFile');
        const service = await get('service');
        return service.seen ? unseen({ code: 'embedded' }) : service;
      },
      async processUser(get) {
        const service = await get('service');
        return service.seen ? seen('root') : service;
      },
      async program(get): Promise<Fact<never>> {
        const unit = await get('unitFile');
        return unit.seen ? unseen({ code: 'embedded' }) : unit;
      },
    });
    expect(asked).toEqual(['service', 'unitFile']);
    expect(facts.program).toMatchObject({ seen: false, why: { code: 'not-looked' } });
    expect(Object.keys(facts)).toEqual(['processUser', 'program']);
  });

  it('calls what this kind of host does not have by its name', async () => {
    expect((await gather(['selinux'], {})).selinux).toMatchObject({ seen: false, why: { code: 'embedded' } });
  });

  it('survives a source that fails, but not the loss of the link', async () => {
    const failing = (failure: Failed) =>
      gather(['processUser'], {
        processUser: () => Promise.reject(failure),
      });
    const unavailable = new Failed({ code: 'unavailable', what: 'x', detail: 'no such thing' });
    expect((await failing(unavailable)).processUser).toMatchObject({
      why: { code: 'command-failed', detail: 'no such thing' },
    });
    const lost = new Failed({ code: 'link-lost', detail: '' });
    await expect(failing(lost)).rejects.toBe(lost);
  });
});
