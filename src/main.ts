/** The program: its commands, each loaded when it is called, and the exit code. */
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { UsageError } from './cli/invocation.ts';
import { runProgram } from './cli/program.ts';

/** The calculator's server as a file of its own: bundled beside this one, or the source. */
const serverEntry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './calc/serve.ts' : './serve.js', import.meta.url),
);

/**
 * @param argv the words after the program's name
 * @returns the exit code, see `--help`
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    return await runProgram(argv, env, packageJson.version, {
      async console(host, options) {
        const { openConsole } = await import('./console.ts');
        return openConsole(host, options, { env, serverEntry });
      },
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}
