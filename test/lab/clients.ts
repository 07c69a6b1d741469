/** Clients of the service beside the console, on the operator's PC. */
import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

export interface HeldConnection {
  /** The client's own port. */
  readonly port: number;
  leave(): void;
}

/** Starts a program that connects, prints its port, and stays until its stdin ends. */
export function holdClient({
  command,
  args,
}: {
  command: string;
  args: readonly string[];
}): Promise<HeldConnection> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the client ended with ${code} before it connected`)));
    child.stdout.once('data', (line: Buffer) => {
      resolve({ port: Number(line.toString()), leave: () => child.stdin.end() });
    });
  });
}
