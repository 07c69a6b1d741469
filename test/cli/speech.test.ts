/** How a calculator is spoken to, as settings say and as earlier runs learnt: through `calc`, with real servers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCalc } from '../../src/cli/calc.ts';
import { parseSettings } from '../../src/cli/settings.ts';
import { fileDialects } from '../../src/cli/speech.ts';
import { decideTarget } from '../../src/cli/target.ts';
import { tcpConnector } from '../../src/ops/connector.ts';
import { type CalculatorKind, startCalculator } from '../support/calculators.ts';
import { invoke, type RecordOptions, recordIo, toolsOn } from '../support/command.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tp5-speech-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function meet(kind: CalculatorKind, { state = folder(), settings = '', lang = 'en' } = {}) {
  const server = await startCalculator(kind);
  onTestFinished(() => server.close());
  const env = { XDG_STATE_HOME: state };
  return {
    server,
    async calc(words: readonly string[], json: boolean, stream?: RecordOptions) {
      const recorded = recordIo(stream);
      const asked = { lang, address: '127.0.0.1', port: String(server.port) };
      const invocation = await invoke(asked, settings, env);
      const tools = toolsOn({ connector: tcpConnector });
      const code = await runCalc(invocation, words, { json }, recorded.io, tools);
      return { code, out: recorded.out(), err: recorded.err(), documents: recorded.documents() };
    },
  };
}

describe('calc', () => {
  it('keeps one connection for all lines where the server greets, and says what leaving does', async () => {
    const { server, calc } = await meet('greets');
    const { code, out, err } = await calc([], false, { stdin: '2+3\n10*10\n4-9\n' });
    expect({ code, out }).toEqual({ code: 0, out: '5\n100\n-5\n' });
    expect(err).toBe(
      'The server has one connection for all questions: it is kept until the last one, and the server may end when it is left.\n',
    );
    expect(server.clients).toHaveLength(1);
    expect(await server.exited).toBe(0);
  });

  it('says so in French', async () => {
    const { calc } = await meet('greets', { lang: 'fr' });
    expect((await calc(['2+3'], false)).err).toMatch(
      /^Le serveur n’a qu’une connexion pour toutes les questions/,
    );
  });

  it.each([
    ['bare', 'bare'],
    ['greets', 'greeting'],
    ['banner', 'bare'],
  ] as const)('tells how %s is spoken to in --json: %s', async (kind, dialect) => {
    const { calc } = await meet(kind);
    const { documents } = await calc(['2+3'], true);
    expect(documents).toMatchObject([{ state: 'right', answer: '5', dialect }]);
  });

  it('speaks as the settings say: lines', async () => {
    const { server, calc } = await meet('line', { settings: '[calculator]\ndialect = "line"\n' });
    const { documents } = await calc(['2+3'], true);
    expect(documents).toMatchObject([{ state: 'right', dialect: 'line' }]);
    expect(server.requests).toEqual(['2+3\n']);
  });

  it('remembers what it learnt for the next run, for that service alone', async () => {
    const state = folder();
    const first = await meet('greets', { state });
    await first.calc(['2+3'], true);
    const file = join(state, 'tp5-tui', 'dialects.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      [`127.0.0.1 calculatrice.service ${first.server.port}`]: 'greeting',
    });
    const other = await meet('bare', { state });
    await other.calc(['2+3'], true);
    expect(other.server.requests).toEqual(['2+3']);
    expect(Object.values(JSON.parse(readFileSync(file, 'utf8')))).toEqual(['greeting', 'bare']);
  });

  it('waits for a mute server as long as the settings say, and says how lines are set', async () => {
    const { calc } = await meet('mute', { settings: '[calculator]\nanswer_timeout = 0.1\n' });
    const { code, err } = await calc(['2+3'], false);
    expect(code).toBe(1);
    expect(err).toMatch(/^2\+3: no answer in 0\.\d s\nIs another client served\? .*dialect = "line"/);
  });
});

describe('what is remembered', () => {
  it('is nothing where the file is none of ours, and the file is made anew', () => {
    const path = join(folder(), 'deep', 'dialects.json');
    expect(fileDialects(path, 'a').known()).toBeNull();
    fileDialects(path, 'a').learn('line');
    writeFileSync(path, '{"a": "klingon", "b": "line"');
    expect(fileDialects(path, 'a').known()).toBeNull();
    fileDialects(path, 'b').learn('greeting');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ b: 'greeting' });
  });

  it('is forgotten on its own', () => {
    const path = join(folder(), 'dialects.json');
    fileDialects(path, 'a').learn('line');
    fileDialects(path, 'b').learn('bare');
    fileDialects(path, 'a').learn(null);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ b: 'bare' });
  });
});

describe('[calculator] in the settings', () => {
  const decide = (source: string, host?: string) => {
    const { calculator, dialect, answerTimeoutMs } = decideTarget(
      { host },
      parseSettings(source, 'config.toml'),
    );
    return { calculator, dialect, answerTimeoutMs };
  };

  it.each([
    ['', { calculator: true, dialect: null, answerTimeoutMs: null }],
    ['calculator = false', { calculator: false, dialect: null, answerTimeoutMs: null }],
    [
      'unit = "other"\n[calculator]\nanswer_timeout = 5',
      { calculator: true, dialect: null, answerTimeoutMs: 5000 },
    ],
    ['[calculator]\ndialect = "auto"', { calculator: true, dialect: null, answerTimeoutMs: null }],
    ['[calculator]\ndialect = "several"', { calculator: true, dialect: 'several', answerTimeoutMs: null }],
  ])('%j', (source, expected) => {
    expect(decide(source)).toEqual(expected);
  });

  it('of one host comes first, each key by itself', () => {
    const source = `[calculator]
dialect = "line"
answer_timeout = 5
[hosts.a.calculator]
dialect = "auto"
[hosts.b]
calculator = false`;
    expect(decide(source, 'a')).toEqual({ calculator: true, dialect: null, answerTimeoutMs: 5000 });
    expect(decide(source, 'b')).toMatchObject({ calculator: false });
  });
});
