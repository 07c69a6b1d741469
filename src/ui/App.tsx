/** The screen: the layout's panes in their places, the lines above and below, overlays on top, keys in. */
import { Box, useInput, usePaste, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useMemo } from 'react';
import { HintLine, useToast } from './components/HintLine.tsx';
import { pairsRow } from './components/hint-row.ts';
import { Line } from './components/Line.tsx';
import type { PaneProps } from './components/PaneFrame.tsx';
import { TopLine, useLink } from './components/TopLine.tsx';
import { linkSpan } from './components/top-row.ts';
import { ConsoleContext, partsOf, useFacts, useText, useView } from './context.ts';
import type { ConsoleController } from './controller.ts';
import { presses } from './keys.ts';
import { type Layout, layOut, type PaneId } from './layout.ts';
import { Overlays } from './overlays/Overlays.tsx';
import { CalculatorPane } from './panes/CalculatorPane.tsx';
import { calculatorRows } from './panes/calculator-rows.ts';
import { FirewallPane, useFirewallLength } from './panes/FirewallPane.tsx';
import { JournalPane } from './panes/JournalPane.tsx';
import { ProbePane } from './panes/ProbePane.tsx';
import { ServicePane } from './panes/ServicePane.tsx';
import { stateLook, stateName } from './panes/service-rows.ts';
import { BLANK, row, span } from './rows.ts';
import { SYMBOL } from './theme.ts';

export function App({ controller }: { readonly controller: ConsoleController }): ReactNode {
  const parts = useMemo(() => partsOf(controller), [controller]);
  useEffect(() => controller.start(), [controller]);
  useInput((input, key) => controller.burst(presses(input, key)));
  usePaste((text) => controller.paste(text));
  return (
    <ConsoleContext value={parts}>
      <Screen />
    </ConsoleContext>
  );
}

function Screen(): ReactNode {
  const { columns, rows } = useWindowSize();
  const { focus, zoomed } = useView((view) => ({ focus: view.focus, zoomed: view.zoomed }));
  const firewallRows = useFirewallLength(columns);
  const layout = useMemo(
    () => layOut({ columns, rows, focus, zoomed, firewallRows }),
    [columns, rows, focus, zoomed, firewallRows],
  );
  if (layout.mode === 'line') return <OneLine width={columns} />;
  return (
    <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
      {layout.hints ? <TopLine width={columns} /> : <TopOrToast width={columns} />}
      <Box flexShrink={0}>
        {layout.columns.map((column) => (
          <Column key={column[0]?.x ?? 0} panes={column} layout={layout} />
        ))}
      </Box>
      {layout.hints && <HintLine width={columns} />}
      <Overlays screen={{ columns, rows }} />
    </Box>
  );
}

const VIEWS: Readonly<Record<PaneId, (props: PaneProps) => ReactNode>> = {
  service: ServicePane,
  firewall: FirewallPane,
  probe: ProbePane,
  journal: JournalPane,
  calculator: CalculatorPane,
};

function Column({
  panes,
  layout,
}: {
  readonly panes: Layout['columns'][number];
  readonly layout: Layout;
}): ReactNode {
  return (
    <Box flexDirection="column" width={panes[0]?.width ?? 0} flexShrink={0}>
      {panes.map((place, index) => {
        const View = VIEWS[place.id];
        return (
          <View
            key={place.id}
            place={place}
            above={panes[index - 1] ?? null}
            alone={layout.mode === 'single'}
          />
        );
      })}
    </Box>
  );
}

/** Without a line at the bottom, what was just said takes the top line for its time. */
function TopOrToast({ width }: { readonly width: number }): ReactNode {
  const toast = useToast();
  if (toast === null) return <TopLine width={width} />;
  return (
    <Box width={width} height={1} flexShrink={0}>
      <Line row={toast} width={width} />
    </Box>
  );
}

/** All that a sliver of a terminal can show: the question that is open, else link and state. */
function OneLine({ width }: { readonly width: number }): ReactNode {
  const text = useText();
  const link = useLink();
  const service = useFacts((state) => state.service?.value ?? null);
  const overlay = useView((view) => view.overlay);
  const toast = useToast();
  const { typing, calculator } = useView((view) => ({ typing: view.typing, calculator: view.calculator }));
  if (overlay?.kind === 'dialog') {
    const choices = overlay.choices.map((choice, index) =>
      span(`${index === overlay.chosen ? SYMBOL.chosen : ' '}${choice.keys[0]} `, 'accent'),
    );
    return <Line row={row(...choices, overlay.question)} width={width} />;
  }
  if (overlay !== null)
    return <Line row={pairsRow([[text.keyNames.esc ?? '', text.hints.close]], width)} width={width} />;
  if (typing) {
    const { rows } = calculatorRows([], false, calculator, true, width, 1, '', text);
    return <Line row={rows[0] ?? BLANK} width={width} />;
  }
  const look = service === null ? null : stateLook(service);
  const state =
    service === null || look === null
      ? [span(text.waiting, 'quiet')]
      : [span(`${look.symbol} `, look.tone), span(stateName(service))];
  const line =
    toast ?? row(...(link.state === 'live' ? [] : [linkSpan(link, '', text, true), ' ']), ...state);
  return <Line row={line} width={width} />;
}
