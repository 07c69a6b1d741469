/** Login shells and forced commands of all kinds on the real host: it works, or the sentence names what is in the way. */
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { framedArgv, newMarks } from '../../src/ops/transport/framed.ts';
import { quoteCommand } from '../../src/ops/transport/quote.ts';
import { control, onHost, onLab, openConsole, operatorHome } from './host.ts';
import { at, run, start } from './shell.ts';

const size = { cols: 120, rows: 40 };

/** zoe's login shell, until the test ends. */
async function zoeHas(shell: string): Promise<void> {
  onTestFinished(async () => {
    await onHost('usermod -s /bin/bash zoe');
  });
  await onHost(`usermod -s ${shell} zoe`);
}

/** The beginning of zoe's .bashrc, before what Debian leaves out for a shell that nobody types into. */
async function zoeStartsWith(words: string): Promise<void> {
  onTestFinished(async () => {
    await onHost('cp /etc/skel/.bashrc /home/zoe/.bashrc');
  });
  await onHost(`cat > /home/zoe/.bashrc <<'RC'\n${words}\nRC`);
}

/** A drop-in for zoe in sshd_config. */
async function zoeIsForced(command: string): Promise<void> {
  onTestFinished(async () => {
    await onHost('rm -f /etc/ssh/sshd_config.d/zoe.conf; systemctl reload ssh');
  });
  await onHost(`printf 'Match User zoe\\n  ForceCommand %s\\n' '${command}' > /etc/ssh/sshd_config.d/zoe.conf
    systemctl reload ssh`);
}

const look = ['status', at('zoe'), '--no-input'];

onLab('a login shell', () => {
  beforeAll(async () => {
    await control('reset');
  });

  it.each(['bash', 'dash', 'fish', 'tcsh'])('that is %s: the host is looked at as ever', async (shell) => {
    await zoeHas(await onHost(`command -v ${shell}`));
    const ended = await run([...look, '--json']);
    expect(ended.code, ended.stderr).toBe(1);
    expect(JSON.parse(ended.stdout).unit).toMatchObject({ active: 'inactive' });
  });

  it.each(['sh', 'bash', 'fish', 'tcsh'])('that is %s reads every argument as it is meant', async (shell) => {
    const odd = [
      "it's",
      'a\\b\\\\c\\',
      '!!',
      '$HOME',
      '',
      '~',
      '*',
      '%1',
      '{a,b}',
      '`id`',
      '"',
      '(',
      ';',
      '#',
    ];
    for (const argv of [odd, [...odd, 'two\nlines\n']]) {
      const marks = newMarks();
      const line = quoteCommand(framedArgv(marks, ['printf', '%s|', ...argv]));
      const script = Buffer.from(line).toString('base64');
      expect(await onHost(`${shell} -c "$(echo ${script} | base64 -d)" 2>/dev/null`)).toBe(
        `${marks.stdout}${argv.map((word) => `${word}|`).join('')}`,
      );
    }
  });

  it('that prints words of its own disturbs neither a command nor the console', async () => {
    await zoeStartsWith('echo "Welcome, $USER"; printf "no newline"; echo noise >&2');
    const ended = await run([...look, '--json']);
    expect(ended.code, ended.stderr).toBe(1);
    expect(JSON.parse(ended.stdout).unit).toMatchObject({ active: 'inactive' });
    await onHost('usermod -aG systemd-journal zoe; systemctl start calculatrice');
    onTestFinished(async () => {
      await onHost('gpasswd -d zoe systemd-journal; systemctl stop calculatrice');
    });
    const terminal = openConsole('zoe', [], size);
    await terminal.waitFor('active (running)');
    await terminal.waitFor('Started Super calculatrice');
  });

  it('that hangs is told of on the spot, bounded by the settings, and left by Ctrl+C', async () => {
    await zoeStartsWith('echo "mounting home"; exec sleep 1000');
    const home = operatorHome();
    const waiting = start(look, home);
    await expect.poll(waiting.stderr).toContain("zoe@10.5.1.2: logged in; waiting for the host's shell…");
    waiting.interrupt();
    expect((await waiting.ended).code).toBe(130);
    const settings = '/tmp/tp5-shell-timeout.toml';
    const { writeFileSync, rmSync } = await import('node:fs');
    writeFileSync(settings, 'shell_timeout = 6\n');
    onTestFinished(() => rmSync(settings));
    const ended = await run([...look, '--config', settings], home);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('has not run our command within 6 s; it said “mounting home”');
    expect(ended.stdout + ended.stderr).not.toContain('no systemd');
    const terminal = openConsole('zoe', ['--config', settings], size);
    await terminal.waitFor("logged in; waiting for the host's shell…");
    await terminal.waitFor('has not run our command within 6 s');
  });

  it.each([
    [
      '/usr/sbin/nologin',
      /the login shell, nologin, ran .* ended with code 1; it said “This account is currently not/,
    ],
    ['/bin/false', /something else ran in our command's place and ended with code 1, without a word/],
  ])('that is %s is named', async (shell, words) => {
    await zoeHas(shell);
    const ended = await run(look);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).toContain('usermod -s /bin/bash zoe');
    expect(ended.stdout + ended.stderr).not.toContain('no systemd');
  });

  it('that does not exist is named among what has a server take none of our keys', async () => {
    await zoeHas('/bin/nowhere');
    const ended = await run(look);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/login shell that does not exist .*getent passwd zoe/);
  });
});

onLab('a forced command', () => {
  beforeAll(async () => {
    await control('reset');
  });

  it.each([
    ['yes AAAA', /bytes of something else; it said “AAAA”/],
    ['echo go away', /ended with code 0; it said “go away”/],
    ['internal-sftp', /Files can be had over SFTP[\s\S]*ForceCommand internal-sftp/],
  ])('%s ends in one sentence', async (command, words) => {
    await zoeIsForced(command);
    const ended = await run(look);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(words);
    expect(ended.stdout + ended.stderr).not.toContain('no systemd');
  });

  it('that says something and then runs what it was asked is no hindrance', async () => {
    await zoeIsForced('echo "This session is recorded."; eval "$SSH_ORIGINAL_COMMAND"');
    const ended = await run([...look, '--json']);
    expect(ended.code, ended.stderr).toBe(1);
    expect(JSON.parse(ended.stdout).unit).toMatchObject({ active: 'inactive' });
  });
});
