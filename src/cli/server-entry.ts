/** Where the calculator's server is as a file of its own, for the embedded host: bundled beside us, or the source. */
import { fileURLToPath } from 'node:url';

export const serverEntry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../calc/serve.ts' : './serve.js', import.meta.url),
);
