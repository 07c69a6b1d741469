/** Judging one item on facts that a test hands in. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { APP } from '../../../src/ops/checks/app.ts';
import {
  type CheckId,
  type CheckResult,
  expectedFor,
  type Gathered,
  type Subject,
} from '../../../src/ops/checks/check.ts';
import { type FactName, type FactValues, type ServiceView, seen } from '../../../src/ops/checks/facts.ts';
import { FIREWALL_FOLLOWS } from '../../../src/ops/checks/firewall-follows.ts';
import { HOST } from '../../../src/ops/checks/host.ts';
import { INTEGRATE } from '../../../src/ops/checks/integrate.ts';
import { MONITOR } from '../../../src/ops/checks/monitor.ts';
import { SETUP } from '../../../src/ops/checks/setup.ts';
import { TEST } from '../../../src/ops/checks/test.ts';
import { parseUnitFile, type UnitFile } from '../../../src/ops/checks/unit-file.ts';

const ALL = [...SETUP, ...TEST, ...INTEGRATE, FIREWALL_FOLLOWS, ...MONITOR, ...HOST, ...APP];

/** What a real host printed, from test/fixtures/checks. */
export function fixture(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/checks/${name}`, import.meta.url)), 'utf8');
}

export const UNIT_PATH = '/etc/systemd/system/calculatrice.service';

export const SUBJECT: Subject = {
  unit: 'calculatrice.service',
  port: 13337,
  address: null,
  hostAddress: '10.5.1.2',
  asksAnswers: true,
  expected: expectedFor('calculatrice.service'),
};

export const RUNNING: ServiceView = {
  unit: 'calculatrice.service',
  load: 'loaded',
  type: 'simple',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  result: 'success',
  fragmentPath: UNIT_PATH,
  dropInPaths: [],
  needsReload: false,
  restart: 'on-failure',
  restartSecMs: 30_000,
  mainPid: 1954,
  user: '',
  dynamicUser: false,
  environment: [],
};

/** The unit in its usual place. */
export function unitOf(text: string): UnitFile {
  return parseUnitFile([{ path: UNIT_PATH, text }]);
}

export function gathered(values: Partial<FactValues>): Gathered {
  const facts = Object.entries(values).map(([name, value]) => [name as FactName, seen(value)]);
  return Object.fromEntries(facts) as Gathered;
}

export function judge(id: CheckId, values: Partial<FactValues>, subject: Subject = SUBJECT): CheckResult {
  const check = ALL.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  return check.run(gathered(values), subject);
}

/** State and code of the finding: `fail restart-missing`. */
export function verdictOn(...args: Parameters<typeof judge>): string {
  const { state, finding } = judge(...args);
  return `${state} ${finding.code === 'unseen' ? finding.why.code : finding.code}`;
}
