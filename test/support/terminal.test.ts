import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { openTerminal, type Terminal, type TerminalOptions } from './terminal.ts';

/** Runs a line of JavaScript in a terminal. */
function run(script: string, options: Partial<TerminalOptions> = {}): Terminal {
  const terminal = openTerminal({ command: process.execPath, args: ['-e', script], ...options });
  onTestFinished(async () => {
    await terminal.close();
  });
  return terminal;
}

const stayOpen = 'setInterval(() => {}, 1000);';
const readKeys = 'process.stdin.setRawMode(true).on("data", (d) => console.log(JSON.stringify(String(d))));';

describe('a terminal for a program under test', () => {
  it('shows what the program drew, where it drew it', async () => {
    const terminal = run(`process.stdout.write("\\x1b[3;5Hhere\\x1b[1;1Htop   ");${stayOpen}`);
    await terminal.waitFor('top');
    expect(terminal.screen()).toBe('top\n\n    here');
    expect(terminal.row(2)).toBe('    here');
  });

  it('tells colours and weights of each cell', async () => {
    const terminal = run(
      `process.stdout.write("\\x1b[1;31mA\\x1b[0;2;38;2;1;2;3mB\\x1b[0;7mC\\x1b[0m日.");${stayOpen}`,
    );
    await terminal.waitFor('.');
    const [a, b, c, wide, half, dot] = terminal.cells()[0] ?? [];
    expect(a).toMatchObject({ text: 'A', bold: true, foreground: { kind: 'palette', index: 1 } });
    expect(b).toMatchObject({ text: 'B', dim: true, foreground: { kind: 'rgb', value: 0x010203 } });
    expect(c).toMatchObject({ text: 'C', inverse: true, foreground: { kind: 'default' } });
    expect([wide, half, dot].map((cell) => cell && [cell.text, cell.width])).toEqual([
      ['日', 2],
      ['', 0],
      ['.', 1],
    ]);
  });

  it('sends typed text and named keys as a terminal does', async () => {
    const terminal = run(`${readKeys} console.log("ready")`);
    await terminal.waitFor('ready');
    for (const [send, bytes] of [
      [() => terminal.type('é'), '"é"'],
      [() => terminal.press('up'), '"\\u001b[A"'],
      [() => terminal.press('ctrl+p'), '"\\u0010"'],
      [() => terminal.paste('a\nb'), '"a\\rb"'],
    ] as const) {
      send();
      await terminal.waitFor(bytes);
    }
  });

  it('brackets a paste for a program that asked for it', async () => {
    const terminal = run(`${readKeys} process.stdout.write("\\x1b[?2004hready ")`);
    await terminal.waitFor('ready');
    terminal.paste('2+3');
    await terminal.waitFor('"\\u001b[200~2+3\\u001b[201~"');
  });

  it('tells the program of a new size', async () => {
    const terminal =
      run(`process.stdout.on("resize", () => console.log(process.stdout.columns, process.stdout.rows));
      console.log("ready");${stayOpen}`);
    await terminal.waitFor('ready');
    terminal.resize(61, 17);
    await terminal.waitFor('61 17');
    expect([terminal.cols, terminal.rows]).toEqual([61, 17]);
  });

  it('does not take the middle of a synchronised update for a picture', async () => {
    const terminal = run(`${readKeys} process.stdout.write("\\x1b[?2026hhalf");
      process.stdin.once("data", () => process.stdout.write("\\rwhole\\x1b[?2026l"));`);
    const first = terminal.waitFor(/half|whole/);
    await eventually(() => expect(terminal.screen()).toBe('half'));
    terminal.type('x');
    expect((await first).screen).toContain('whole');
  });

  it('keeps what reached the terminal beside the screen', async () => {
    const terminal = run(
      `process.stdout.write("\\x1b]0;name\\x07\\x07\\x1b]52;c;${btoa('line')}\\x07\\x1b[?1049h\\x1b[?25lready");${stayOpen}`,
    );
    await terminal.waitFor('ready');
    expect(terminal.effects).toEqual({ titles: ['name'], copied: ['line'], bells: 1 });
    expect(terminal.buffer()).toBe('alternate');
    expect(terminal.cursor()).toEqual({ x: 5, y: 0, visible: false });
    expect(terminal.output()).toContain('\x1b]0;name\x07');
  });

  it('says at once, with the last screen, that the program has ended', async () => {
    const terminal = run('console.log("last words"); process.exitCode = 3');
    const waiting = terminal.waitFor('never', { what: 'the pane' });
    await expect(waiting).rejects.toThrow(
      /the program ended \(exit 3\) while waiting for the pane.*last words/s,
    );
    expect(await terminal.exited).toEqual({ code: 3, signal: null });
  });

  it('ends the program with a signal, and says which', async () => {
    const terminal = run(`console.log("ready");${stayOpen}`);
    await terminal.waitFor('ready');
    terminal.kill('SIGTERM');
    expect(await terminal.exited).toEqual({ code: 0, signal: 'SIGTERM' });
  });

  it('ends what a program left running, and names it', async () => {
    const terminal = run(`const child = require("child_process").spawn(process.execPath,
      ["-e", "process.on('SIGHUP', () => {}); console.log('up', process.pid); setInterval(() => {}, 1000)"],
      { stdio: "inherit" }); child.on("spawn", () => setTimeout(() => {}, 60000));`);
    const { screen } = await terminal.waitFor(/up \d+/);
    const child = Number(/up (\d+)/.exec(screen)?.[1]);
    expect(await terminal.close()).toEqual([child]);
  });

  it('runs the program in a home of its own and a clean environment', async () => {
    const terminal = run(
      'console.log(process.env.HOME, process.env.CI, process.env.FORCE_COLOR, process.env.TERM, "end")',
      { env: { LANG: undefined } },
    );
    const { screen } = await terminal.waitFor('end');
    expect(screen).toBe(`${terminal.home} undefined undefined xterm-256color end`);
  });
});
