/**
 * The demo service's main process: a real child, whose output lines are its journal and which is
 * really killed. Its IPC channel tells what the kernel does not: whose turn it is.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { CalculatorClients, CalculatorMode } from '../../calc/server.ts';
import { lineSplitter, type OutputLine } from './lines.ts';
import type { Exit, UnitFile } from './unit.ts';

export interface MainProcess {
  /** 0 when it could not be spawned. */
  readonly pid: number;
  /** What it was started from. */
  readonly unit: UnitFile;
  /** Where it listens, once it said so. */
  readonly listening: { readonly address: string; readonly port: number } | null;
  readonly clients: CalculatorClients;
  /** Settles when it has ended and its last line was read; never rejects. */
  readonly exited: Promise<Exit>;
  /** False when it is gone already. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): boolean;
  setMode(mode: CalculatorMode): void;
}

export interface MainProcessEvents {
  line(line: OutputLine): void;
  /** It has said where it listens. */
  listening(): void;
  /** Whom it serves, or who waits, changed. */
  clients(): void;
}

export interface SpawnOptions {
  /** Path of the calculator's server: `calc/serve.ts`, or what it was bundled to. */
  readonly serverEntry: string;
  readonly unit: UnitFile;
  readonly events: (process: MainProcess) => MainProcessEvents;
}

const NO_CLIENTS: CalculatorClients = { served: null, waiting: [] };

export function spawnMain({ serverEntry, unit, events }: SpawnOptions): MainProcess {
  const argv = [serverEntry, '--listen', unit.listen, '--port', String(unit.port), '--mode', unit.mode];
  // Our own NODE_OPTIONS (a test runner's, a debugger's) are not the service's.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [...argv, '--with-parent'], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    env,
    windowsHide: true,
  });
  let listening: MainProcess['listening'] = null;
  let clients = NO_CLIENTS;

  const main: MainProcess = {
    pid: child.pid ?? 0,
    unit,
    get listening() {
      return listening;
    },
    get clients() {
      return clients;
    },
    exited: exitOf(child),
    kill: (signal) => child.kill(signal),
    setMode(mode) {
      if (child.connected) child.send({ mode }, () => undefined);
    },
  };
  const on = events(main);
  for (const output of [child.stdout, child.stderr]) {
    const lines = lineSplitter(on.line);
    output?.on('data', (chunk: Buffer) => lines.write(chunk));
    output?.on('end', () => lines.end());
  }
  // Written to by nobody; it only has to stay open. It breaks when the child is killed.
  child.stdin?.on('error', () => undefined);
  child.on('message', (message: Report) => {
    if (message.listening !== undefined) {
      listening = message.listening;
      on.listening();
    }
    if (message.clients !== undefined) {
      clients = message.clients;
      on.clients();
    }
  });
  return main;
}

/** What `calc/serve.ts` reports. It is our own program, so it is taken at its word. */
interface Report {
  readonly listening?: { readonly address: string; readonly port: number };
  readonly clients?: CalculatorClients;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    // 203 is systemd's EXIT_EXEC: the program could not be executed at all.
    child.once('error', () => {
      if (child.pid === undefined) resolve({ how: 'exited', status: 203 });
    });
    child.once('close', (code, signal) => {
      if (signal !== null) resolve({ how: 'killed', status: constants.signals[signal] ?? 0, signal });
      else resolve({ how: 'exited', status: code ?? 0 });
    });
  });
}
