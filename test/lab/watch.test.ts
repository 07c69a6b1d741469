/** The guard on the real host: alerts at a stand-in for Discord in time, crash loops, blindness, and its systemd unit. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Discord, discordOnPc, type Line, onDuty, type Sent, startGuard } from './guards.ts';
import { control, hostAddress, lab, onHost, onLab, operatorHome } from './host.ts';
import type { Program } from './programs.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

interface Scene {
  readonly guard: Program<Line>;
  /** Titles that came, without what they all have. */
  titles(): readonly string[];
  /** The first message that came since `fromWall` whose title matches. */
  sent(title: RegExp, fromWall: number): Promise<Sent>;
}

/** A guard and a stand-in for Discord, both on the operator's PC; the service is up. */
async function guard(): Promise<Scene> {
  const home = operatorHome();
  const discord = await discordOnPc(home);
  const program = startGuard(home, { discord });
  await onDuty(program);
  return {
    guard: program,
    titles: () => titlesOf(discord).map((title) => title.replace(` on manon@${hostAddress}`, '')),
    sent: (title, fromWall) =>
      discord.program.until(
        ({ atWall, message }) => atWall >= fromWall && title.test(message?.embeds[0].title ?? ''),
      ),
  };
}

function titlesOf(discord: Discord): readonly string[] {
  return discord.sent().map(({ message }) => message.embeds[0].title);
}

function field({ message }: Sent, name: string): string {
  return message.embeds[0].fields.find((each) => each.name === name)?.value ?? '';
}

