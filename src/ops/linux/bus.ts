/**
 * The host's system bus over any transport: one connection through `systemd-stdio-bridge`, calls that
 * never wait for each other, and signals handed to whoever asked for them.
 *
 * The connection may die while the transport lives (the bridge killed, dbus restarted): it is then
 * opened once more and everything is asked for again; if that fails too, the bus is lost.
 */
import { createClient, type Message, type MessageBus } from 'dbus-native';
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { OwnLoss } from '../transport/loss.ts';
import type { OpenedCommand, Transport } from '../transport/transport.ts';
import { busFailure, operationFailure } from './bus-error.ts';

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** D-Bus signature of `body`. */
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export interface BusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/**
 * Which signals are wanted. The sender is not optional: anybody on the system bus may broadcast a
 * signal that looks like systemd's, and only the bus daemon knows who really sent it.
 */
export interface SignalRule {
  readonly sender: string;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly arg0?: string;
  readonly arg2?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** @default 25000, as every D-Bus library has it */
  readonly timeoutMs?: number;
}

export interface Bus {
  /** @returns the reply's only value, or undefined. @throws Failed with what the host answered. */
  call(call: BusCall, options?: CallOptions): Promise<unknown>;
  /** Asks for signals, on this connection and the next. */
  watch(rule: SignalRule, listener: (signal: BusSignal) => void): void;
  /** Runs at each new connection, after its rules were sent; this is where first reads are asked for. */
  onOpen(listener: () => void): void;
  /** Resolves when the bus first answered. @throws Failed `no-systemd` when it never will. */
  readonly ready: Promise<void>;
  /** Resolves once when the bus is gone for good; never for a `close()` of ours. */
  readonly lost: Promise<{ readonly detail: string }>;
  close(): void;
}

const BRIDGE = ['systemd-stdio-bridge'];
/** A connection that lived this long has earned another reopening. */
const SETTLED_MS = 60_000;
const MESSAGE_SIGNAL = 4;
/** Firewalld is not to be started by a look at it: a call must not activate its destination. */
const NO_AUTO_START = 2;

export interface BusOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Told of a listener that threw: foreign data must not end the process from inside a read. */
  readonly onFault?: (error: unknown) => void;
}

export function openBus({ transport, clock, onFault = () => {} }: BusOptions): Bus {
  const rules: { readonly rule: SignalRule; readonly listener: (signal: BusSignal) => void }[] = [];
  const openers: (() => void)[] = [];
  const first = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<{ detail: string }>();
  first.promise.catch(() => {});
  let client: MessageBus | null = null;
  let command: OpenedCommand | null = null;
  let closed = false;
  let answered = false;

  function dispatch(message: Message): void {
    if (message.type !== MESSAGE_SIGNAL) return;
    const signal = {
      path: message.path ?? '',
      interface: message.interface ?? '',
      member: message.member ?? '',
      body: message.body ?? [],
    };
    for (const { rule, listener } of rules) {
      if (!matches(rule, signal)) continue;
      try {
        listener(signal);
      } catch (error) {
        onFault(error);
      }
    }
  }

  /** One connection's life. Resolves with why it ended. */
  async function session(privileged: boolean): Promise<string> {
    const opened = await transport.open(BRIDGE, { privileged });
    if (closed) {
      opened.close();
      return 'closed';
    }
    command = opened;
    const bus = createClient({ stream: opened.stream });
    let detail = '';
    const over = Promise.withResolvers<void>();
    bus.connection.on('error', (error) => {
      detail ||= error.message;
      over.resolve();
    });
    bus.connection.on('handlerError', onFault);
    bus.connection.on('close', () => over.resolve());
    bus.connection.on('end', () => over.resolve());
    bus.connection.on('connect', () => {
      answered = true;
      first.resolve();
    });
    bus.connection.on('message', dispatch);
    client = bus;
    for (const { rule } of rules) addMatch(bus, rule);
    for (const opener of openers) opener();
    await Promise.race([over.promise, opened.ended]);
    client = null;
    command = null;
    opened.close();
    opened.stream.destroy();
    return opened.stderr().trim() || detail || ('the bus connection ended' satisfies OwnLoss);
  }

  async function live(): Promise<void> {
    let privileged = transport.privilege.kind !== 'none';
    let mayReopen = true;
    for (;;) {
      const since = clock.now();
      const end = await session(privileged).catch((error: unknown) => operationFailure(error));
      if (closed) return;
      const detail = typeof end === 'string' ? end : 'detail' in end ? end.detail : end.code;
      const linkLost = typeof end !== 'string' && end.code === 'link-lost';
      if (!answered && !linkLost) {
        // sudo may be granted for other commands than the bridge, and reading needs no privilege.
        if (privileged) {
          privileged = false;
          continue;
        }
        first.reject(new Failed({ code: 'no-systemd', host: transport.label, detail }));
      }
      mayReopen ||= clock.now() - since >= SETTLED_MS;
      if (!answered || linkLost || !mayReopen) {
        first.reject(new Failed({ code: 'link-lost', detail }));
        return lost.resolve({ detail });
      }
      mayReopen = false;
    }
  }

  void live();

  return {
    async call(call, options = {}) {
      if (client === null)
        throw new Failed({ code: 'link-lost', detail: 'the bus is not connected' satisfies OwnLoss });
      try {
        return await client.invoke<unknown>(
          {
            destination: call.destination,
            path: call.path,
            interface: call.interface,
            member: call.member,
            flags: NO_AUTO_START,
            ...(call.signature === undefined
              ? {}
              : { signature: call.signature, body: [...(call.body ?? [])] }),
          },
          {
            ...(options.signal ? { signal: options.signal } : {}),
            ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
          },
        );
      } catch (error) {
        throw new Failed(busFailure(error, call.member), { cause: error });
      }
    },
    watch(rule, listener) {
      rules.push({ rule, listener });
      if (client !== null) addMatch(client, rule);
    },
    onOpen(listener) {
      openers.push(listener);
      if (client !== null) listener();
    },
    ready: first.promise,
    lost: lost.promise,
    close() {
      closed = true;
      command?.close();
      client?.connection.end();
    },
  };
}

function addMatch(bus: MessageBus, rule: SignalRule): void {
  // Not waited for: the daemon takes messages in order, so what is asked next is asked after it.
  bus.addMatch(formatRule(rule), () => {});
}

/** The rule as the bus daemon reads it: a quote is written by leaving the quotes, as in a shell. */
export function formatRule(rule: SignalRule): string {
  const fields = Object.entries(rule).map(([key, value]) => `${key}='${value.replaceAll("'", "'\\''")}'`);
  return ["type='signal'", ...fields].join(',');
}

function matches(rule: SignalRule, signal: BusSignal): boolean {
  return (
    (rule.path === undefined || rule.path === signal.path) &&
    (rule.interface === undefined || rule.interface === signal.interface) &&
    (rule.member === undefined || rule.member === signal.member) &&
    (rule.arg0 === undefined || rule.arg0 === signal.body[0]) &&
    (rule.arg2 === undefined || rule.arg2 === signal.body[2])
  );
}
