/** Writes docs/tp5-tui.1 from the table of commands: `node scripts/man.ts`. A test holds the two together. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { manPage } from './man-page.ts';

const target = fileURLToPath(new URL('../docs/tp5-tui.1', import.meta.url));
writeFileSync(target, manPage());
process.stdout.write(`man: ${target} written\n`);