onLab('watch', () => {
  beforeEach(async () => {
    await control('reset', '--restart-sec', '30');
    await onHost('systemctl start calculatrice');
  });

  it.each([
    [
      'stopped',
      'systemctl stop calculatrice',
      'systemctl start calculatrice',
      /^Stopped/,
      /systemctl start calculatrice/,
    ],
    [
      'killed',
      'systemctl kill -s KILL calculatrice',
      'systemctl restart calculatrice',
      /systemd restarts it in/,
      /restart/,
    ],
    [
      'shut out by the firewall',
      'firewall-cmd -q --remove-port=13337/tcp',
      'firewall-cmd -q --add-port=13337/tcp',
      /13337\/tcp.*closed|open permanently but not now/,
      /--add-port=13337\/tcp/,
    ],
  ])(
    'alerts of a service that was %s, and tells how long it lasted',
    async (_, cut, mend, verdict, remedy) => {
      const { guard: program, sent, titles } = await guard();
      const cutWall = Date.now();
      await onHost(cut);
      const down = await sent(/is down/, cutWall);
      expect(down.message.embeds[0].description).toMatch(verdict);
      expect(field(down, 'Mend')).toMatch(remedy);
      const line = await program.until(({ event }) => event === 'down');
      const mendWall = Date.now();
      await onHost(mend);
      const back = await sent(/is back/, mendWall);
      expect(back.message.embeds[0].description).toMatch(/It was down for \d+ s\./);
      const { lengthSeconds } = await program.until(({ event }) => event === 'recovered');
      const sinceWall = Date.parse(String(line.since));
      // It came back at some moment of the mending, or was seen to after it.
      expect(Number(lengthSeconds) * 1000).toBeGreaterThanOrEqual(mendWall - sinceWall);
      expect(titles()).toEqual(['calculatrice.service is down', 'calculatrice.service is back']);
      expect(await program.end()).toBe(0);
    },
  );

  it('alerts of a pulled cable, too, and of nothing else', async () => {
    const { sent, titles, guard: program } = await guard();
    const cutWall = Date.now();
    await control('cut');
    await sent(/is down/, cutWall);
    await program.until(({ event, state }) => event === 'link' && state === 'lost');
    await control('mend');
    await sent(/is back/, cutWall);
    expect(titles()).toEqual(['calculatrice.service is down', 'calculatrice.service is back']);
  });

  it('takes a restart for none', async () => {
    const { guard: program, titles, sent } = await guard();
    await onHost('systemctl restart calculatrice');
    await program.until(({ event, pid }) => event === 'unit' && pid !== 0 && program.lines.length > 5);
    // What it has to tell of the restart comes before what it tells of a stop.
    const stopWall = Date.now();
    await onHost('systemctl stop calculatrice');
    await sent(/is down/, stopWall);
    expect(titles()).toEqual(['calculatrice.service is down']);
  });

  it('is blind, and does not call it an outage, when only SSH is gone', async () => {
    const { sent, guard: program, titles } = await guard();
    const cutWall = Date.now();
    await onHost('systemctl stop ssh; pkill -KILL -x sshd');
    const blind = await sent(/out of sight/, cutWall);
    expect(field(blind, 'From here')).toMatch(/open/);
    expect(program.lines.filter(({ event }) => event === 'down')).toEqual([]);
    await onHost('systemctl start ssh');
    await sent(/in sight again/, cutWall);
    expect(titles()).toEqual([
      `manon@${hostAddress} is out of sight`,
      `manon@${hostAddress} is in sight again`,
    ]);
  });

  it('makes one alert of a crash loop, not twenty', async () => {
    await onHost(`mkdir -p /run/systemd/system/calculatrice.service.d
      printf '[Unit]\\nStartLimitIntervalSec=0\\n[Service]\\nRestartSec=200ms\\n' > /run/systemd/system/calculatrice.service.d/loop.conf
      systemctl daemon-reload`);
    const { sent, guard: program, titles } = await guard();
    const fromWall = Date.now();
    await onHost(`printf 'import sys, time\\ntime.sleep(0.1)\\nsys.exit(1)\\n' > /opt/calculatrice/bs_server.py
      systemctl kill -s KILL calculatrice`);
    const looping = await sent(/crash loop/, fromWall);
    expect(field(looping, 'Mend')).toContain('journalctl -u calculatrice');
    await program.until(({ event, restarts }) => event === 'unit' && Number(restarts) >= 20);
    expect(titles().filter((title) => title.includes('crash loop'))).toHaveLength(1);
    expect(titles().length).toBeLessThanOrEqual(2);
    await onHost('rm -r /run/systemd/system/calculatrice.service.d; systemctl daemon-reload');
  });

  it('goes on after kill -9: one alert for one outage, and its recovery', async () => {
    const home = operatorHome();
    const discord = await discordOnPc(home);
    const first = startGuard(home, { discord });
    await first.until(({ event }) => event === 'up');
    await onHost('systemctl stop calculatrice');
    await first.until(({ event }) => event === 'alert-delivered');
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    const second = startGuard(home, { discord });
    await second.until(({ event }) => event === 'unit');
    await onHost('systemctl start calculatrice');
    await second.until(({ event }) => event === 'alert-delivered');
    expect(titlesOf(discord)).toEqual([
      `calculatrice.service on manon@${hostAddress} is down`,
      `calculatrice.service on manon@${hostAddress} is back`,
    ]);
  });

  it('runs as the user’s unit that it writes: ready, alive, with its credential, and is restarted when stuck', async () => {
    const opt = join(lab().root, 'opt', 'tp5-tui');
    onTestFinished(async () => {
      await asManon(
        'systemctl --user stop tp5-tui-watch; rm -rf ~/.config/systemd ~/.config/tp5-tui ~/.local/state/tp5-tui',
      );
      await onHost('loginctl disable-linger manon');
      rmSync(opt, { recursive: true, force: true });
    });
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(join(project, part), join(opt, part), { recursive: true });
    }
    cpSync(process.execPath, join(opt, 'node'));
    // Or the user's manager would end with their last session.
    await onHost('loginctl enable-linger manon');
    await onHost('systemctl start user@$(id -u manon)');
    const program = '/opt/tp5-tui/node /opt/tp5-tui/bin/tp5-tui.js';
    await asManon(`mkdir -p ~/.config/tp5-tui
      (umask 077; echo http://127.0.0.1:9000/api/webhooks/112233445566778899/a-token-of-some-length > ~/.config/tp5-tui/webhook)
      ${program} watch --install --local --address ${hostAddress} --webhook-file ~/.config/tp5-tui/webhook --allow-insecure-webhook
      mkdir -p ~/.config/systemd/user/tp5-tui-watch.service.d
      printf '[Service]\\nWatchdogSec=4\\nRestartSec=200ms\\n' > ~/.config/systemd/user/tp5-tui-watch.service.d/quick.conf
      systemctl --user daemon-reload`);
    // Type=notify: this returns when the guard has said that it is ready.
    await asManon('systemctl --user start tp5-tui-watch');
    await shows(/ActiveState=active/);
    await shows(/StatusText=1 up, 0 down/);
    await onHost('systemctl stop calculatrice');
    await shows(/StatusText=0 up, 1 down/);
    // Stopped in the middle of whatever it does: no more signs of life.
    await asManon('kill -STOP $(systemctl --user show -P MainPID tp5-tui-watch)');
    await shows(/NRestarts=1/);
    await shows(/ActiveState=active/);
    await asManon('systemctl --user stop tp5-tui-watch');
    await shows(/ActiveState=inactive\n(.*\n)*Result=success|Result=success\n(.*\n)*ActiveState=inactive/);
  });
});

/** Runs a shell script as manon on the host, with the user's own systemd at hand. */
async function asManon(script: string): Promise<string> {
  const quoted = script.replaceAll("'", "'\\''");
  return onHost(
    `runuser -u manon -- env HOME=/home/manon XDG_RUNTIME_DIR=/run/user/$(id -u manon) sh -c '${quoted}'`,
  );
}

/** Waits until systemd shows this of the guard's unit. */
async function shows(wanted: RegExp): Promise<void> {
  await eventually(async () => {
    expect(
      await asManon(
        'systemctl --user show tp5-tui-watch -p ActiveState -p NRestarts -p Result -p StatusText',
      ),
    ).toMatch(wanted);
  });
}
