/** The hosts to switch to, and why the last switch failed; or how hosts get a name. */
import type { ReactNode } from 'react';
import { useController } from '../context.ts';
import type { Overlay } from '../view.ts';
import { FilterBox } from './FilterBox.tsx';
import { failureRows, hostItems, hostRows, unnamedRows } from './host-rows.ts';
import { OverlayBox, overlayWidth, type ScreenSize } from './OverlayBox.tsx';

const WANTED = 72;

export function HostSwitcher({
  overlay,
  screen,
}: {
  readonly overlay: Overlay & { readonly kind: 'hosts' };
  readonly screen: ScreenSize;
}): ReactNode {
  const { hosts, deps } = useController();
  const words = deps.text.hosts.switcher;
  const width = overlayWidth(WANTED, screen);
  if (!hosts.choices.some(({ name }) => name !== null)) {
    const rows = unnamedRows(hosts.settingsPath, width, words);
    return <OverlayBox title={words.title} rows={rows} wanted={WANTED} screen={screen} />;
  }
  const items = hostItems(hosts.choices, overlay.query);
  const room = Math.max(1, screen.rows - (screen.rows > 10 ? 6 : 4));
  // Why it failed is what is to be read now; the list keeps a line at least, and its height while it is filtered.
  const failure = failureRows(overlay.failure, width, room - 1, words);
  const height = Math.min(hosts.choices.length, 16, room - failure.length);
  const list = hostRows(items, Math.min(overlay.chosen, items.length - 1), width, height, words);
  return (
    <FilterBox
      title={words.title}
      query={overlay.query}
      hint={words.hint}
      list={[...list, ...failure]}
      wanted={WANTED}
      screen={screen}
    />
  );
}
