/** The overlay that is open, if one is. */
import type { ReactNode } from 'react';
import { useController, useFacts, useMendKey, useSecond, useTenth, useText, useView } from '../context.ts';
import { fill } from '../rows.ts';
import { countsDown, failureSentence, mendSentence, rungsInWords, verdictLook } from '../sentences.ts';
import type { Overlay } from '../view.ts';
import { drillEndMs, drillRows } from './drill-rows.ts';
import { FilterBox } from './FilterBox.tsx';
import { HostSwitcher } from './HostSwitcher.tsx';
import { OverlayBox, overlayHeight, overlayWidth, type ScreenSize } from './OverlayBox.tsx';
import { dialogRows, helpRows, lineRows, paletteRows, verdictRows } from './overlay-rows.ts';
import { paletteItems } from './palette-items.ts';

type Of<K extends Overlay['kind']> = {
  readonly overlay: Overlay & { readonly kind: K };
  readonly screen: ScreenSize;
};

export function Overlays({ screen }: { readonly screen: ScreenSize }): ReactNode {
  const overlay = useView((view) => view.overlay);
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'dialog':
      return <Dialog overlay={overlay} screen={screen} />;
    case 'help':
      return <Help overlay={overlay} screen={screen} />;
    case 'palette':
      return <Palette overlay={overlay} screen={screen} />;
    case 'hosts':
      return <HostSwitcher overlay={overlay} screen={screen} />;
    case 'verdict':
      return <VerdictInFull overlay={overlay} screen={screen} />;
    case 'drill':
      return <Drill overlay={overlay} screen={screen} />;
    case 'line':
      return <WholeLine overlay={overlay} screen={screen} />;
  }
}

function Dialog({ overlay, screen }: Of<'dialog'>): ReactNode {
  const text = useText();
  const wanted = 76;
  return (
    <OverlayBox
      title={text.dialog.title}
      rows={dialogRows(overlay, overlayWidth(wanted, screen), overlayHeight(screen), text)}
      wanted={wanted}
      screen={screen}
    />
  );
}

function Help({ overlay, screen }: Of<'help'>): ReactNode {
  const text = useText();
  const { keys } = useController().deps;
  const wanted = 84;
  return (
    <OverlayBox
      title={text.help.title}
      rows={helpRows(keys, overlayWidth(wanted, screen), text)}
      wanted={wanted}
      screen={screen}
      scroll={overlay.scroll}
    />
  );
}

function Palette({ overlay, screen }: Of<'palette'>): ReactNode {
  const text = useText();
  const controller = useController();
  // What is off changes with the link and with read-only.
  useFacts((state) => `${state.link.state} ${state.readOnly}`);
  const wanted = 64;
  const height = Math.max(1, Math.min(16, screen.rows - 6));
  const items = paletteItems(controller, overlay.query);
  const chosen = Math.min(overlay.chosen, items.length - 1);
  const list = fill(paletteRows(items, chosen, overlayWidth(wanted, screen), height, text), height);
  return (
    <FilterBox
      title={text.palette.title}
      query={overlay.query}
      hint={text.palette.hint}
      list={list}
      wanted={wanted}
      screen={screen}
    />
  );
}

function VerdictInFull({ overlay, screen }: Of<'verdict'>): ReactNode {
  const text = useText();
  const { deps } = useController();
  const verdict = useFacts((state) => state.verdict);
  const wanted = 92;
  // Sentences hold ages and waits: worked out anew as often as they move.
  const second = useSecond((mono) => Math.floor(mono / 1000) * 1000);
  const now = useTenth(countsDown(verdict), (mono) => Math.floor(mono / 100) * 100) ?? second;
  const mendKey = useMendKey();
  const rows = verdictRows(
    {
      headline: deps.text.verdict.headline(verdict, now),
      tone: verdictLook(verdict).tone,
      rungs: rungsInWords(verdict, now, deps.text),
      mend: verdict.mend === null ? null : mendSentence(verdict.mend, mendKey, deps.text),
    },
    overlayWidth(wanted, screen),
    text,
  );
  return (
    <OverlayBox
      title={deps.text.verdict.title}
      rows={rows}
      wanted={wanted}
      screen={screen}
      scroll={overlay.scroll}
    />
  );
}

function Drill({ overlay, screen }: Of<'drill'>): ReactNode {
  const text = useText();
  const { deps } = useController();
  const drill = useFacts((state) => state.drill);
  const running = drill !== null && drill.passed === null;
  const started = drill?.startedMono ?? 0;
  const live = useTenth(running, (now) => Math.floor((now - started) / 100) * 100);
  const last = drill === null ? 0 : drillEndMs(drill);
  const wanted = 76;
  return (
    <OverlayBox
      title={text.drill.title}
      rows={drillRows(drill, live ?? last, overlayWidth(wanted, screen), text, (failure) =>
        failureSentence(failure, deps.text),
      )}
      wanted={wanted}
      screen={screen}
      scroll={overlay.scroll}
    />
  );
}

function WholeLine({ overlay, screen }: Of<'line'>): ReactNode {
  const text = useText();
  const { session } = useController().deps;
  const wanted = Math.max(20, screen.columns - 8);
  return (
    <OverlayBox
      title={text.journal.detailTitle}
      rows={lineRows(session.journal.at(overlay.seq), overlayWidth(wanted, screen), text)}
      wanted={wanted}
      screen={screen}
      scroll={overlay.scroll}
    />
  );
}
