/** The Journal pane by its keys. */
import { describe, expect, it } from 'vitest';
import { type DrawnConsole, drawConsole } from '../support/drawn-console.tsx';
import { KEY } from '../support/frames.tsx';

/** The pane enlarged, so that its rows are the screen's. */
async function journal(
  lines: readonly (string | { message: string; priority?: number })[],
  columns = 100,
  rows = 20,
) {
  const screen = await drawConsole({ columns, rows });
  screen.session.log(...lines);
  await screen.type('4', 'z');
  return screen;
}

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `message ${index + 1}.`);
const body = (screen: DrawnConsole): string => screen.lines().slice(2, -2).join('\n');

describe('the journal', () => {
  it('follows, pauses where it is, and tells how many are new', async () => {
    const screen = await journal(many(100));
    expect(screen.text()).toContain('following');
    expect(body(screen)).toContain('message 100.');
    await screen.type(' ');
    screen.session.log('late 1', 'late 2');
    await screen.clock.advance(100);
    expect(screen.text()).toContain('paused ─ ▼ 2 new');
    expect(body(screen)).not.toContain('late');
    await screen.type('f');
    expect(body(screen)).toContain('late 2');
    screen.unmount();
  });

  it('goes up and down, by line and by page, to both ends', async () => {
    const screen = await journal(many(100));
    await screen.type(KEY.up, 'k', 'k');
    expect(screen.text()).toMatch(/▸ .*message 97\./);
    await screen.type(KEY.pageUp);
    expect(screen.text()).toMatch(/▸ .*message 82\./);
    await screen.type('g');
    expect(screen.text()).toMatch(/▸ .*message 1\./);
    await screen.type(KEY.pageDown);
    expect(screen.text()).toMatch(/▸ .*message 16\./);
    await screen.type('G');
    expect(screen.text()).toContain('following');
    screen.unmount();
  });

  it('searches, counts, goes round, and marks what it found', async () => {
    const screen = await journal([...many(50), 'needle one', ...many(50), 'needle two']);
    await screen.type('/', 'needle');
    expect(screen.text()).toContain('/needle -/2');
    await screen.type(KEY.enter);
    expect(screen.text()).toMatch(/▸ .*needle two/);
    expect(screen.text()).toContain('/needle 2/2');
    await screen.type('N');
    expect(screen.text()).toMatch(/▸ .*needle one/);
    await screen.type('n');
    expect(screen.text()).toMatch(/▸ .*needle two/);
    await screen.type('n');
    expect(screen.text()).toMatch(/▸ .*needle one/);
    await screen.type(KEY.esc);
    expect(screen.text()).not.toContain('/needle');
    screen.unmount();
  });

  it('says when nothing is found, and gives up on Esc', async () => {
    const screen = await journal(many(3));
    await screen.type('/', 'zzz');
    expect(screen.text()).toContain('/zzz no match');
    await screen.type(KEY.esc);
    expect(screen.text()).not.toContain('zzz');
    // Letters are commands again.
    await screen.type('?');
    expect(screen.text()).toContain('start the unit');
    screen.unmount();
  });

  it('filters by priority', async () => {
    const screen = await journal([
      'plain',
      { message: 'careful', priority: 4 },
      { message: 'broken', priority: 3 },
    ]);
    expect(screen.text()).toMatch(/▲ python\[1954\] careful/);
    expect(screen.text()).toMatch(/✖ python\[1954\] broken/);
    await screen.type('p', 'p', 'p');
    expect(screen.text()).toContain('warnings');
    expect(body(screen)).not.toContain('plain');
    await screen.type('p');
    expect(body(screen)).not.toContain('careful');
    expect(body(screen)).toContain('broken');
    screen.unmount();
  });

  it('folds the lines of our own probe, and unfolds them', async () => {
    const screen = await journal(['before', 'probe a', 'probe b', 'probe c', 'after']);
    expect(body(screen)).toContain('⋯ 3 probe lines folded');
    expect(body(screen)).not.toContain('probe b');
    await screen.type('x');
    expect(body(screen)).toContain('probe b');
    screen.unmount();
  });

  it('cuts long lines or wraps them, and shows one in full', async () => {
    const long = `start ${'word '.repeat(60)}end`;
    const screen = await journal([long]);
    expect(body(screen)).toContain('…');
    expect(body(screen)).not.toContain('end');
    await screen.type('w');
    expect(body(screen)).toContain('end');
    await screen.type('w', KEY.enter);
    expect(screen.text()).toContain('Journal line');
    expect(screen.text()).toContain('end');
    screen.unmount();
  });

  it('shows time of day, age or date', async () => {
    const screen = await journal(['line']);
    expect(body(screen)).toMatch(/\d\d:\d\d:\d\d python/);
    await screen.clock.advance(65_000);
    await screen.type('T');
    expect(body(screen)).toMatch(/-1 min 0\d s python/);
    const age = body(screen);
    await screen.clock.advance(1000);
    await screen.clock.advance(100);
    expect(body(screen)).not.toBe(age);
    await screen.type('T');
    expect(body(screen)).toMatch(/2026-11-20 \d\d:\d\d:\d\d python/);
    screen.unmount();
  });

  it('does not name the unit in each of systemd’s lines; in full and copied they are as they were', async () => {
    const unit = 'calculatrice.service';
    const screen = await drawConsole();
    screen.session.log(
      { identifier: 'systemd', pid: 1, message: `Started ${unit} - Super calculatrice réseau.` },
      { identifier: 'python', message: `${unit}: by itself` },
      {
        identifier: 'systemd',
        pid: 1,
        priority: 4,
        message: `${unit}: Main process exited, code=killed, status=9/KILL`,
      },
    );
    await screen.type('4');
    expect(screen.text()).toMatch(/▲ systemd Main process exited, code=killed, status=9\/KILL +[│┃]/);
    expect(screen.text()).toMatch(/systemd Started Super calculatrice réseau\. /);
    expect(screen.text()).toContain(`python[1954] ${unit}: by itself`);
    await screen.type('y', KEY.enter);
    expect(screen.copied[0]).toContain(`systemd[1] ${unit}: Main process exited`);
    expect(screen.text()).toContain(`${unit}: Main process exited`);
    screen.unmount();
  });

  it('tells in plain words who may not read it, and what would let him', async () => {
    const detail =
      "Hint: You are currently not seeing messages from other users.\n      Users in groups 'adm' can.";
    const journalFailure = { code: 'not-permitted', action: 'journal', detail } as const;
    const screen = await drawConsole({ state: { journalFailure } });
    await screen.type('4', 'z');
    const said = body(screen).replaceAll(/[\s│]+/g, ' ');
    expect(said).toContain('▲ this user may not read the journal of the unit');
    expect(said).toContain('sudo usermod -aG systemd-journal manon');
    expect(said).toContain('other users. Users in groups');
    expect(screen.text()).not.toContain('no line yet');
    screen.unmount();
  });

  it('does not claim that there is no line before any could have come', async () => {
    const screen = await drawConsole();
    expect(screen.text()).not.toContain('no line yet');
    await screen.clock.advance(2000);
    await screen.until('no line yet');
    screen.unmount();
  });

  it('copies the chosen line, or several', async () => {
    const screen = await journal(many(5));
    await screen.type('y');
    expect(screen.copied[0]).toMatch(/message 5\.$/);
    await screen.type(KEY.shiftUp, KEY.shiftUp, 'y');
    expect(screen.copied[1]?.split('\n')).toHaveLength(3);
    expect(screen.lines().at(-1)).toContain('3 lines copied');
    screen.unmount();
  });

  it('says where lines are missing', async () => {
    const screen = await journal(['a']);
    screen.session.gap('suppressed', 1200);
    screen.session.gap('rotated', null);
    await screen.clock.advance(100);
    expect(body(screen)).toContain('▲ 1,200 lines are missing here: dropped by journald');
    expect(body(screen)).toContain('▲ lines are missing here: rotated away on the host');
    screen.unmount();
  });

  it('holds its place while the oldest lines leave the buffer', async () => {
    const screen = await drawConsole({ columns: 100, rows: 20, capacity: 50 });
    screen.session.log(...many(50));
    await screen.type('4', 'z', 'g');
    expect(screen.text()).toMatch(/▸ .*message 1\./);
    screen.session.log(...many(30).map((line) => `new ${line}`));
    await screen.clock.advance(100);
    expect(screen.text()).toMatch(/▸ .*message 31\./);
    screen.unmount();
  });
});
