/** The program: its commands, each loaded when it is called, and the exit code. */
import packageJson from '../package.json' with { type: 'json' };
import type { CheckKeys } from './cli/dispatch.ts';
import { exitUnwritten } from './cli/io.ts';
import { runProgram } from './cli/program.ts';

/**
 * @param argv the words after the program's name
 * @returns the exit code, see `--help`; a command of the shell ends the process itself once its output is out
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return runProgram(argv, env, packageJson.version, {
    async console(host, options) {
      const [{ openConsole }, { serverEntry }, { UsageError }] = await Promise.all([
        import('./console.ts'),
        import('./cli/server-entry.ts'),
        import('./cli/invocation.ts'),
      ]);
      try {
        return await openConsole(host, options, { env, serverEntry });
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        process.stderr.write(`${error.message}\n`);
        return 2;
      }
    },
    async command(name, words, options) {
      const { dispatch } = await import('./cli/dispatch.ts');
      const checkKeys: CheckKeys = async (invocation) => {
        const { readKeys } = await import('./key-settings.ts');
        return readKeys(invocation);
      };
      return leave(await dispatch(name, words, options, env, checkKeys));
    },
  });
}

/**
 * Ends the process when its output is written. What still lingers then, a socket that was closed politely or
 * a connection that hangs, is nothing to wait for: the kernel finishes it.
 */
async function leave(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  const error: NodeJS.ErrnoException | null = process.stdout.errored;
  if (error !== null && error.code !== 'EPIPE') exitUnwritten(error);
  process.exit(code);
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // Called back with an error when the reader has left: then there is nothing to wait for either.
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}
