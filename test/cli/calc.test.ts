/** `tp5-tui calc`: answers, refusals, and the two ways to the server. */
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CalculatorMode, createCalculator } from '../../src/calc/server.ts';
import { runCalc } from '../../src/cli/calc.ts';
import { UsageError } from '../../src/cli/invocation.ts';
import { tcpConnector } from '../../src/ops/connector.ts';
import { invoke, type RecordOptions, recordIo, type ToolsOptions, toolsOn } from '../support/command.ts';
import { createFakeHost } from '../support/fake-host.ts';

/** The exercise's server, for one test; what it logged is what reached it. */
async function calculator(mode: CalculatorMode = 'normal') {
  const log: string[] = [];
  const server = createCalculator({
    mode,
    log: (line) => log.push(line),
    crash: (lines) => log.push('crash', ...lines),
  });
  const port = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close());
  return { port: String(port), log };
}

interface Call {
  readonly words?: readonly string[];
  readonly port?: string;
  readonly json?: boolean;
  readonly host?: string;
  readonly input?: boolean;
  readonly stream?: RecordOptions;
  readonly tools?: ToolsOptions;
}

async function calc({ words = [], json = false, stream, tools, ...options }: Call) {
  const recorded = recordIo(stream);
  const address = options.host === undefined ? { address: '127.0.0.1' } : {};
  const invocation = await invoke({ lang: 'en', ...address, ...options });
  const used = toolsOn({ connector: tcpConnector, ...tools });
  const code = await runCalc(invocation, words, { json }, recorded.io, used);
  return { code, out: recorded.out(), err: recorded.err(), documents: recorded.documents(), used };
}

describe('one expression', () => {
  it('has its answer alone on stdout', async () => {
    const { port } = await calculator();
    expect(await calc({ words: ['2+3'], port })).toMatchObject({ code: 0, out: '5\n', err: '' });
  });

  it('may be typed in several words, and begin with a minus', async () => {
    const { port } = await calculator();
    const { documents } = await calc({ words: [' -2', '*', '3'], port, json: true });
    expect(documents).toMatchObject([{ input: '-2 * 3', state: 'right', answer: '-6', via: 'direct' }]);
  });

  it('that the server would die of is never sent; why is said on stderr', async () => {
    const { port, log } = await calculator();
    const before = log.length;
    const { code, out, err } = await calc({ words: ['2/0'], port });
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: '2/0: / is not one of + - *\n' });
    expect(log).toHaveLength(before);
  });

  it('is one document with --json, refused ones too', async () => {
    const { documents, code } = await calc({ words: ['__import__("os")'], port: '1', json: true });
    expect(code).toBe(1);
    expect(documents).toMatchObject([
      { input: '__import__("os")', state: 'refused', error: { code: 'unknown-character' } },
    ]);
  });

  it('that is answered wrongly shows what the server said, and exits 1', async () => {
    const { port } = await calculator('wrong');
    expect(await calc({ words: ['2+3'], port })).toMatchObject({
      code: 1,
      out: '6\n',
      err: '2+3: the server says 6, it is 5\n',
    });
    const { documents } = await calc({ words: ['2+3'], port, json: true });
    expect(documents).toMatchObject([
      { state: 'wrong', answer: '6', expected: '5', via: 'direct', error: { code: 'wrong' } },
    ]);
  });

  it('without anybody there exits 1 and says so', async () => {
    const { documents, code, err } = await calc({ words: ['1+1'], port: '1', json: true });
    expect(code).toBe(1);
    expect(documents).toMatchObject([{ state: 'failed', error: { code: 'unreachable' } }]);
    expect(err).toContain('ECONNREFUSED');
  });
});

