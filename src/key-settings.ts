/** The keys of the settings, bound; of what cannot be bound the sentence for the user, with its line. */
import { readFile } from 'node:fs/promises';
import { type Invocation, UsageError } from './cli/invocation.ts';
import { lineOf } from './cli/settings-line.ts';
import { bindKeys, type KeyClash, type KeyTable } from './ui/bindings.ts';
import { clashSentence } from './ui/sentences.ts';

/** @throws UsageError */
export async function readKeys({
  settings,
  settingsPath,
  text,
}: Pick<Invocation, 'settings' | 'settingsPath' | 'text'>): Promise<KeyTable> {
  const bound = bindKeys(settings.keys);
  if (bound.ok) return bound.table;
  const source = await readFile(settingsPath, 'utf8').catch(() => '');
  const [clash] = bound.clashes;
  const action = clash && actionsOf(clash).find((one) => Object.hasOwn(settings.keys ?? {}, one));
  const line = action === undefined ? null : lineOf(source, `keys.${action}`);
  throw new UsageError(
    text.cli.keyClash(settingsPath, line, clash === undefined ? '' : clashSentence(clash, text)),
  );
}

/** Of two that share a key, the later one first: it is the settings' own where only one is. */
function actionsOf(clash: KeyClash): readonly string[] {
  return clash.kind === 'overlap' ? clash.actions.toReversed() : [clash.action];
}
