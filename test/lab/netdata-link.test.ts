/**
 * `deploy --netdata` on the real host with the link lost: before each of its steps, while it is proved, while its last
 * word is given. All is done or all is put back, by the host's own timer, and the user is told what to expect.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Request } from './deploy-once.ts';
import { control, hostAddress, lab, onHost, onLab, onPc, operatorHome } from './host.ts';
import {
  discord,
  freshNetdata,
  netdataState,
  removeNetdata,
  startNetdata,
  writeOwnSettings,
} from './netdata-host.ts';

const once = fileURLToPath(new URL('deploy-once.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stderr: string;
  readonly document: {
    readonly changed: boolean;
    readonly steps: readonly object[];
    readonly rolledBack: boolean | string | null;
    readonly error: { readonly code: string } | null;
  };
}

/** Runs `deploy --netdata` on the operator's PC to its end. */
function deploy(
  home: string,
  webhookFile: string,
  options: { readonly dryRun?: boolean },
  more: Partial<Request> = {},
): Promise<Ended> {
  const request: Request = {
    user: 'manon',
    host: hostAddress,
    netdata: true,
    options: { files: [], yes: true, json: true, webhookFile, allowInsecureWebhook: true, ...options },
    ...more,
  };
  const { command, args } = onPc(home, process.execPath, [once, JSON.stringify(request)]);
  return new Promise((resolve) => {
    execFile(command, args, { env: { ...process.env, HOME: home } }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, stderr, document: JSON.parse(stdout || '{}') });
    });
  });
}

/** Waits until no deployment is half done. */
function settled(): Promise<string> {
  return onHost(
    `timeout 60 sh -c 'while ls /var/lib/tp5-tui/netdata/deploy-*/armed /var/lib/tp5-tui/netdata/deploy-*/restoring 2>/dev/null | grep -q .; do sleep 0.1; done'`,
  );
}

/** What its timer would do in four minutes. */
function timerFires(): Promise<string> {
  return onHost(
    `systemctl start "$(systemctl list-timers --all --no-legend 'deploy-*' | grep -o 'deploy-[^ ]*\\.service')"`,
  );
}

/** That Netdata answers, by its own settings of before: none of ours is loaded. */
function isAsBefore(): Promise<string> {
  return onHost(`timeout 20 sh -c 'until curl -sf -o /tmp/charts http://127.0.0.1:19999/api/v1/charts &&
      grep -q portcheck_ssh.port_22_status /tmp/charts; do sleep 0.2; done'
    ! grep -q port_13337_status /tmp/charts`);
}

onLab('deploy --netdata without a link', () => {
  beforeEach(async () => {
    await freshNetdata();
    await writeOwnSettings();
    await onHost('systemctl enable --quiet netdata');
    await startNetdata();
  });
  afterAll(removeNetdata);

  it('is put back by the host itself, wherever it was cut off, and says so', async () => {
    const home = operatorHome();
    const { webhookFile } = await discord(home);
    const before = await netdataState();
    const cutAt = (cut: object): Partial<Request> => ({ cut: { lab: lab().name, ...cut } });
    // The upload, begin, three files, the restart; the first question of the proof; commit.
    const cuts = [...Array.from({ length: 6 }, (_, command) => ({ command })), { dial: 1 }, { command: 6 }];
    for (const cut of cuts) {
      const at = JSON.stringify(cut);
      const { code, stderr, document } = await deploy(home, webhookFile, {}, cutAt(cut));
      await control('mend');
      expect([at, code], stderr).toEqual([at, 3]);
      expect(stderr, at).toMatch(
        /The host puts back what was there by itself, within 240 s, unless all was done already; `tp5-tui deploy --netdata --dry-run` tells what came of it/,
      );
      expect(document, at).toMatchObject({ rolledBack: 'pending', error: { code: 'link-lost' } });

      const begun = !('command' in cut) || cut.command >= 2;
      if (begun) {
        const told = await deploy(home, webhookFile, { dryRun: true });
        expect(told.stderr, at).toMatch(/is not over.* The host puts back what was there in \d+ s/);
        await timerFires();
      }
      await settled();
      expect(await netdataState(), at).toBe(before);
      if (!begun) continue;
      const later = await deploy(home, webhookFile, { dryRun: true });
      expect(later.stderr, at).toContain('was cut off; the host has put back');
      expect(later.document.steps, at).toHaveLength(4);
      await onHost('rm -rf /var/lib/tp5-tui/netdata/deploy-*');
    }
    await isAsBefore();
  });

  it('is put back by its timer when it was cut off while Netdata was restarting; and done the next time', async () => {
    const home = operatorHome();
    const { webhookFile } = await discord(home);
    const before = await netdataState();
    const whileRunning = { root: lab().root, step: 'systemctl restart' };
    const cut = { lab: lab().name, command: 5, whileRunning };
    // Half of it is what the deployment itself may take; a busy machine needs seconds until the restart.
    const { code, stderr: told } = await deploy(home, webhookFile, {}, { restoreAfterMs: 30_000, cut });
    await control('mend');
    expect(code, told).toBe(3);
    await settled();
    expect(await netdataState()).toBe(before);
    await isAsBefore();

    // The last word is given, and its answer lost: all is done, and the next look says so. What the host has put
    // back is forgotten first, a command more.
    const answerLost = { lab: lab().name, command: 7, answerLost: true };
    const lost = await deploy(home, webhookFile, {}, { cut: answerLost });
    await control('mend');
    expect(lost.stderr).toContain('was cut off; the host has put back');
    expect(lost.code, lost.stderr).toBe(3);
    expect(lost.stderr).toContain('unless all was done already');
    const { code: then, stderr, document } = await deploy(home, webhookFile, {});
    expect([then, document.changed, document.steps], stderr).toEqual([0, false, []]);
    expect(await onHost(`systemctl list-timers --all --no-legend 'deploy-*' | wc -l`)).toBe('0');
  });
});