describe('lines of stdin', () => {
  it('are answered one after the other, going on after a refused one', async () => {
    const { port } = await calculator();
    const { code, out, err } = await calc({ port, stream: { stdin: '1+1\n\n2**3\r\n5*5\n7-9' } });
    expect({ code, out }).toEqual({ code: 1, out: '2\n25\n-2\n' });
    expect(err).toBe('line 3: 2**3: ** is not one of + - *\n');
  });

  it('are one document each, all right is 0', async () => {
    const { port } = await calculator();
    const { code, documents } = await calc({ port, json: true, stream: { stdin: '1+1\n2+2\n' } });
    expect(code).toBe(0);
    expect(documents).toMatchObject([{ input: '1+1' }, { input: '2+2', answer: '4' }]);
  });

  it('are answered before the next one is there', async () => {
    const { port } = await calculator();
    const recorded = recordIo();
    const invocation = await invoke({ address: '127.0.0.1', port });
    const running = runCalc(invocation, [], {}, recorded.io, toolsOn({ connector: tcpConnector }));
    recorded.stdin.write('1+1\n');
    expect(await recorded.printed('2\n')).toBe('2\n');
    recorded.stdin.end('2+2\n');
    expect(await running).toBe(0);
    expect(recorded.out()).toBe('2\n4\n');
  });

  it('end with the signal while one is waited for', async () => {
    const recorded = recordIo();
    const running = runCalc(await invoke({ address: '127.0.0.1' }), [], {}, recorded.io, toolsOn());
    await new Promise((resolve) => setImmediate(resolve));
    recorded.interrupt();
    await expect(running).rejects.toMatchObject({ name: expect.stringMatching(/Interrupted|AbortError/) });
  });

  it('are not read from a terminal with --no-input', async () => {
    await expect(calc({ input: false, stream: { stdinIsTTY: true } })).rejects.toThrow(UsageError);
  });
});

describe('the way to the server', () => {
  /** A host from which the calculator is reached, and on which it is known to listen. */
  function hostAt(port: number) {
    const fake = createFakeHost({
      listeners: { listeners: [{ address: '127.0.0.1', port, waiting: 0 }], clients: [] },
    });
    fake.answers.dial = async (address, to) => connect({ host: address, port: to });
    return fake;
  }
  const refused: ToolsOptions['connector'] = async () => {
    throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  };

  it('is direct where that leads there: the host is opened only for the first look at its program', async () => {
    const { port } = await calculator();
    const { host } = hostAt(Number(port));
    const { code, used } = await calc({ words: ['2+3'], port, host: 'tp5', tools: { host } });
    expect(code).toBe(0);
    expect(used.named).toEqual(['tp5']);
    expect(used.opened()).toBe(1);
  });

  it('leads through the host where it does not, opened once for all lines after the first look, and says so once', async () => {
    const { port } = await calculator();
    const fake = hostAt(Number(port));
    const { code, documents, err, used } = await calc({
      port,
      host: 'tp5',
      json: true,
      stream: { stdin: '2+3\n3+4\n' },
      tools: { host: fake.host, connector: refused, subject: { port: Number(port) } },
    });
    expect(code).toBe(0);
    expect(documents).toMatchObject([
      { answer: '5', via: 'host' },
      { answer: '7', via: 'host' },
    ]);
    expect(used.opened()).toBe(2);
    expect(err).toBe('127.0.0.1 is not reached from here (ECONNREFUSED): asking through the host\n');
    expect(fake.asked.dials).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
    expect(fake.asked.closes).toBe(2);
  });

  it('that ends at a host which cannot be opened is that failure', async () => {
    const host = { code: 'resolve', host: 'tp5', detail: 'ENOTFOUND' } as const;
    await expect(
      calc({ words: ['2+3'], host: 'tp5', tools: { host, connector: refused } }),
    ).rejects.toMatchObject({ failure: host });
  });

  it('that nothing names is wrong usage', async () => {
    const recorded = recordIo();
    await expect(runCalc(await invoke(), ['2+3'], {}, recorded.io, toolsOn())).rejects.toThrow(UsageError);
  });
});
