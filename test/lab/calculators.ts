/** The calculators that are met in the field, one a dialect, in the exercise's place on the lab's host. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CalculatorKind } from '../support/calculators.ts';
import { onHost } from './host.ts';

/** The program that stands in for one kind; `bare` is the exercise's own, which `reset` puts there. */
export function calculatorSource(kind: CalculatorKind): string {
  const name = kind === 'bare' ? '../bs_server' : kind;
  return readFileSync(fileURLToPath(new URL(`host/calculators/${name}.py`, import.meta.url)), 'utf8');
}

/** Writes it where the unit's ExecStart= looks, and starts the unit; resolves when it listens. */
export async function serveCalculator(kind: CalculatorKind): Promise<void> {
  await onHost(`cat > /opt/calculatrice/bs_server.py <<'PY'
${calculatorSource(kind)}
PY
systemctl restart calculatrice
for n in $(seq 200); do
  ! ss -Hltn 'sport = :13337' | grep -q . || exit 0
  sleep 0.1
done
exit 1`);
}

/** What must be the same after a look of ours: the main process, the count of restarts, and how the unit is. */
export async function unitLife(): Promise<string> {
  return (
    await onHost('systemctl show -p MainPID -p NRestarts -p ActiveState -p ExecMainStatus calculatrice')
  ).trim();
}
