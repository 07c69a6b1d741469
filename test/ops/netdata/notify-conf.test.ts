/** The Discord part of health_alarm_notify.conf: what bash makes of it is what was meant, and all else is kept. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { discordIn, masked, maskedSettings, withDiscord } from '../../../src/ops/netdata/notify-conf.ts';

const WEBHOOK = 'https://discord.com/api/webhooks/112233445566778899/aW4tdGhlLWxhYi1ub2JvZHktbGlzdGVucw';
const WISH = { webhook: WEBHOOK, recipient: 'alarms' };

const STOCK = `# enable/disable sending slack notifications
SEND_SLACK="YES"
SLACK_WEBHOOK_URL="https://hooks.slack.com/services/T000/B000/XXXXXXXXXXXXXXXX"

# enable/disable sending discord notifications
SEND_DISCORD="YES"

# Create a webhook by following the official documentation
DISCORD_WEBHOOK_URL=""

# if a role's recipients are not configured, a notification will be send to
# this discord channel
DEFAULT_RECIPIENT_DISCORD=""

custom_sender() {
DISCORD_WEBHOOK_URL="http://never.read"
}
role_recipients_discord[sysadmin]="\${DEFAULT_RECIPIENT_DISCORD}"
`;

const hasBash = process.platform !== 'win32';

/** What the file says to bash, as alarm-notify.sh reads it. */
function read(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tp5-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'health_alarm_notify.conf');
  writeFileSync(file, text);
  const script =
    'declare -A role_recipients_discord; . "$1"; printf "%s\\n" "$SEND_DISCORD" "$DISCORD_WEBHOOK_URL" "$DEFAULT_RECIPIENT_DISCORD"';
  return execFileSync('bash', ['-c', script, 'bash', file], { encoding: 'utf8' }).split('\n').slice(0, 3);
}

describe.skipIf(!hasBash)('the Discord part', () => {
  it('changes two lines of the stock file and keeps all else', () => {
    const after = withDiscord(STOCK, WISH);
    expect(read(after)).toEqual(['YES', WEBHOOK, 'alarms']);
    expect(after).toBe(
      STOCK.replace('DISCORD_WEBHOOK_URL=""', `DISCORD_WEBHOOK_URL="${WEBHOOK}"`).replace(
        'DEFAULT_RECIPIENT_DISCORD=""',
        'DEFAULT_RECIPIENT_DISCORD="alarms"',
      ),
    );
    expect(withDiscord(after, WISH)).toBe(after);
  });

  it('is all there is where there was no file', () => {
    const after = withDiscord(null, WISH);
    expect(read(after)).toEqual(['YES', WEBHOOK, 'alarms']);
    expect(after).toMatch(/^# /);
  });

  it.each([
    ["SEND_DISCORD='NO'; DISCORD_WEBHOOK_URL=old # ours\nDEFAULT_RECIPIENT_DISCORD=ops\n", 'ops'],
    ['export SEND_DISCORD=NO\n  DISCORD_WEBHOOK_URL="a"\n  DISCORD_WEBHOOK_URL="b"', 'alarms'],
    ['SEND_DISCORD="NO"\nDISCORD_WEBHOOK_URL="$(cat /etc/hook)"\nDEFAULT_RECIPIENT_DISCORD="a b"\n', 'a b'],
    ['DISCORD_WEBHOOK_URL="https://discord.com/\\\napi/webhooks/1/x"\nSEND_SLACK="NO"', 'alarms'],
    ['#SEND_DISCORD="YES"\n#DISCORD_WEBHOOK_URL="x"', 'alarms'],
  ])('is what bash then reads: %j', (before, recipient) => {
    const after = withDiscord(before, WISH);
    expect(read(after)).toEqual(['YES', WEBHOOK, recipient]);
    expect(discordIn(after)).toEqual({ send: true, webhook: WEBHOOK, recipient });
    expect(withDiscord(after, WISH)).toBe(after);
  });

  it('keeps the webhook that is there when none is given', () => {
    const before = withDiscord(STOCK, WISH);
    expect(withDiscord(before, { webhook: null, recipient: 'other' })).toBe(before);
  });

  it('takes whatever a development flag lets through as a webhook, and runs none of it', () => {
    const url = fc.string({ minLength: 1 }).filter((text) => !/[\n\0]/.test(text));
    fc.assert(
      fc.property(url, (webhook) => {
        const after = withDiscord(STOCK, { webhook, recipient: 'alarms' });
        expect(discordIn(after).webhook).toBe(webhook);
      }),
    );
    for (const webhook of [
      "http://10.5.1.1/a'b",
      'http://x/$(touch /tmp/no)`no`',
      'http://x/"; no #',
      'http://x/\\',
    ]) {
      expect(read(withDiscord(STOCK, { webhook, recipient: 'alarms' }))[1]).toBe(webhook);
    }
  });
});

describe('what is shown of it', () => {
  it('has no secret of any service, the commented ones neither', () => {
    const text = withDiscord(
      `${STOCK}#TELEGRAM_BOT_TOKEN="111122223:7OpFlFFRzRBbrUUmIjj5HF9Ox2pYJZy5"\nPUSHOVER_APP_TOKEN=short\n# see https://discord.com/api/webhooks/1/abcdefghijklmnop\n`,
      WISH,
    );
    const shown = maskedSettings(text);
    expect(shown).toContain(`DISCORD_WEBHOOK_URL="••••${WEBHOOK.slice(-4)}"`);
    expect(shown).not.toContain('aW4tdGhl');
    expect(shown).not.toContain('XXXXXXXX');
    expect(shown).not.toContain('7OpFlFF');
    expect(shown).not.toContain('short');
    expect(shown).not.toContain('abcdefgh');
    expect(shown).toContain('SEND_DISCORD="YES"');
    expect(shown.split('\n')).toHaveLength(text.split('\n').length);
  });

  it('ends as the secret does where that tells nothing', () => {
    expect(masked(WEBHOOK)).toBe(`••••${WEBHOOK.slice(-4)}`);
    expect(masked('hunter2')).toBe('••••');
  });
});
