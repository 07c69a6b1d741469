/**
 * The calculator as a process of its own: `node serve.ts --listen 127.0.0.1 --port 13337`.
 *
 * `--mode` is the server's, see server.ts. With `--with-parent` it ends when its stdin does, so that
 * a parent that is killed leaves no child behind, on any OS. Over an IPC channel, where there is one,
 * it reports `{ clients }` and takes `{ mode }`.
 */
import { parseArgs } from 'node:util';
import { type CalculatorMode, createCalculator } from './server.ts';

const MODES: readonly string[] = ['normal', 'mute', 'wrong'] satisfies CalculatorMode[];

function isMode(value: unknown): value is CalculatorMode {
  return typeof value === 'string' && MODES.includes(value);
}

/** Ends once the lines are written: a pipe may be slower than `exit`. */
function die(lines: readonly string[], code: number): void {
  process.exitCode = code;
  process.stderr.write(`${lines.join('\n')}\n`, () => process.exit(code));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      listen: { type: 'string', short: 'l', default: '127.0.0.1' },
      port: { type: 'string', short: 'p', default: '13337' },
      mode: { type: 'string', default: 'normal' },
      'with-parent': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || !isMode(values.mode)) {
    die([`ERROR --port ${values.port} --mode ${values.mode}`], 2);
    return;
  }
  // A reader that is gone is no reason for a traceback of Node's.
  process.stdout.on('error', () => process.exit(1));
  if (values['with-parent']) {
    process.stdin.on('end', () => process.exit(0));
    process.stdin.on('error', () => process.exit(0));
    process.stdin.resume();
  }

  const log = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  log(String(port));
  const calculator = createCalculator({
    mode: values.mode,
    log,
    crash: (traceback) => die(traceback, 1),
    clients: (clients) => process.send?.({ clients }),
  });
  process.on('message', (message: { readonly mode?: unknown }) => {
    if (isMode(message.mode)) calculator.setMode(message.mode);
  });
  try {
    await calculator.listen(values.listen, port);
    process.send?.({ listening: { address: values.listen, port } });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    die(['Traceback (most recent call last):', `OSError: ${detail}`], 1);
  }
}

await main();
